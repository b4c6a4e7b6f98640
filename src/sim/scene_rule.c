#include "sim/scene_rule.h"

#include <netinet/in.h>
#include <string.h>

#include "core/pkt.h"
#include "lib/text.h"
#include "sim/scene.h"
#include "sim/scene_match.h"
#include "wire/tcp_header.h"

#define IP(a, b, c, d) ((ip4){ (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d) })

static void name_set(char *name, size_t size, const char *to)
{
	struct text text = text_into(name, size);

	text_add(&text, to);
}

static const char *pick(struct sim_random *r, const char *const *words, unsigned n)
{
	return words[sim_random_below(r, n)];
}

static bool often(struct sim_random *r)
{
	return sim_random_chance(r, 4000);
}

static bool rarely(struct sim_random *r)
{
	return sim_random_chance(r, 600);
}

static const char *chain_draw(struct sim_random *r, enum facility facility)
{
	static const char *const filter[] = { "forward", "forward", "forward",
		                              "input",   "output",  "apart" };
	static const char *const nat[] = { "srcnat", "srcnat", "dstnat", "dstnat", "apart" };
	static const char *const mangle[] = { "prerouting", "forward",     "forward", "input",
		                              "output",     "postrouting", "apart" };

	static const char *const raw[] = { "prerouting", "prerouting", "output", "apart" };

	switch (facility) {
	case FACILITY_RAW:
		return pick(r, raw, ARRAY_LEN(raw));
	case FACILITY_FILTER:
		return pick(r, filter, ARRAY_LEN(filter));
	case FACILITY_NAT:
		return pick(r, nat, ARRAY_LEN(nat));
	default:
		return pick(r, mangle, ARRAY_LEN(mangle));
	}
}

static void draw_address(struct sim_random *r, struct match_addr *m)
{
	static const struct ip4_range ranges[] = {
		{ IP(192, 168, 88, 0), IP(192, 168, 88, 255) },
		{ IP(192, 168, 88, 2), IP(192, 168, 88, 4) },
		{ IP(10, 0, 3, 0), IP(10, 0, 3, 255) },
		{ IP(203, 0, 113, 2), IP(203, 0, 113, 2) },
		{ IP(192, 0, 2, 0), IP(192, 0, 2, 11) },
		{ IP(0, 0, 0, 0), IP(255, 255, 255, 255) },
	};

	m->on = true;
	m->negate = rarely(r);
	m->range = ranges[sim_random_below(r, ARRAY_LEN(ranges))];
}

static const char *list_draw(struct sim_random *r)
{
	static const char *const names[] = { "bad", "good", "seen" };

	return pick(r, names, ARRAY_LEN(names));
}

static void draw_list(struct sim_random *r, struct match_address_list *m)
{
	m->on = true;
	m->negate = rarely(r);
	name_set(m->name, sizeof m->name, list_draw(r));
}

void scene_rule_draw_listed(struct sim_random *random, uint32_t *next_id,
                            struct scene_listed *ret_listed)
{
	static const struct ip4_range ranges[] = {
		{ IP(192, 168, 88, 2), IP(192, 168, 88, 2) },
		{ IP(192, 168, 88, 3), IP(192, 168, 88, 3) },
		{ IP(192, 168, 88, 3), IP(192, 168, 88, 6) },
		{ IP(10, 0, 3, 2), IP(10, 0, 3, 3) },
		{ IP(192, 0, 2, 9), IP(192, 0, 2, 9) },
		{ IP(192, 0, 2, 0), IP(192, 0, 2, 255) },
		{ IP(203, 0, 113, 9), IP(203, 0, 113, 9) },
	};

	*ret_listed = (struct scene_listed){
		.list = list_draw(random),
		.range = { .id = (*next_id)++,
		           .range = ranges[sim_random_below(random, ARRAY_LEN(ranges))] },
	};
}

static void draw_number(struct sim_random *r, struct match_number *m, uint32_t below)
{
	m->on = true;
	m->negate = rarely(r);
	m->low = sim_random_below(r, below);
	m->high = m->low + sim_random_below(r, below - m->low);
}

static void draw_protocol(struct sim_random *r, struct rule_spec *spec)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	uint8_t proto = protocols[sim_random_below(r, ARRAY_LEN(protocols))];

	spec->protocol = (struct match_number){ .on = true, .low = proto, .high = proto };
}

static void draw_ports(struct sim_random *r, struct match_ports *m)
{
	static const uint16_t ports[] = { 53, 80, 443, 2222, 8080, 1024, 40000 };
	uint16_t low = ports[sim_random_below(r, ARRAY_LEN(ports))];

	m->on = true;
	m->negate = rarely(r);
	m->n = 1;
	m->ranges[0].low = low;
	m->ranges[0].high = (uint16_t)(low + sim_random_below(r, 3));
}

static bool has_protocol(const struct rule_spec *spec, uint8_t proto)
{
	return spec->protocol.on && spec->protocol.low == proto;
}

static void draw_l4(struct sim_random *r, struct rule_spec *spec)
{
	static const uint8_t flags[] = { TCP_SYN, TCP_ACK, TCP_FIN, TCP_RST, TCP_PSH };

	draw_protocol(r, spec);
	if (has_protocol(spec, IPPROTO_ICMP)) {
		if (rarely(r))
			spec->icmp_options =
				(struct match_icmp){ .on = true, .type = 8, .code_high = 255 };
		return;
	}
	if (often(r))
		draw_ports(r, &spec->dst_port);
	if (rarely(r))
		draw_ports(r, &spec->src_port);
	if (rarely(r))
		draw_ports(r, &spec->any_port);
	if (!has_protocol(spec, IPPROTO_TCP))
		return;
	if (sim_random_chance(r, 800)) {
		spec->tcp_flags.on = true;
		spec->tcp_flags.must_be_set = flags[sim_random_below(r, ARRAY_LEN(flags))];
		if (often(r))
			spec->tcp_flags.must_be_clear =
				flags[sim_random_below(r, ARRAY_LEN(flags))];
	}
	if (rarely(r))
		draw_number(r, &spec->tcp_mss, 1500);
}

static void draw_interfaces(struct sim_random *r, struct rule_spec *spec)
{
	uint32_t which = sim_random_below(r, 8);

	if (which == 0)
		spec->in_interface = (struct match_iface){ .on = true, .negate = rarely(r) };
	if (which == 1)
		spec->out_interface = (struct match_iface){ .on = true, .negate = rarely(r) };
	if (which == 2)
		spec->in_interface_list = (struct match_list){ .on = true, .negate = rarely(r) };
	if (which == 3)
		spec->out_interface_list = (struct match_list){ .on = true, .negate = rarely(r) };
	spec->in_interface.id = 1 + sim_random_below(r, TWIN_PORTS);
	spec->out_interface.id = 1 + sim_random_below(r, TWIN_PORTS);
	spec->in_interface_list.id = 1 + sim_random_below(r, 2);
	spec->out_interface_list.id = 1 + sim_random_below(r, 2);
}

static void draw_mark(struct sim_random *r, struct match_name *m)
{
	static const char *const names[] = { "no-mark", "red", "blue" };

	m->on = true;
	m->negate = rarely(r);
	name_set(m->name, sizeof m->name, pick(r, names, ARRAY_LEN(names)));
}

/* What has to see each packet: seldom, or nothing is ever replayed. */
static void draw_each_packet(struct sim_random *r, struct rule_spec *spec)
{
	switch (sim_random_below(r, 80)) {
	case 0:
		draw_number(r, &spec->packet_size, 1500);
		break;
	case 1:
		draw_number(r, &spec->ttl, 130);
		break;
	case 2:
		draw_number(r, &spec->dscp, 63);
		break;
	case 3:
		spec->fragment = true;
		break;
	case 4:
		spec->log = true;
		name_set(spec->log_prefix, sizeof spec->log_prefix, "seen");
		break;
	case 5:
		spec->src_mac = (struct match_mac){ .on = true, .negate = rarely(r) };
		break;
	default:
		scene_match_memory(r, spec);
		break;
	}
}

static void draw_matchers(struct sim_random *r, struct rule_spec *spec)
{
	if (often(r))
		draw_l4(r, spec);
	if (sim_random_chance(r, 2500))
		draw_address(r, &spec->src_address);
	if (sim_random_chance(r, 2500))
		draw_address(r, &spec->dst_address);
	if (sim_random_chance(r, 1200))
		draw_list(r, &spec->src_address_list);
	if (sim_random_chance(r, 1200))
		draw_list(r, &spec->dst_address_list);
	draw_interfaces(r, spec);
	if (sim_random_chance(r, 2500))
		spec->connection_state = (struct match_bits){ .on = true,
			                                      .negate = rarely(r),
			                                      .bits = 1 + sim_random_below(r, 15) };
	if (rarely(r))
		spec->connection_nat_state =
			(struct match_bits){ .on = true, .bits = 1 + sim_random_below(r, 3) };
	if (rarely(r))
		draw_mark(r, &spec->connection_mark);
	if (rarely(r))
		draw_mark(r, &spec->packet_mark);
	scene_match_kinds(r, spec);
	draw_each_packet(r, spec);
}

static uint32_t draw_action(struct sim_random *r, enum facility facility, const char *chain)
{
	static const uint8_t filter[] = { ACTION_ACCEPT, ACTION_ACCEPT,   ACTION_ACCEPT,
		                          ACTION_DROP,   ACTION_REJECT,   ACTION_JUMP,
		                          ACTION_RETURN, ACTION_LOG,      ACTION_PASSTHROUGH,
		                          ACTION_TARPIT, ACTION_FASTTRACK };
	static const uint8_t mangle[] = {
		ACTION_MARK_CONNECTION, ACTION_MARK_PACKET, ACTION_CHANGE_MSS,   ACTION_CHANGE_MSS,
		ACTION_ACCEPT,          ACTION_PASSTHROUGH, ACTION_JUMP,         ACTION_CHANGE_TTL,
		ACTION_CHANGE_DSCP,     ACTION_CLEAR_DF,    ACTION_STRIP_OPTIONS
	};
	bool routing = strcmp(chain, "prerouting") == 0 || strcmp(chain, "output") == 0;

	static const uint8_t raw[] = { ACTION_NOTRACK, ACTION_NOTRACK, ACTION_ACCEPT,
		                       ACTION_ACCEPT,  ACTION_DROP,    ACTION_JUMP,
		                       ACTION_RETURN,  ACTION_LOG,     ACTION_PASSTHROUGH };

	if (facility == FACILITY_RAW)
		return raw[sim_random_below(r, ARRAY_LEN(raw))];
	if (facility == FACILITY_FILTER)
		return filter[sim_random_below(r, ARRAY_LEN(filter))];
	if (facility == FACILITY_MANGLE)
		return routing && often(r) ? ACTION_MARK_ROUTING
		                           : mangle[sim_random_below(r, ARRAY_LEN(mangle))];
	if (rarely(r))
		return ACTION_ACCEPT;
	if (rarely(r))
		return often(r) ? ACTION_NETMAP : ACTION_SAME;
	if (strcmp(chain, "srcnat") == 0)
		return often(r) ? ACTION_SRC_NAT : ACTION_MASQUERADE;
	return sim_random_chance(r, 2000) ? ACTION_REDIRECT : ACTION_DST_NAT;
}

static void draw_translation(struct sim_random *r, struct rule_spec *spec)
{
	static const struct ip4_range inner[] = {
		{ IP(192, 168, 88, 2), IP(192, 168, 88, 2) },
		{ IP(192, 168, 88, 3), IP(192, 168, 88, 6) },
		{ IP(10, 0, 3, 2), IP(10, 0, 3, 2) },
	};
	static const struct ip4_range outer[] = {
		{ IP(203, 0, 113, 3), IP(203, 0, 113, 3) },
		{ IP(203, 0, 113, 2), IP(203, 0, 113, 4) },
	};
	bool ports = has_protocol(spec, IPPROTO_TCP) || has_protocol(spec, IPPROTO_UDP);

	if (spec->action == ACTION_DST_NAT)
		spec->to_addresses = inner[sim_random_below(r, ARRAY_LEN(inner))];
	if (spec->action == ACTION_SRC_NAT)
		spec->to_addresses = outer[sim_random_below(r, ARRAY_LEN(outer))];
	if (spec->action == ACTION_NETMAP || spec->action == ACTION_SAME) {
		bool out = strcmp(spec->chain, "srcnat") == 0;

		spec->to_addresses =
			out ? (struct ip4_range){ IP(203, 0, 113, 2), IP(203, 0, 113, 3) }
			    : (struct ip4_range){ IP(192, 168, 88, 4), IP(192, 168, 88, 7) };
		spec->same_not_by_dst = spec->action == ACTION_SAME && often(r);
		return;
	}
	if (spec->action == ACTION_SRC_NAT || spec->action == ACTION_MASQUERADE) {
		spec->strict = rarely(r);
		spec->randomise_ports = rarely(r);
	}
	spec->hairpin = spec->action == ACTION_DST_NAT && often(r);
	if (ports && often(r)) {
		spec->to_port_low = (uint16_t)(8080 + sim_random_below(r, 3));
		spec->to_port_high = (uint16_t)(spec->to_port_low + sim_random_below(r, 3));
	}
}

static void draw_change(struct sim_random *r, struct rule_spec *spec)
{
	static const char *const marks[] = { "red", "blue" };
	static const uint16_t sizes[] = { MSS_CLAMP_TO_PMTU, 1400, 536, 9000 };

	spec->passthrough = often(r);
	name_set(spec->new_mark, sizeof spec->new_mark,
	         spec->action == ACTION_MARK_ROUTING ? "isp2" : pick(r, marks, ARRAY_LEN(marks)));
	spec->new_mss = sizes[sim_random_below(r, ARRAY_LEN(sizes))];
	spec->new_dscp = sim_random_below(r, 64);
	/* The router's own packets are known by their TTL, so theirs stays. */
	if (spec->action == ACTION_CHANGE_TTL && strcmp(spec->chain, "prerouting") != 0 &&
	    strcmp(spec->chain, "forward") != 0)
		spec->action = ACTION_CHANGE_DSCP;
	spec->new_ttl.how = TTL_CHANGE_SET;
	spec->new_ttl.n = (uint8_t)(66 + sim_random_below(r, 190));
	if (spec->action == ACTION_CHANGE_MSS || spec->action == ACTION_REJECT ||
	    spec->action == ACTION_TARPIT) {
		spec->protocol = (struct match_number){ .on = true,
			                                .low = IPPROTO_TCP,
			                                .high = IPPROTO_TCP };
		spec->icmp_options.on = false;
	}
	spec->reject_with = sim_random_below(r, REJECT_COUNT);
	name_set(spec->jump_target, sizeof spec->jump_target, "apart");
}

/* Mostly of what is new, as people do: what adds must see each packet. */
static void draw_add(struct sim_random *r, struct rule_spec *spec)
{
	spec->action = often(r) ? ACTION_ADD_DST_TO_LIST : ACTION_ADD_SRC_TO_LIST;
	name_set(spec->address_list, sizeof spec->address_list, list_draw(r));
	spec->address_list_timeout = sim_random_below(r, 4) * 10;
	if (often(r) || often(r))
		spec->connection_state = (struct match_bits){ .on = true, .bits = 1 << STATE_NEW };
}

/* Raw knows no connections and marks; and most of its rules are about a few packets only. */
static void leave_unknown(struct sim_random *r, struct rule_spec *spec)
{
	spec->connection_state.on = spec->connection_nat_state.on = false;
	spec->connection_mark.on = spec->packet_mark.on = false;
	spec->connection_bytes.on = spec->connection_limit.on = false;
	if (!spec->src_address.on && !spec->dst_address.on)
		draw_address(r, often(r) ? &spec->src_address : &spec->dst_address);
}

static void draw_rule(struct sim_random *r, enum facility facility, struct rule_spec *spec)
{
	const char *chain = chain_draw(r, facility);

	name_set(spec->chain, sizeof spec->chain, chain);
	spec->disabled = rarely(r);
	draw_matchers(r, spec);
	spec->action = draw_action(r, facility, chain);
	if (rarely(r))
		draw_add(r, spec);
	if (facility == FACILITY_NAT)
		draw_translation(r, spec);
	draw_change(r, spec);
	if (facility == FACILITY_RAW)
		leave_unknown(r, spec);
}

static void plain_masquerade(struct rule_spec *spec)
{
	name_set(spec->chain, sizeof spec->chain, "srcnat");
	spec->out_interface_list = (struct match_list){ .on = true, .id = 1 };
	spec->action = ACTION_MASQUERADE;
}

/* As nearly everybody begins their forward chain. */
static void accept_established(struct rule_spec *spec)
{
	name_set(spec->chain, sizeof spec->chain, "forward");
	spec->connection_state =
		(struct match_bits){ .on = true,
		                     .bits = 1 << STATE_ESTABLISHED | 1 << STATE_RELATED };
	spec->action = ACTION_ACCEPT;
}

/* The commonest use of a list. */
static void drop_listed(struct sim_random *r, struct rule_spec *spec)
{
	name_set(spec->chain, sizeof spec->chain, "forward");
	draw_list(r, often(r) ? &spec->dst_address_list : &spec->src_address_list);
	spec->action = ACTION_DROP;
}

bool scene_rule_is_plain_masquerade(const struct rule_spec *spec)
{
	struct rule_spec plain = { .id = spec->id };

	plain_masquerade(&plain);
	return memcmp(spec, &plain, sizeof plain) == 0;
}

void scene_rule_draw_all(struct sim_random *random, enum facility facility, uint32_t *next_id,
                         struct rule_spec *specs, unsigned *ret_n)
{
	unsigned n = sim_random_below(random, SCENE_RULES - 1);
	unsigned kept = 0;

	if (facility == FACILITY_RAW) /* most routers have none, or nothing would be tracked */
		n = often(random) ? 1 + n / 4 : 0;
	memset(specs, 0, SCENE_RULES * sizeof specs[0]);
	if (facility == FACILITY_NAT && sim_random_chance(random, 7000)) {
		plain_masquerade(&specs[kept]);
		specs[kept++].id = (*next_id)++;
	}
	if (facility == FACILITY_FILTER && sim_random_chance(random, 3000)) {
		drop_listed(random, &specs[kept]);
		specs[kept++].id = (*next_id)++;
	} else if (facility == FACILITY_FILTER && sim_random_chance(random, 6000)) {
		accept_established(&specs[kept]);
		specs[kept++].id = (*next_id)++;
	}
	for (unsigned i = 0; i < n; i++) {
		draw_rule(random, facility, &specs[kept]);
		specs[kept++].id = (*next_id)++;
	}
	*ret_n = kept;
}
