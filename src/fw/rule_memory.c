/*
 * rule_memory.c -- tests that rest on what was before this packet: bytes of its connection, other
 * connections, how many packets came by, buckets of tokens.
 *
 * Who only asks (p->asked_only) gets the answer that the next packet would get, and takes nothing.
 */
#include <netinet/in.h>

#include "core/net.h"
#include "fw/flow_counts.h"
#include "fw/rule_set.h"

/* What both directions have carried before this packet. */
static bool bytes_hold(const struct rule *rule, const struct rule_view *view)
{
	const struct match_bytes *m = &rule->spec->connection_bytes;
	uint64_t bytes = view->p->flow_bytes;

	return bytes >= m->low && bytes <= m->high;
}

/* The packet's own connection counts, also when this packet is to begin it. */
static bool connections_hold(const struct rule *rule, const struct rule_view *view)
{
	const struct match_connections *m = &rule->spec->connection_limit;
	const struct pkt *p = view->p;
	ip4 began = p->flow != FLOW_NONE ? p->flow_src : p->arrived.src;
	bool begins = p->flow == FLOW_NONE && p->state == STATE_NEW;

	return flow_counts_of(view->net->flow_counts, began, m->bits) + begins > m->n;
}

static bool nth_holds(const struct rule *rule, const struct rule_view *view)
{
	const struct match_nth *m = &rule->spec->nth;
	uint64_t seen = rule->cell->nth_seen;

	if (!view->p->asked_only)
		rule->cell->nth_seen++;
	return seen % m->every == m->packet - 1;
}

/* Nobody outside can tell the next answer, and the same packets get the same answers again. */
static bool random_holds(const struct rule *rule, const struct rule_view *view)
{
	uint64_t words[2] = { rule->spec->id, rule->cell->random_seen };

	if (!view->p->asked_only)
		rule->cell->random_seen++;
	return hash_words(&view->net->key, words, 2) % 100 < rule->spec->random.low;
}

static bool rates_equal(const struct limit_rate *a, const struct limit_rate *b)
{
	return a->rate == b->rate && a->burst == b->burst && a->time_s == b->time_s;
}

static bool limit_holds(const struct rule *rule, const struct rule_view *view)
{
	const struct match_limit *m = &rule->spec->limit;
	const struct pkt *p = view->p;
	struct counter_cell *cell = rule->cell;
	struct limit_bucket bucket = rates_equal(&cell->bucket_rate, &m->rate)
	                                     ? cell->bucket
	                                     : limit_bucket_full(&m->rate, view->net->now);
	uint32_t cost = m->bits ? p->ip_bytes * 8U : 1;
	bool there = limit_take(&bucket, &m->rate, cost, view->net->now, p->asked_only);

	if (!p->asked_only) {
		cell->bucket = bucket;
		cell->bucket_rate = m->rate;
	}
	return there;
}

/* The key's fields as the rule's mode has them; its rate, too: a changed rule begins anew. */
static struct limit_key key_of(const struct rule *rule, const struct pkt *p)
{
	const struct match_dst_limit *m = &rule->spec->dst_limit;
	static const struct hash_key nobody = { 0 };
	uint64_t words[2] = { (uint64_t)m->rate.rate << 32 | m->rate.burst,
		              (uint64_t)m->rate.time_s << 16 | m->by << 8U | rule->facility };
	struct limit_key key = { .rule = rule->spec->id,
		                 .tag = (uint32_t)hash_words(&nobody, words, 2) };

	if (m->by == LIMIT_BY_SRC || m->by == LIMIT_BY_BOTH || m->by == LIMIT_BY_BOTH_PORT)
		key.src = p->now.src;
	if (m->by != LIMIT_BY_SRC)
		key.dst = p->now.dst;
	if (m->by == LIMIT_BY_DST_PORT || m->by == LIMIT_BY_BOTH_PORT)
		key.dport = p->now.dport;
	return key;
}

static bool dst_limit_holds(const struct rule *rule, const struct rule_view *view)
{
	const struct match_dst_limit *m = &rule->spec->dst_limit;
	struct limit_key key = key_of(rule, view->p);

	return view->net->limits != NULL &&
	       limits_take(view->net->limits, &key, &m->rate, m->expire_s, view->net->now,
	                   view->p->asked_only);
}

bool rule_memory_holds(const struct rule *rule, enum rule_test test, const struct rule_view *view)
{
	switch (test) {
	case TEST_BYTES:
		return bytes_hold(rule, view);
	case TEST_CONNECTIONS:
		return connections_hold(rule, view);
	case TEST_NTH:
		return nth_holds(rule, view);
	case TEST_RANDOM:
		return random_holds(rule, view);
	case TEST_LIMIT:
		return limit_holds(rule, view);
	default:
		must(test == TEST_DST_LIMIT);
		return dst_limit_holds(rule, view);
	}
}
