/*
 * rule.h -- a rule as it is written, and rule sets as they run.
 *
 * struct rule_spec is what a person configures: matchers that are all to hold, and an action. It
 * is plain data without pointers, shared by filter, nat, mangle and raw; their menus (menu/) map
 * fields onto it and say which actions they know. rules_build() compiles the specs of one facility
 * into a struct rules: chains as arrays, jumps resolved, interfaces and marks as numbers. A rule
 * set is immutable; counters live apart and follow a rule's id through changes.
 *
 * Memory: a rule set belongs to whoever built it until it is published; see fw/rules.c.
 */
#ifndef FW_RULE_H
#define FW_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/route.h"
#include "fw/address_type.h"
#include "fw/classifier.h"
#include "fw/limit.h"
#include "fw/option_match.h"
#include "fw/week.h"
#include "lib/ip.h"

struct address_lists;
struct text;

enum facility {
	FACILITY_FILTER,
	FACILITY_NAT,
	FACILITY_MANGLE,
	FACILITY_RAW,
	FACILITY_COUNT,
};

#define CHAIN_NAME_BYTES 32
#define MARK_NAME_BYTES  32
#define LOG_PREFIX_BYTES 32
#define LIST_NAME_BYTES  64 /* of an address list */
#define PORT_RANGES_MAX  15
#define RULES_MAX        16000 /* of one facility: a trail entry names one in 14 bits */
#define RULE_JUMPS_MAX   16    /* depth */

enum rule_action {
	ACTION_ACCEPT,
	ACTION_DROP,
	ACTION_REJECT,
	ACTION_JUMP,
	ACTION_RETURN,
	ACTION_LOG,
	ACTION_PASSTHROUGH,
	ACTION_MASQUERADE,
	ACTION_SRC_NAT,
	ACTION_DST_NAT,
	ACTION_REDIRECT,
	ACTION_MARK_CONNECTION,
	ACTION_MARK_PACKET,
	ACTION_MARK_ROUTING,
	ACTION_CHANGE_MSS,
	ACTION_ADD_SRC_TO_LIST,
	ACTION_ADD_DST_TO_LIST,
	ACTION_CHANGE_TTL,
	ACTION_CHANGE_DSCP,
	ACTION_CLEAR_DF,
	ACTION_STRIP_OPTIONS,
	ACTION_TARPIT,
	ACTION_FASTTRACK, /* accepts: every settled connection is replayed anyway */
	ACTION_NETMAP,
	ACTION_SAME,
	ACTION_NOTRACK,
	ACTION_COUNT,
};

enum reject_with { /* in RouterOS's order; ROUTEROS.md 2.3 */
	REJECT_NETWORK_UNREACHABLE,
	REJECT_HOST_UNREACHABLE,
	REJECT_PROTOCOL_UNREACHABLE,
	REJECT_PORT_UNREACHABLE,
	REJECT_NET_PROHIBITED,
	REJECT_HOST_PROHIBITED,
	REJECT_ADMIN_PROHIBITED,
	REJECT_TCP_RESET,
	REJECT_COUNT,
};

/*
 * Each matcher: `on` when given, `negate` for name=!value. All zeroes: matches everything. They lie
 * in rows, which are compared as bytes, so there is no padding: `zero` stands where it would be.
 */
struct match_addr {
	bool on, negate;
	uint8_t zero[2];
	struct ip4_range range;
};
struct match_ports {
	bool on, negate;
	uint8_t n, zero;
	struct {
		uint16_t low, high;
	} ranges[PORT_RANGES_MAX];
};
struct match_number { /* one number or a range: protocol, packet size, mss, ttl, dscp */
	bool on, negate;
	uint8_t zero[2];
	uint32_t low, high;
};
struct match_iface {
	bool on, negate;
	uint8_t zero[2];
	uint32_t id; /* of the row in /interface; rules_build() finds the interface */
};
struct match_list {
	bool on, negate;
	uint8_t zero[2];
	uint32_t id; /* of the row in /interface/list */
};
struct match_bits { /* connection-state, connection-nat-state: any of the bits */
	bool on, negate;
	uint8_t zero[2];
	uint32_t bits;
};
struct match_tcp_flags {
	bool on;
	uint8_t must_be_set, must_be_clear; /* TCP header bits */
};
struct match_icmp {
	bool on, negate;
	uint8_t type, code_low, code_high;
};
struct match_name {
	bool on, negate;
	char name[MARK_NAME_BYTES]; /* of a mark; "no-mark" is 0 */
};
struct match_limit {
	bool on, negate;
	bool bits; /* the rate counts bits, not packets */
	uint8_t zero;
	struct limit_rate rate;
};
enum limit_by { /* what a bucket of dst-limit is for */
	LIMIT_BY_SRC,
	LIMIT_BY_DST,
	LIMIT_BY_BOTH,
	LIMIT_BY_DST_PORT,
	LIMIT_BY_BOTH_PORT,
	LIMIT_BY_COUNT,
};
struct match_dst_limit {
	bool on, negate;
	uint8_t by, zero; /* enum limit_by */
	struct limit_rate rate;
	uint32_t expire_s; /* a bucket not used for so long is forgotten */
};
struct match_connections { /* connection-limit: more than `n` by the network of `bits` bits */
	bool on, negate;
	uint8_t bits, zero;
	uint32_t n;
};
struct match_bytes { /* connection-bytes */
	bool on, negate;
	uint8_t zero[6];
	uint64_t low, high;
};
struct match_nth { /* packet number `packet` of each `every` */
	bool on, negate;
	uint8_t zero[2];
	uint32_t every, packet;
};
struct match_mac {
	bool on, negate;
	uint8_t mac[6];
};
enum ipsec_match { /* nothing here comes from IPsec or goes into it */
	IPSEC_IN_NONE,
	IPSEC_IN_IPSEC,
	IPSEC_OUT_NONE,
	IPSEC_OUT_IPSEC,
	IPSEC_COUNT,
};
struct match_kind { /* ipv4-options, ipsec-policy: one of a list of words */
	bool on, negate;
	uint8_t kind, zero;
};

struct match_address_list {
	bool on, negate;
	char name[LIST_NAME_BYTES]; /* a list without entries has nobody in it */
};

enum ttl_change_how {
	TTL_CHANGE_NONE, /* not given */
	TTL_CHANGE_SET,
	TTL_CHANGE_INCREMENT,
	TTL_CHANGE_DECREMENT,
};
struct ttl_change {
	uint8_t how, n; /* enum ttl_change_how; 1 to 255 */
	uint8_t zero[2];
};

enum {
	MSS_CLAMP_TO_PMTU = UINT16_MAX
};

struct rule_spec {
	uint32_t id; /* of the row; counters are kept by it */
	bool disabled;
	char chain[CHAIN_NAME_BYTES];

	struct match_addr src_address, dst_address;
	struct match_address_list src_address_list, dst_address_list;
	struct match_number protocol;
	struct match_ports src_port, dst_port, any_port;
	struct match_iface in_interface, out_interface;
	struct match_list in_interface_list, out_interface_list;
	struct match_bits connection_state;     /* 1 << enum pkt_state */
	struct match_bits connection_nat_state; /* enum pkt_nat */
	struct match_name connection_mark, packet_mark, routing_mark;
	struct match_tcp_flags tcp_flags;
	struct match_number tcp_mss;
	struct match_icmp icmp_options;
	struct match_number packet_size, ttl, dscp;
	bool fragment; /* only fragments other than the first, as in RouterOS */
	struct match_bits src_address_type, dst_address_type; /* 1 << enum address_type */
	struct match_classifier classifier;
	struct match_kind ipv4_options; /* enum option_match */
	struct match_kind ipsec_policy; /* enum ipsec_match */
	struct match_mac src_mac;
	struct match_week time;
	struct match_bytes connection_bytes;
	struct match_connections connection_limit;
	struct match_nth nth;
	struct match_number random; /* per cent: low */
	struct match_limit limit;
	struct match_dst_limit dst_limit;

	uint32_t action; /* enum rule_action */
	char jump_target[CHAIN_NAME_BYTES];
	uint32_t reject_with; /* enum reject_with */
	struct ip4_range to_addresses;
	uint16_t to_port_low, to_port_high;
	bool strict;          /* a port for each connection: no endpoint-independent mapping */
	bool randomise_ports; /* the source's own port is not kept */
	bool same_not_by_dst; /* same: one address for a client, whatever it talks to */
	bool hairpin; /* dst-nat: hosts behind the same interface as the target may use it, too */
	char new_mark[MARK_NAME_BYTES];
	bool passthrough; /* mangle: go on after a mark or a change */
	uint16_t new_mss; /* or MSS_CLAMP_TO_PMTU */
	struct ttl_change new_ttl;
	uint32_t new_dscp;
	bool log;
	char log_prefix[LOG_PREFIX_BYTES];
	char address_list[LIST_NAME_BYTES]; /* to add to */
	uint32_t address_list_timeout;      /* seconds; 0: until it is removed */
};

/* Turns configuration's ids into what packets carry; the caller of rules_build() has the rows. */
struct rule_names {
	void *arg;
	/* The interface of row @id; IFACE_NONE: gone (the rule then never matches). */
	iface_id (*iface)(void *arg, uint32_t id);
	/* The bit number of the list of row @id in iface->lists, or -1: gone. */
	int (*list)(void *arg, uint32_t id);
	/* The number of a mark (never 0), the same for the same name; 0: no more marks. */
	uint32_t (*mark)(void *arg, const char *name);
	/* The number of a routing table by its name, or 0. */
	uint32_t (*table)(void *arg, const char *name);
	/* Where address lists are; NULL: rules can't name any. */
	struct address_lists *address_lists;
	/* What people call the interface or list of row @id. Either may be missing, or answer NULL:
	 * explanations then show the row's number ("*3"). */
	const char *(*iface_name)(void *arg, uint32_t id);
	const char *(*list_name)(void *arg, uint32_t id);
};

/* The words of the enums above in RouterOS's spelling, in their order and ended by NULL. */
extern const char *const facility_words[FACILITY_COUNT + 1];
extern const char *const rule_action_words[ACTION_COUNT + 1];
extern const char *const rule_reject_words[REJECT_COUNT + 1];
extern const char *const rule_state_words[];      /* enum pkt_state */
extern const char *const rule_nat_state_words[];  /* bits of enum pkt_nat, lowest first */
extern const char *const rule_tcp_flag_words[];   /* bits of the TCP header, lowest first */
extern const char *const rule_ttl_change_words[]; /* enum ttl_change_how, the first is "" */
extern const char *const rule_ipsec_words[IPSEC_COUNT + 1];
extern const char *const rule_limit_by_words[LIMIT_BY_COUNT + 1];

/* Does @facility know @action at all (in one of its chains)? */
bool rule_action_known(enum facility facility, enum rule_action action);

/* One line on what @spec matches and does: "drop protocol=tcp in-interface-list=WAN". @names may
 * be NULL. */
void rule_text(const struct rule_spec *spec, const struct rule_names *names, struct text *out);

#endif
