#include "router/pipeline.h"

#include <errno.h>
#include <netinet/in.h>

#include "core/explain.h"
#include "core/icmp.h"
#include "core/ip4.h"
#include "core/ip4_options.h"
#include "core/ip4_reass.h"
#include "core/neigh.h"
#include "fw/header_change.h"
#include "fw/mss.h"
#include "fw/track.h"
#include "fw/translate.h"
#include "host/tcp_tarpit.h"
#include "router/reject.h"
#include "router/verdict.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

static struct net *net_of(struct walk *walk)
{
	return &walk->router->net;
}

/* Tracking and translation need whole datagrams (RFC 4787, REQ-14). */
static enum verdict reassemble(struct walk *walk, struct pkt *p)
{
	if (p->fragment == 0)
		return VERDICT_NEXT;

	struct pkt *whole = ip4_reassemble(net_of(walk), p);

	if (whole != NULL)
		pipeline_walk(walk->router, PATH_IN, whole, false);
	return VERDICT_TAKEN;
}

/* What goes by this router on a source route is from here on for the next address in it. */
static enum verdict source_route(struct walk *walk, struct pkt *p)
{
	if (ip4_options_follow(net_of(walk), p))
		walk->hashed = false;
	return VERDICT_NEXT;
}

/* RFC 3704: a source that is not reached by the way it came in is made up. */
static enum verdict source_check(struct walk *walk, struct pkt *p)
{
	return ip4_source_check(net_of(walk), p);
}

static enum verdict track(struct walk *walk, struct pkt *p)
{
	track_find(&walk->router->fw, p, walk->hashed);
	return VERDICT_NEXT;
}

/* Walk a chain and count at once what it put on the trail. */
static void consult(struct walk *walk, enum facility facility, const char *chain, iface_id out,
                    struct pkt *p, struct rule_choice *ret_choice)
{
	struct rules *rules = walk->router->fw.rules[facility];
	uint64_t before = p->trail;

	*ret_choice = (struct rule_choice){ .action = ACTION_ACCEPT };
	if (rules_say_nothing(rules))
		return;
	rules_choose(rules, net_of(walk), chain, out, p, ret_choice);
	if (!p->asked_only)
		rules_count(rules, p->trail ^ before, p->ip_bytes);
}

static enum verdict raw(struct walk *walk, const char *chain, iface_id out, struct pkt *p)
{
	struct rule_choice choice;

	consult(walk, FACILITY_RAW, chain, out, p, &choice);
	return choice.action == ACTION_DROP ? pkt_drop(net_of(walk), p, DROP_RULE) : VERDICT_NEXT;
}

static enum verdict raw_prerouting(struct walk *walk, struct pkt *p)
{
	return raw(walk, "prerouting", IFACE_NONE, p);
}

static enum verdict mangle(struct walk *walk, const char *chain, iface_id out, struct pkt *p)
{
	struct rule_choice choice;

	consult(walk, FACILITY_MANGLE, chain, out, p, &choice);
	return VERDICT_NEXT;
}

static enum verdict mangle_prerouting(struct walk *walk, struct pkt *p)
{
	return mangle(walk, "prerouting", IFACE_NONE, p);
}

static enum verdict mangle_input(struct walk *walk, struct pkt *p)
{
	return mangle(walk, "input", IFACE_NONE, p);
}

static enum verdict mangle_forward(struct walk *walk, struct pkt *p)
{
	return mangle(walk, "forward", p->route.out, p);
}

static enum verdict mangle_postrouting(struct walk *walk, struct pkt *p)
{
	return mangle(walk, "postrouting", p->route.out, p);
}

static enum verdict dst_nat(struct walk *walk, struct pkt *p)
{
	enum drop_reason reason = nat_choose_destination(&walk->router->fw, p);

	return reason == DROP_COUNT ? VERDICT_NEXT : pkt_drop(net_of(walk), p, reason);
}

static struct route_key route_key_of(const struct pkt *p)
{
	return (struct route_key){
		.src = p->now.src,
		.dst = p->now.dst,
		.sport = p->now.sport,
		.dport = p->now.dport,
		.proto = p->now.proto,
		.tos = p->tos,
		.in = p->in,
		.bound = p->bound,
		.on_link = p->on_link,
		.table = p->routing_mark,
	};
}

/* The rules want to know the way, which is chosen for good only behind them. What the router says
 * to itself never crosses a border. */
static enum verdict raw_output(struct walk *walk, struct pkt *p)
{
	struct route_key key = route_key_of(p);
	struct route way;

	if (rules_say_nothing(walk->router->fw.rules[FACILITY_RAW]))
		return VERDICT_NEXT;
	if (route_lookup(net_of(walk), &key, &way, NULL) != 0)
		way.out = IFACE_NONE;
	else if (way.kind == ROUTE_LOCAL)
		return VERDICT_NEXT;
	return raw(walk, "output", way.out, p);
}

static enum verdict route(struct walk *walk, struct pkt *p)
{
	struct route_key key = route_key_of(p);

	walk->route_error = route_lookup(net_of(walk), &key, &p->route, p->why);
	/* Broadcasts of the router's own leave; those that come in stay (RFC 1812, 5.3.5). */
	if (walk->route_error == 0 && (p->route.kind == ROUTE_LOCAL ||
	                               (p->route.kind != ROUTE_UNICAST && p->in != IFACE_NONE)))
		walk->path = PATH_LOCAL;
	else if (walk->path == PATH_IN)
		walk->path = PATH_FORWARD;
	if (walk->route_error != 0)
		p->route = (struct route){ .out = IFACE_NONE };
	return VERDICT_NEXT;
}

/* The rules of output want to know the way; a mark that they put on the packet may change it. */
static enum verdict mangle_output(struct walk *walk, struct pkt *p)
{
	uint32_t table = p->routing_mark;

	(void)mangle(walk, "output", p->route.out, p);
	return p->routing_mark != table ? route(walk, p) : VERDICT_NEXT;
}

static enum verdict filter(struct walk *walk, const char *chain, iface_id out, struct pkt *p)
{
	struct rule_choice choice;

	/* What the router says to itself never crossed a border. */
	if (walk->path == PATH_LOCAL && p->in == IFACE_NONE)
		return VERDICT_NEXT;
	walk->let_through = fw_is_let_through(&walk->router->fw, p);
	if (walk->let_through) {
		explain(p->why, "filter",
		        "re-evaluate=no: a rule set before this one let it through");
		return VERDICT_NEXT;
	}
	consult(walk, FACILITY_FILTER, chain, out, p, &choice);
	if (choice.action == ACTION_DROP)
		return pkt_drop(net_of(walk), p, DROP_FILTER);
	if (choice.action == ACTION_TARPIT) {
		tcp_tarpit(net_of(walk), p);
		return pkt_drop(net_of(walk), p, DROP_FILTER_TARPIT);
	}
	if (choice.action == ACTION_REJECT) {
		reject(net_of(walk), p, choice.reject_with);
		return pkt_drop(net_of(walk), p, DROP_FILTER_REJECT);
	}
	return VERDICT_NEXT;
}

static enum verdict filter_input(struct walk *walk, struct pkt *p)
{
	return filter(walk, "input", IFACE_NONE, p);
}

static enum verdict filter_forward(struct walk *walk, struct pkt *p)
{
	return filter(walk, "forward", p->route.out, p);
}

static enum verdict filter_output(struct walk *walk, struct pkt *p)
{
	return filter(walk, "output", p->route.out, p);
}

static const struct {
	int error;
	uint8_t reason;
	int icmp_code; /* of ICMP_UNREACHABLE; -1: nothing is said */
} route_failures[] = {
	{ -ENETUNREACH, DROP_NO_ROUTE, ICMP_NET_UNREACHABLE },
	{ -EHOSTUNREACH, DROP_NO_ROUTE, ICMP_HOST_UNREACHABLE },
	{ -EACCES, DROP_ROUTE_PROHIBIT, ICMP_ADMIN_PROHIBITED },
	{ -EINVAL, DROP_ROUTE_BLACKHOLE, -1 },
};

/*
 * A packet without a way is refused only here, behind the filter: whoever the filter keeps out is
 * not told about our routes either.
 */
static enum verdict routed(struct walk *walk, struct pkt *p)
{
	if (walk->route_error == 0)
		return VERDICT_NEXT;
	for (unsigned i = 0; i < ARRAY_LEN(route_failures); i++) {
		if (route_failures[i].error != walk->route_error)
			continue;
		if (route_failures[i].icmp_code >= 0 && walk->path == PATH_FORWARD)
			icmp_error(net_of(walk), p, ICMP_UNREACHABLE,
			           (uint8_t)route_failures[i].icmp_code, 0);
		return pkt_drop(net_of(walk), p, (enum drop_reason)route_failures[i].reason);
	}
	return pkt_drop(net_of(walk), p, DROP_NO_ROUTE);
}

static enum verdict options(struct walk *walk, struct pkt *p)
{
	return p->has_options ? ip4_options_judge(net_of(walk), p) : VERDICT_NEXT;
}

static enum verdict ttl_and_mtu(struct walk *walk, struct pkt *p)
{
	return ip4_forward(net_of(walk), p);
}

/* The rule's wish becomes a number now that both ways are known; rewrite() carries it out. */
static enum verdict mss(struct walk *walk, struct pkt *p)
{
	const struct iface *in = iface_get_const(net_of(walk), p->in);

	if (p->new_mss == 0)
		return VERDICT_NEXT;
	p->new_mss = mss_for(p, p->new_mss, in != NULL ? in->mtu_bytes : 0);
	explain(p->why, "mss", "the MSS option is lowered to %u at most", p->new_mss);
	return VERDICT_NEXT;
}

static enum verdict src_nat(struct walk *walk, struct pkt *p)
{
	enum drop_reason reason = nat_choose_source(&walk->router->fw, p, &walk->source);

	return reason == DROP_COUNT ? VERDICT_NEXT : pkt_drop(net_of(walk), p, reason);
}

/* A new connection mark may change what rules say of both directions. */
static void note_mark(struct walk *walk, const struct pkt *p)
{
	struct flow *flow;

	if (p->flow == FLOW_NONE || p->state == STATE_RELATED)
		return;
	flow = flow_at(walk->router->fw.flows, p->flow);
	if (flow->mark == p->connection_mark)
		return;
	walk->unsettled = true;
	flow->mark = p->connection_mark;
	flow->way[0].generation = flow->way[1].generation = 0;
}

/* A host that sends by us what it could send straight is told so when it begins. */
static enum verdict redirect(struct walk *walk, struct pkt *p)
{
	if (p->flow == FLOW_NONE && p->route.out == p->in)
		ip4_redirect(net_of(walk), p);
	return VERDICT_NEXT;
}

/* The filter has let it through: which? */
static void note_filter(struct walk *walk, const struct pkt *p)
{
	struct flow *flow;

	if (p->flow == FLOW_NONE || p->state == STATE_RELATED || walk->let_through)
		return;
	flow = flow_at(walk->router->fw.flows, p->flow);
	if (flow->filter_set == walk->router->fw.filter_set)
		return;
	/* From now on it answers to this set: what was decided without it holds no longer. */
	flow->filter_set = walk->router->fw.filter_set;
	flow->way[0].generation = flow->way[1].generation = 0;
}

static enum verdict confirm(struct walk *walk, struct pkt *p)
{
	bool begins = p->flow == FLOW_NONE;
	enum drop_reason reason;

	if (p->asked_only)
		return VERDICT_NEXT;
	reason = nat_confirm(&walk->router->fw, p, &walk->source);
	walk->unsettled = begins;
	if (reason != DROP_COUNT) {
		/* RFC 5508, REQ-8: who sends from behind the translation is told that it is full.
		 */
		if (walk->source.on)
			icmp_error(net_of(walk), p, ICMP_UNREACHABLE, ICMP_ADMIN_PROHIBITED, 0);
		return pkt_drop(net_of(walk), p, reason);
	}
	note_filter(walk, p);
	note_mark(walk, p);
	track_note(&walk->router->fw, p);
	return VERDICT_NEXT;
}

static enum verdict rewrite(struct walk *walk, struct pkt *p)
{
	if (p->state == STATE_RELATED && p->flow != FLOW_NONE)
		translate_error(p, flow_at_const(walk->router->fw.flows, p->flow), p->flow_dir);
	else
		translate(p);
	if (p->new_mss != 0)
		mss_lower(p, p->new_mss);
	if (walk->path != PATH_LOCAL)
		header_change(net_of(walk), p);
	if (walk->path == PATH_FORWARD && p->leave_ttl == 0)
		ip4_decrement_ttl(p);
	if (walk->path == PATH_FORWARD && p->has_options)
		ip4_options_record(net_of(walk), p, ip4_options_address(net_of(walk), p));
	return VERDICT_NEXT;
}

static enum verdict deliver(struct walk *walk, struct pkt *p)
{
	struct verdict_note note = verdict_note_of(walk, p);

	/* Before it is handed over: an answer to it may come back this very moment. */
	verdict_remember(walk->router, &note, NEIGH_NONE);
	return net_deliver_local(net_of(walk), p);
}

static enum verdict send_out(struct walk *walk, struct pkt *p)
{
	struct verdict_note note = verdict_note_of(walk, p);
	bool asked_only = p->asked_only;
	uint32_t neigh = ip4_output(net_of(walk), p);

	if (!asked_only)
		verdict_remember(walk->router, &note, neigh);
	return VERDICT_TAKEN;
}

const struct stage pipeline[] = {
	/* clang-format off */
	{ "reassemble",         PATH_IN,                             reassemble },
	{ "source route",       PATH_IN,                             source_route },
	{ "source check",       PATH_IN,                             source_check },
	{ "raw prerouting",     PATH_IN,                             raw_prerouting },
	{ "raw output",         PATH_OWN,                            raw_output },
	{ "track",              PATH_IN | PATH_OWN,                  track },
	{ "mangle prerouting",  PATH_IN,                             mangle_prerouting },
	{ "dst-nat",            PATH_IN | PATH_OWN,                  dst_nat },
	{ "route",              PATH_IN | PATH_OWN,                  route },
	{ "mangle input",       PATH_LOCAL,                          mangle_input },
	{ "filter input",       PATH_LOCAL,                          filter_input },
	{ "mangle forward",     PATH_FORWARD,                        mangle_forward },
	{ "filter forward",     PATH_FORWARD,                        filter_forward },
	{ "mangle output",      PATH_OWN,                            mangle_output },
	{ "filter output",      PATH_OWN,                            filter_output },
	{ "routed",             PATH_FORWARD | PATH_OWN,             routed },
	{ "options",            PATH_FORWARD | PATH_LOCAL,           options },
	{ "ttl and mtu",        PATH_FORWARD,                        ttl_and_mtu },
	{ "mangle postrouting", PATH_FORWARD | PATH_OWN,             mangle_postrouting },
	{ "mss",                PATH_FORWARD | PATH_OWN,             mss },
	{ "src-nat",            PATH_FORWARD | PATH_OWN,             src_nat },
	{ "redirect",           PATH_FORWARD,                        redirect },
	{ "confirm",            PATH_FORWARD | PATH_LOCAL | PATH_OWN, confirm },
	{ "rewrite",            PATH_FORWARD | PATH_LOCAL | PATH_OWN, rewrite },
	{ "local",              PATH_LOCAL,                          deliver },
	{ "send",               PATH_FORWARD | PATH_OWN,             send_out },
	{ NULL, 0, NULL },
	/* clang-format on */
};

void pipeline_walk(struct router *router, enum path path, struct pkt *p, bool hashed)
{
	struct walk walk = { .router = router, .path = path, .hashed = hashed };

	if (!p->asked_only)
		router->counters.walked++;
	for (const struct stage *stage = pipeline; stage->name != NULL; stage++) {
		if ((stage->paths & walk.path) == 0)
			continue;
		if (stage->act(&walk, p) == VERDICT_TAKEN)
			return;
	}
	must(false); /* the last stage of every path takes the packet */
}

uint32_t pipeline_routing_mark(struct router *router, struct pkt *p)
{
	struct walk walk = { .router = router, .path = PATH_OWN };

	must(p->asked_only);
	for (const struct stage *stage = pipeline; walk.path == PATH_OWN; stage++) {
		if ((stage->paths & PATH_OWN) == 0)
			continue;
		if (stage->act(&walk, p) == VERDICT_TAKEN || stage->act == mangle_output)
			break;
	}
	return p->routing_mark;
}
