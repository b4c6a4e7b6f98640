#include "lan/loop_protect.h"

#include "core/net.h"
#include "lan/lan.h"
#include "wire/eth.h"
#include "wire/loop_probe.h"

enum {
	MOVES_MAX = 16, /* to one port within MOVES_MS: no person moves that fast */
	MOVES_MS = 1000,
	AGAIN_MS = 200, /* between probes for suspicion */
	TRY_MS = 1000,  /* how long a probe is waited for before a port is opened */
};

bool loop_protect_is_cut(const struct lan *lan, iface_id port)
{
	return lan->ports[port].loop.state >= LOOP_DISABLED;
}

static void due_set(struct lan *lan, struct loop_port *loop, mono due)
{
	loop->due = due;
	lan->loop_due = mono_min(lan->loop_due, due);
}

static uint64_t tag_of(const struct lan *lan, const struct loop_probe *probe)
{
	uint64_t words[] = { 0x6c6f6f70, (uint64_t)probe->port << 32 | probe->number };

	return hash_words(&lan->net->key, words, ARRAY_LEN(words));
}

/* --- sending --- */

static void probe_send(struct lan *lan, iface_id id)
{
	struct iface *iface = &lan->net->ifaces[id];
	struct loop_port *loop = &lan->ports[id].loop;
	struct loop_probe probe = { .port = id, .number = ++loop->number };
	struct writer w;
	struct pkt *p;

	loop->probed = lan->net->now;
	if (!iface_is_running(iface))
		return;
	p = pkt_new(lan->net, ETH_HEADER_BYTES + LOOP_PROBE_BYTES);
	if (p == NULL) {
		net_drop_unsaid(lan->net, DROP_POOL_EMPTY);
		return;
	}
	probe.tag = tag_of(lan, &probe);
	w = writer_over(p->bytes, p->len);
	eth_build(&w, &(struct eth_header){ loop_probe_group, iface->mac, LOOP_PROBE_TYPE });
	loop_probe_build(&w, &probe);
	must(!w.failed);
	p->l3 = ETH_HEADER_BYTES;
	iface->transmit(lan->net, iface, p);
}

/* --- hearing --- */

static void cut_off(struct lan *lan, iface_id id, iface_id other)
{
	const struct iface *iface = &lan->net->ifaces[id];
	struct bridge_port *port = &lan->ports[id];
	bool again = port->loop.state != LOOP_ON;

	port->loop.state = LOOP_DISABLED;
	due_set(lan, &port->loop,
	        port->spec.loop.disable_ms != 0
	                ? mono_add_ms(lan->net->now, port->spec.loop.disable_ms)
	                : mono_never());
	if (!again)
		log_write(lan->net->log, LOG_WARNING, "bridge",
		          "%s is cut off: what it sends comes back by %s, so there is a loop; "
		          "unplug that cable",
		          iface->name, lan->net->ifaces[other].name);
	bridge_follow(lan, id);
}

/* Did this router send @probe, and lately? */
static bool is_ours(const struct lan *lan, const struct loop_probe *probe)
{
	const struct loop_port *loop;

	if (probe->port == IFACE_NONE || probe->port >= IFACE_MAX ||
	    probe->tag != tag_of(lan, probe))
		return false;
	loop = &lan->ports[probe->port].loop;
	return probe->number == loop->number || probe->number + 1 == loop->number;
}

/* Which of the two ports of a loop goes: the later one, if it may. */
static iface_id victim(const struct lan *lan, iface_id a, iface_id b)
{
	iface_id later = a > b ? a : b, earlier = a > b ? b : a;

	if (lan->ports[later].loop.state != LOOP_OFF)
		return later;
	return lan->ports[earlier].loop.state != LOOP_OFF ? earlier : IFACE_NONE;
}

enum verdict loop_protect_heard(struct lan *lan, const struct iface *port, struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->l3, p->len - p->l3);
	struct loop_probe probe;
	iface_id from, cut;

	if (!loop_probe_parse(&r, &probe) || !is_ours(lan, &probe))
		return VERDICT_NEXT;
	from = (iface_id)probe.port;
	cut = victim(lan, from, port->id);
	/* Between two bridges of this router a cable is no loop; and one cut is enough. */
	if (cut != IFACE_NONE && lan->net->ifaces[from].master == port->master &&
	    lan->ports[from].loop.state != LOOP_DISABLED &&
	    lan->ports[port->id].loop.state != LOOP_DISABLED)
		cut_off(lan, cut, cut == from ? port->id : from);
	return pkt_drop(lan->net, p, DROP_LOCAL_CONSUMED);
}

void loop_protect_hurry(struct lan *lan, iface_id port)
{
	struct loop_port *loop = &lan->ports[port].loop;
	mono soonest = mono_add_ms(loop->probed, AGAIN_MS);

	if (loop->state == LOOP_ON && mono_before(soonest, loop->due))
		due_set(lan, loop, soonest);
}

void loop_protect_suspect(struct lan *lan, iface_id port)
{
	iface_id bridge = lan->net->ifaces[port].master;

	for (iface_id at = lan->bridges[bridge].first; at != IFACE_NONE; at = lan->ports[at].next)
		loop_protect_hurry(lan, at);
}

void loop_protect_moved(struct lan *lan, iface_id port)
{
	struct loop_port *loop = &lan->ports[port].loop;

	if (mono_since_ms(lan->net->now, loop->moves_since) >= MOVES_MS) {
		loop->moves = 0;
		loop->moves_since = lan->net->now;
	}
	if (++loop->moves == MOVES_MAX)
		loop_protect_suspect(lan, port);
}

/* --- time --- */

static void port_due(struct lan *lan, iface_id id)
{
	struct bridge_port *port = &lan->ports[id];
	mono now = lan->net->now;

	switch (port->loop.state) {
	case LOOP_ON:
		probe_send(lan, id);
		due_set(lan, &port->loop, mono_add_ms(now, port->spec.loop.interval_ms));
		break;
	case LOOP_DISABLED:
		port->loop.state = LOOP_TRYING;
		probe_send(lan, id);
		due_set(lan, &port->loop, mono_add_ms(now, TRY_MS));
		break;
	case LOOP_TRYING:
		port->loop.state = LOOP_ON;
		log_write(lan->net->log, LOG_INFO, "bridge", "%s is opened again: the loop is gone",
		          lan->net->ifaces[id].name);
		due_set(lan, &port->loop, now);
		bridge_follow(lan, id);
		break;
	default:
		break;
	}
}

mono loop_protect_turn(struct lan *lan)
{
	mono now = lan->net->now;

	if (!mono_due(lan->loop_due, now))
		return lan->loop_due;
	lan->loop_due = mono_never();
	for (iface_id id = 1; id < lan->net->ifaces_n; id++) {
		struct loop_port *loop = &lan->ports[id].loop;

		if (loop->state == LOOP_OFF)
			continue;
		if (mono_due(loop->due, now))
			port_due(lan, id);
		lan->loop_due = mono_min(lan->loop_due, loop->due);
	}
	return lan->loop_due;
}

mono loop_protect_due(const struct lan *lan)
{
	return lan->loop_due;
}

void loop_protect_set(struct lan *lan, iface_id port, const struct loop_spec *spec)
{
	struct loop_port *loop = &lan->ports[port].loop;

	if (spec == NULL || !spec->on) {
		*loop = (struct loop_port){ .number = loop->number };
		return;
	}
	if (loop->state != LOOP_OFF)
		return;
	loop->state = LOOP_ON;
	due_set(lan, loop, lan->net->now);
}
