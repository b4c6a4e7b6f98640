/*
 * rule_set.h -- a compiled rule set, as the files of this room see it.
 *
 * The rules of a chain lie in a row, only those in force. A rule knows by one bit per test what it
 * has to look at, so that one without matchers costs nothing; what is big or rarely needed stays in
 * its spec. Order of the tests: those which give the same answer for all packets of a flow in one
 * direction and connection state come first and cheap ones before dear ones; then those that must
 * see each packet. A test that is reached has had all before it hold.
 *
 * Memory: everything but the counters lies in the set's arena. A counter cell is shared by the sets
 * that have a rule with its id, so that a set may be built aside, published or thrown away.
 * Threads: the router's.
 */
#ifndef FW_RULE_SET_H
#define FW_RULE_SET_H

#include "core/pkt.h"
#include "fw/rule.h"
#include "fw/rules.h"
#include "lib/arena.h"
#include "lib/rate.h"

enum rule_test {
	TEST_NEVER, /* what the rule names (an interface, a list, a table) is gone */
	TEST_STATE,
	TEST_NAT_STATE,
	TEST_IN,
	TEST_OUT,
	TEST_PROTOCOL,
	TEST_CONNECTION_MARK,
	TEST_PACKET_MARK,
	TEST_ROUTING_MARK,
	TEST_SRC,
	TEST_DST,
	TEST_IN_LIST,
	TEST_OUT_LIST,
	TEST_SRC_PORT,
	TEST_DST_PORT,
	TEST_ANY_PORT,
	TEST_SRC_LIST, /* address lists: the same as long as an address stays in or out */
	TEST_DST_LIST,
	TEST_OPENING_FLAGS, /* tcp-flags that answer alike for all packets without SYN, FIN, RST */
	TEST_MSS,
	TEST_OPTIONS, /* a packet that has some is never replayed */
	TEST_IPSEC,
	TEST_CLASSIFIER,
	TEST_SRC_TYPE,
	TEST_DST_TYPE,
	TEST_FLAGS, /* from here on: each packet */
	TEST_ICMP,
	TEST_SIZE,
	TEST_TTL,
	TEST_DSCP,
	TEST_FRAGMENT,
	TEST_SRC_MAC,
	TEST_TIME,
	TEST_BYTES,
	TEST_CONNECTIONS,
	TEST_NTH, /* from here on: asking has an effect, so all others must hold first */
	TEST_RANDOM,
	TEST_LIMIT,
	TEST_DST_LIMIT,
	TEST_COUNT,
};

#define TEST_BIT(test)    (UINT64_C(1) << (test))
#define TESTS_EACH_PACKET (UINT64_MAX << TEST_FLAGS)
#define TESTS_LISTS       (TEST_BIT(TEST_SRC_LIST) | TEST_BIT(TEST_DST_LIST))

/* What is nobody's chain but the packet's way; a bit set says from which a chain can be reached. */
enum hook {
	HOOK_PREROUTING,
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_OUTPUT,
	HOOK_POSTROUTING,
	HOOK_DSTNAT,
	HOOK_SRCNAT,
	HOOK_COUNT,
};
#define HOOK(name) (1u << HOOK_##name)

/* What is known of a rule from packet to packet, as long as a set has it. */
struct counter_cell {
	struct rule_counters counters;
	struct rule_counters hairpin;  /* of the rule that hairpin=yes makes */
	unsigned sets;                 /* that share it */
	struct limit_rate bucket_rate; /* that the bucket was made for */
	struct limit_bucket bucket;
	uint64_t nth_seen, random_seen;
};

struct rule {
	uint64_t tests, negated; /* bit sets of enum rule_test */
	uint16_t place;          /* among the specs */
	uint16_t target;         /* jump: the chain's number */
	uint8_t facility;        /* enum facility */
	uint8_t action;          /* enum rule_action */
	uint8_t proto_low, proto_high;
	uint8_t states, nat_states;
	iface_id in, out;
	uint64_t in_list, out_list; /* one bit */
	ip4 src_low, src_high, dst_low, dst_high;
	uint32_t connection_mark, packet_mark, routing_mark;
	uint32_t new_mark;
	uint16_t src_list, dst_list; /* address lists, by number */
	uint16_t add_list;           /* the one an action adds to */
	const struct rule_spec *spec;
	struct counter_cell *cell;
	const char *text; /* rule_text() */
};

struct rule_chain {
	const char *name;
	struct rule *rules;
	unsigned n;
	uint32_t hooks;  /* from where it is reached */
	bool busy;       /* while reach is found out: on the way down to it */
	unsigned height; /* jumps that can follow one another from here */
	uint64_t cost;   /* rules that one packet can meet from here, at worst */
};

struct rule_by_id {
	uint32_t id, place;
};

struct rule_log {
	struct rate rate;
	uint64_t missed; /* lines since the last that was written */
};

struct rules {
	enum facility facility;
	struct arena arena;
	struct rule_spec *specs;
	struct counter_cell **cells; /* one per spec */
	struct rule_by_id *by_id;    /* sorted */
	size_t n;
	struct rule_chain *chains; /* the built-in ones in the order of their hooks, then by name */
	size_t chains_n, builtin_n;
	size_t enabled; /* rules that are; 0: every chain is empty */
	struct rule_log *log;
	struct address_lists *lists; /* NULL: no rule names one */
};

/* Where user errors go: the first one stays. */
struct rule_error {
	char *text;
	size_t bytes;
	bool failed;
};

/* "rule 3: jump-target: ..."; returns false. @field may be NULL. */
bool rule_fail(struct rule_error *error, size_t place, const char *field, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* rule_check.c: what can be said of a rule by itself, and of one in a chain reached from @hooks. */
bool rule_check_fields(enum facility facility, const struct rule_spec *spec, size_t place,
                       struct rule_error *error);
bool rule_check_hooks(const struct rule_spec *spec, uint32_t hooks, size_t place,
                      struct rule_error *error);
/* rule_check_nat.c: the same of what a translation needs. */
bool rule_check_translation(const struct rule_spec *spec, size_t place, struct rule_error *error);
/* The hooks of @facility, and a hook's chain name. */
uint32_t facility_hooks(enum facility facility);
extern const char *const hook_words[HOOK_COUNT + 1];

/* rule_check_far.c: the same for matchers that look further than at the packet's headers. */
bool rule_check_far(const struct rule_spec *spec, size_t place, struct rule_error *error);

/* rule_compile.c: fill @rule from its spec. False: no more marks, no such table. */
bool rule_compile(struct rule *rule, const struct rule_names *names, struct rule_error *error);

/* rule_chains.c: sort the specs in force into chains, resolve jumps, find out reach. */
bool rule_chains_build(struct rules *rules, const struct rule_names *names,
                       struct rule_error *error);
struct rule_chain *rule_chain_find(const struct rules *rules, const char *name);

/* rule_match.c */
struct rule_view { /* what a walk looks at, found once */
	const struct net *net;
	const struct pkt *p;
	iface_id out;
	bool l4_missing; /* a fragment without its transport header */
	uint64_t in_lists, out_lists;
	const struct address_lists *lists;
};
struct rule_view rule_view(const struct rules *rules, const struct net *net, const struct pkt *p,
                           iface_id out);
/* The first test that does not hold, or TEST_COUNT: the rule matches. */
enum rule_test rule_match(const struct rule *rule, const struct rule_view *view);
/* The field's name of a test. */
const char *rule_test_word(enum rule_test test);

/* rule_memory.c: the tests that rest on what was before this packet (TEST_BYTES and behind it). */
bool rule_memory_holds(const struct rule *rule, enum rule_test test, const struct rule_view *view);

/* rule_log.c: one line about @p, unless there were too many lately. */
void rule_log_write(const struct rules *rules, const struct rule *rule, const struct net *net,
                    const struct pkt *p, iface_id out);

static inline void counter_add(struct counter_cell *cell, uint32_t bytes)
{
	cell->counters.packets++;
	cell->counters.bytes += bytes;
}

#endif
