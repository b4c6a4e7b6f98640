/*
 * Random rules and random packets: the compiled walk against one that reads the specs themselves,
 * in the plainest way there is. Values come from small sets, so that rules match often.
 */
#include "fw/rule_cover.h"
#include "fw/rule_world.h"

#define RULES   24
#define PACKETS 40
#define ROUNDS  1500

static const char *const own_chains[] = { "a", "b", "c" };
static const char *const mark_words[] = { "no-mark", "red", "green" };
static const char *const table_words[] = { "main", "isp2", "nowhere" };

struct draw {
	uint64_t seed;
};

static uint32_t below(struct draw *d, uint32_t n)
{
	return seeded_below(&d->seed, n);
}

static bool chance(struct draw *d, uint32_t one_in)
{
	return below(d, one_in) == 0;
}

/* Two of 0 to @max in order. */
static void draw_range(struct draw *d, uint32_t max, uint32_t *low, uint32_t *high)
{
	*low = below(d, max + 1);
	*high = *low + below(d, max + 1 - *low);
}

static struct match_number draw_number(struct draw *d, uint32_t max)
{
	struct match_number m = { .on = true };

	m.negate = chance(d, 3);
	draw_range(d, max, &m.low, &m.high);
	return m;
}

static struct match_addr draw_addr(struct draw *d)
{
	struct match_addr m = { .on = true };

	m.negate = chance(d, 3);
	draw_range(d, 7, &m.range.low.v, &m.range.high.v);
	return m;
}

static struct match_ports draw_ports(struct draw *d)
{
	struct match_ports m = { .on = true };

	m.negate = chance(d, 3);
	m.n = (uint8_t)(1 + below(d, 3));
	for (unsigned i = 0; i < m.n; i++) {
		uint32_t low, high;

		draw_range(d, 5, &low, &high);
		m.ranges[i].low = (uint16_t)low;
		m.ranges[i].high = (uint16_t)high;
	}
	return m;
}

static struct match_name draw_name(struct draw *d, const char *const words[3])
{
	struct match_name m = { .on = true };

	m.negate = chance(d, 3);
	world_name(m.name, sizeof m.name, words[below(d, 3)]);
	return m;
}

static struct match_bits draw_bits(struct draw *d, uint32_t all)
{
	struct match_bits m = { .on = true };

	m.negate = chance(d, 3);
	m.bits = 1 + below(d, all);
	return m;
}

static void draw_flags(struct draw *d, struct match_tcp_flags *m)
{
	m->on = true;
	m->must_be_set = (uint8_t)(1 << below(d, 5));
	m->must_be_clear = (uint8_t)(below(d, 32) & ~(unsigned)m->must_be_set);
}

static void draw_icmp(struct draw *d, struct match_icmp *m)
{
	m->on = true;
	m->negate = chance(d, 3);
	m->type = (uint8_t)below(d, 2);
	m->code_high = (uint8_t)below(d, 3);
}

/* A protocol and, with TCP and ICMP, something of their headers. */
static void draw_protocol(struct draw *d, struct rule_spec *s)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_TCP,
		                             IPPROTO_ICMP };
	uint32_t kind = below(d, 6);

	if (kind == ARRAY_LEN(protocols)) {
		s->protocol = draw_number(d, 17);
		return;
	}
	s->protocol.on = true;
	s->protocol.low = s->protocol.high = protocols[kind];
	if (kind == 0)
		s->src_port = draw_ports(d);
	else if (kind == 1)
		s->dst_port = draw_ports(d);
	else if (kind == 2)
		s->any_port = draw_ports(d);
	else if (kind == 3)
		draw_flags(d, &s->tcp_flags);
	else
		draw_icmp(d, &s->icmp_options);
}

static struct match_iface draw_iface(struct draw *d)
{
	struct match_iface m = { .on = true };

	m.negate = chance(d, 3);
	m.id = chance(d, 6) ? WORLD_GONE : 1 + below(d, 3);
	return m;
}

static struct match_list draw_list(struct draw *d)
{
	struct match_list m = { .on = true };

	m.negate = chance(d, 3);
	m.id = chance(d, 6) ? WORLD_GONE : below(d, 4);
	return m;
}

static void draw_place(struct draw *d, struct rule_spec *s)
{
	uint32_t kind = below(d, 4);

	if (kind == 0)
		s->in_interface = draw_iface(d);
	else if (kind == 1)
		s->out_interface = draw_iface(d);
	else if (kind == 2)
		s->in_interface_list = draw_list(d);
	else
		s->out_interface_list = draw_list(d);
}

static void draw_connection(struct draw *d, struct rule_spec *s)
{
	uint32_t kind = below(d, 5);

	if (kind == 0)
		s->connection_state = draw_bits(d, 31);
	else if (kind == 1)
		s->connection_nat_state = draw_bits(d, 3);
	else if (kind == 2)
		s->connection_mark = draw_name(d, mark_words);
	else if (kind == 3)
		s->packet_mark = draw_name(d, mark_words);
	else
		s->routing_mark = draw_name(d, table_words);
}

static void draw_packet(struct draw *d, struct rule_spec *s)
{
	uint32_t kind = below(d, 4);

	if (kind == 0)
		s->packet_size = draw_number(d, 9);
	else if (kind == 1)
		s->ttl = draw_number(d, 4);
	else if (kind == 2)
		s->dscp = draw_number(d, 4);
	else
		s->fragment = true;
}

/* One more matcher. */
static void draw_matcher(struct draw *d, struct rule_spec *s)
{
	uint32_t kind = below(d, 20);

	if (kind == 0)
		s->src_address = draw_addr(d);
	else if (kind == 1)
		s->dst_address = draw_addr(d);
	else if (kind < 7 && !s->protocol.on)
		draw_protocol(d, s);
	else if (kind < 11)
		draw_place(d, s);
	else if (kind < 16)
		draw_connection(d, s);
	else
		draw_packet(d, s);
}

static void draw_action(struct draw *d, enum facility facility, unsigned depth, struct rule_spec *s)
{
	static const uint32_t filter[] = { ACTION_ACCEPT, ACTION_DROP, ACTION_REJECT };
	static const uint32_t mangle[] = { ACTION_ACCEPT, ACTION_MARK_CONNECTION,
		                           ACTION_MARK_PACKET, ACTION_MARK_PACKET,
		                           ACTION_MARK_ROUTING };
	static const uint32_t raw[] = { ACTION_ACCEPT, ACTION_DROP, ACTION_NOTRACK };
	static const uint32_t any[] = { ACTION_RETURN, ACTION_LOG, ACTION_PASSTHROUGH };

	s->log = chance(d, 12);
	s->passthrough = !chance(d, 3);
	if (depth < 3 && chance(d, 3)) { /* only to chains below: no loops */
		s->action = ACTION_JUMP;
		world_name(s->jump_target, sizeof s->jump_target,
		           own_chains[depth + below(d, 3 - depth)]);
	} else if (chance(d, 3)) {
		s->action = any[below(d, 3)];
	} else if (facility == FACILITY_FILTER) {
		s->action = filter[below(d, 3)];
	} else if (facility == FACILITY_RAW) {
		s->action = raw[below(d, 3)];
	} else if (facility == FACILITY_MANGLE) {
		s->action = mangle[below(d, 5)];
		world_name(s->new_mark, sizeof s->new_mark,
		           s->action == ACTION_MARK_ROUTING ? table_words[below(d, 2)]
		                                            : mark_words[below(d, 3)]);
	} else {
		s->action = ACTION_DST_NAT;
		s->to_addresses.high.v = 9;
	}
}

static void draw_rules(struct draw *d, enum facility facility, const char *entry,
                       struct rule_spec specs[RULES])
{
	memset(specs, 0, RULES * sizeof *specs);
	for (unsigned i = 0; i < RULES; i++) {
		unsigned depth = i < 3 ? i + 1 : below(d, 4); /* each chain has a rule */

		specs[i].id = 100 - i;
		specs[i].disabled = chance(d, 8);
		world_name(specs[i].chain, sizeof specs[i].chain,
		           depth == 0 ? entry : own_chains[depth - 1]);
		for (uint32_t n = below(d, 4); n > 0; n--)
			draw_matcher(d, &specs[i]);
		draw_action(d, facility, depth, &specs[i]);
	}
}

static struct pkt draw_pkt(struct draw *d)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_ICMP, 2 };
	struct pkt p = { 0 };

	p.in = (iface_id)below(d, 4);
	p.now.src.v = below(d, 9);
	p.now.dst.v = below(d, 9);
	p.now.sport = (uint16_t)below(d, 7);
	p.now.dport = (uint16_t)below(d, 7);
	p.now.proto = protocols[below(d, 4)];
	p.arrived = p.now;
	p.state = (uint8_t)below(d, 5);
	p.nat = (uint8_t)below(d, 4);
	p.connection_mark = below(d, 3);
	p.mark = below(d, 3);
	p.routing_mark = chance(d, 2) ? WORLD_TABLE : 0;
	p.tcp_flags = p.now.proto == IPPROTO_TCP ? (uint8_t)(below(d, 32) & ~2u) : 0;
	p.icmp_type = (uint8_t)below(d, 3);
	p.icmp_code = (uint8_t)below(d, 4);
	p.ip_bytes = (uint16_t)below(d, 11);
	p.ttl = (uint8_t)below(d, 6);
	p.tos = (uint8_t)below(d, 24);
	p.fragment = chance(d, 5) ? (uint16_t)(0x2000 | below(d, 2)) : 0;
	return p;
}

/* The plain way. */
struct plain {
	struct world *world;
	enum facility facility;
	const struct rule_spec *specs;
	struct pkt p;
	iface_id out;
	const struct rule_spec *last; /* the rule that decided */
	uint64_t packets[RULES];
};

static bool in_number(const struct match_number *m, uint32_t v)
{
	return !m->on || (v >= m->low && v <= m->high) != m->negate;
}

static bool in_ports(const struct match_ports *m, int a, int b)
{
	bool found = false;

	for (unsigned i = 0; i < m->n; i++) {
		int low = m->ranges[i].low, high = m->ranges[i].high;

		found = found || (low <= a && a <= high) || (low <= b && b <= high);
	}
	return found != m->negate;
}

static bool in_list(const struct plain *w, const struct match_list *m, iface_id id)
{
	static const uint8_t members[4][4] = {
		/* all, WAN, LAN, 3: of no interface, ether1, ether2, ether3 */
		{ 0, 0, 0, 0 },
		{ 1, 1, 0, 0 },
		{ 1, 0, 1, 1 },
		{ 1, 0, 1, 0 },
	};

	if (!m->on)
		return true;
	return m->id != WORLD_GONE && (members[id][m->id] != 0) != m->negate;
}

static bool on_iface(const struct match_iface *m, iface_id id)
{
	return !m->on || (m->id != WORLD_GONE && (m->id == id) != m->negate);
}

static bool has_mark(const struct plain *w, const struct match_name *m, uint32_t mark)
{
	const char *name = mark == 0 ? "no-mark" : mark_name(w->world->marks, mark);

	return !m->on || (strcmp(m->name, name) == 0) != m->negate;
}

static bool has_table(const struct match_name *m, uint32_t table)
{
	const char *name = table == 0 ? "main" : "isp2";

	if (!m->on)
		return true;
	return strcmp(m->name, "nowhere") != 0 && (strcmp(m->name, name) == 0) != m->negate;
}

/* What is the same for all packets of a flow. */
static bool plain_flow(const struct plain *w, const struct rule_spec *s)
{
	const struct pkt *p = &w->p;
	struct match_number src = { .on = s->src_address.on,
		                    .negate = s->src_address.negate,
		                    .low = s->src_address.range.low.v,
		                    .high = s->src_address.range.high.v };
	struct match_number dst = { .on = s->dst_address.on,
		                    .negate = s->dst_address.negate,
		                    .low = s->dst_address.range.low.v,
		                    .high = s->dst_address.range.high.v };

	if (!in_number(&src, p->now.src.v) || !in_number(&dst, p->now.dst.v) ||
	    !in_number(&s->protocol, p->now.proto))
		return false;
	if ((s->src_port.on || s->dst_port.on || s->any_port.on) && (p->fragment & 0x1fff) != 0)
		return false;
	if ((s->src_port.on && !in_ports(&s->src_port, p->now.sport, -1)) ||
	    (s->dst_port.on && !in_ports(&s->dst_port, -1, p->now.dport)) ||
	    (s->any_port.on && !in_ports(&s->any_port, p->now.sport, p->now.dport)))
		return false;
	if (!on_iface(&s->in_interface, p->in) || !on_iface(&s->out_interface, w->out) ||
	    !in_list(w, &s->in_interface_list, p->in) ||
	    !in_list(w, &s->out_interface_list, w->out))
		return false;
	if (s->connection_state.on &&
	    ((s->connection_state.bits & 1u << p->state) != 0) == s->connection_state.negate)
		return false;
	if (s->connection_nat_state.on &&
	    ((s->connection_nat_state.bits & p->nat) != 0) == s->connection_nat_state.negate)
		return false;
	return has_mark(w, &s->connection_mark, p->connection_mark) &&
	       has_mark(w, &s->packet_mark, p->mark) &&
	       has_table(&s->routing_mark, p->routing_mark);
}

/* Do the flags tell packets without SYN, FIN and RST apart? Try all of those. */
static bool flags_tell_apart(const struct match_tcp_flags *m)
{
	unsigned yes = 0, no = 0;

	for (unsigned flags = 0; flags < 256; flags++) {
		if ((flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0)
			continue;
		if ((flags & m->must_be_set) == m->must_be_set && (flags & m->must_be_clear) == 0)
			yes++;
		else
			no++;
	}
	return yes > 0 && no > 0;
}

static bool plain_flags(const struct plain *w, const struct rule_spec *s)
{
	return (w->p.fragment & 0x1fff) == 0 &&
	       (w->p.tcp_flags & s->tcp_flags.must_be_set) == s->tcp_flags.must_be_set &&
	       (w->p.tcp_flags & s->tcp_flags.must_be_clear) == 0;
}

static bool plain_packet(const struct plain *w, const struct rule_spec *s)
{
	const struct pkt *p = &w->p;
	const struct match_icmp *icmp = &s->icmp_options;

	if (icmp->on && (p->fragment & 0x1fff) != 0)
		return false;
	if (icmp->on && (p->icmp_type == icmp->type && p->icmp_code >= icmp->code_low &&
	                 p->icmp_code <= icmp->code_high) == icmp->negate)
		return false;
	return in_number(&s->packet_size, p->ip_bytes) && in_number(&s->ttl, p->ttl) &&
	       in_number(&s->dscp, p->tos / 4u) && (!s->fragment || (p->fragment & 0x1fff) != 0);
}

static bool plain_matches(struct plain *w, const struct rule_spec *s)
{
	bool flags_each = s->tcp_flags.on && flags_tell_apart(&s->tcp_flags);

	if (!plain_flow(w, s))
		return false;
	if (s->tcp_flags.on && !flags_each && !plain_flags(w, s))
		return false;
	if (w->facility != FACILITY_NAT && (flags_each || s->icmp_options.on || s->packet_size.on ||
	                                    s->ttl.on || s->dscp.on || s->fragment))
		w->p.each_packet = true;
	return (!s->tcp_flags.on || plain_flags(w, s)) && plain_packet(w, s);
}

/* Returns true when the walk is over. */
static bool plain_chain(struct plain *w, const char *chain);

static bool plain_rule(struct plain *w, const struct rule_spec *s)
{
	uint32_t mark = strcmp(s->new_mark, "no-mark") == 0 ? 0
	                : s->new_mark[0] == '\0'            ? 0
	                                         : mark_number(w->world->marks, s->new_mark);

	w->packets[s - w->specs]++;
	if ((s->log || s->action == ACTION_LOG) && w->facility != FACILITY_NAT)
		w->p.each_packet = true;
	switch ((enum rule_action)s->action) {
	case ACTION_JUMP:
		return plain_chain(w, s->jump_target);
	case ACTION_LOG:
	case ACTION_PASSTHROUGH:
		return false;
	case ACTION_NOTRACK:
		w->p.untracked = true;
		return false;
	case ACTION_MARK_CONNECTION:
		w->p.connection_mark = mark;
		break;
	case ACTION_MARK_PACKET:
		w->p.mark = mark;
		break;
	case ACTION_MARK_ROUTING:
		w->p.routing_mark = strcmp(s->new_mark, "isp2") == 0 ? WORLD_TABLE : 0;
		break;
	default:
		w->last = s;
		return true;
	}
	if (!s->passthrough)
		w->last = s;
	return !s->passthrough;
}

static bool plain_chain(struct plain *w, const char *chain)
{
	for (unsigned i = 0; i < RULES; i++) {
		const struct rule_spec *s = &w->specs[i];

		if (s->disabled || strcmp(s->chain, chain) != 0 || !plain_matches(w, s))
			continue;
		if (s->action == ACTION_RETURN) {
			w->packets[i]++;
			w->p.each_packet |= s->log && w->facility != FACILITY_NAT;
			return false;
		}
		if (plain_rule(w, s))
			return true;
	}
	return false;
}

/* One packet both ways; counters are compared at the end of a set. Returns whether it matched. */
static bool try_packet(struct plain *plain, struct rules *rules, const char *entry, struct draw *d)
{
	struct rule_choice choice;
	struct pkt p = draw_pkt(d);
	uint64_t matches = 0, before = 0;

	for (unsigned i = 0; i < RULES; i++)
		before += plain->packets[i];
	plain->out = (iface_id)below(d, 4);
	plain->p = p;
	plain->last = NULL;
	plain_chain(plain, entry);
	for (unsigned i = 0; i < RULES; i++)
		matches += plain->packets[i];
	if (plain->facility != FACILITY_NAT && matches - before > TRAIL_PLACES)
		plain->p.each_packet = true;

	rules_choose(rules, plain->world->net, entry, plain->out, &p, &choice);
	rules_count(rules, p.trail, p.ip_bytes);
	if (choice.matched && plain->facility == FACILITY_NAT)
		rules_count_rule(rules, choice.rule_id, p.ip_bytes);
	assert_int_equal(choice.matched, plain->last != NULL);
	assert_int_equal(choice.rule_id, plain->last != NULL ? plain->last->id : 0);
	if (choice.matched && plain->facility != FACILITY_MANGLE)
		assert_int_equal(choice.action, plain->last->action);
	assert_int_equal(p.connection_mark, plain->p.connection_mark);
	assert_int_equal(p.mark, plain->p.mark);
	assert_int_equal(p.routing_mark, plain->p.routing_mark);
	assert_int_equal(p.untracked, plain->p.untracked);
	assert_int_equal(p.each_packet, plain->p.each_packet);
	return choice.matched;
}

/* A rule behind one that covers it has met no packet. Returns how many there are. */
static unsigned covered_are_unmet(const struct plain *plain)
{
	unsigned covered = 0;

	for (unsigned i = 0; i < RULES; i++) {
		for (unsigned j = i + 1; j < RULES; j++) {
			if (!rule_covers(&plain->specs[i], &plain->specs[j]))
				continue;
			assert_int_equal(plain->packets[j], 0);
			covered++;
		}
	}
	return covered;
}

static void the_walk_is_what_the_rules_say(void **state)
{
	static const char *const entries[FACILITY_COUNT] = { "forward", "dstnat", "prerouting",
		                                             "prerouting" };
	struct world *world = *state;
	struct draw d = { .seed = 88172645463325252ULL };
	unsigned matched = 0, covered = 0;

	assert_int_equal(mark_number(world->marks, "red"), 1);
	assert_int_equal(mark_number(world->marks, "green"), 2);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct rule_spec specs[RULES];
		struct plain plain = { .world = world, .specs = specs };

		plain.facility = (enum facility)(round % FACILITY_COUNT);

		const char *entry = entries[plain.facility];

		draw_rules(&d, plain.facility, entry, specs);
		if (plain.facility != FACILITY_FILTER) { /* no way out is known there */
			for (unsigned i = 0; i < RULES; i++)
				specs[i].out_interface.on = specs[i].out_interface_list.on = false;
		}

		if (plain.facility == FACILITY_RAW) { /* nor connections or marks there */
			for (unsigned i = 0; i < RULES; i++) {
				specs[i].connection_state.on = specs[i].connection_nat_state.on =
					false;
				specs[i].connection_mark.on = specs[i].packet_mark.on = false;
				specs[i].routing_mark.on = false;
			}
		}

		struct rules *rules = world_built(world, plain.facility, specs, RULES);

		for (unsigned i = 0; i < PACKETS; i++)
			matched += try_packet(&plain, rules, entry, &d);
		for (unsigned i = 0; i < RULES; i++)
			assert_int_equal(rules_counters(rules, specs[i].id).packets,
			                 plain.packets[i]);
		covered += covered_are_unmet(&plain);
		rules_free(rules);
	}
	assert_true(covered > ROUNDS);
	assert_true(matched > ROUNDS * PACKETS / 4 && matched < ROUNDS * PACKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk_is_what_the_rules_say),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
