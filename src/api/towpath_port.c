#include "api/towpath_inside.h"

#include <errno.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "wire/eth.h"

enum {
	QUEUE_BYTES = 1 << 20,
	MTU_DEFAULT = 1500,
	MTU_MIN = 68, /* RFC 791, 3.2 */
	MTU_MAX = 65535,
};

static struct towpath_end *end_of_port(struct port *port)
{
	return (struct towpath_end *)port;
}

struct port_frame towpath_frame_in(const struct towpath_frame *frame)
{
	return (struct port_frame){
		.bytes = (uint8_t *)(uintptr_t)frame->bytes, /* only read: the ring copies */
		.len = frame->len,
		.offload = { .needs_checksum = frame->needs_checksum,
		             .checked = frame->checked,
		             .ecn = frame->ecn,
		             .gso_type = frame->gso,
		             .gso_bytes = frame->gso_bytes,
		             .header_bytes = frame->header_bytes,
		             .checksum_start = frame->checksum_start,
		             .checksum_offset = frame->checksum_offset },
	};
}

static struct towpath_frame frame_out(const struct port_frame *frame)
{
	const struct offload *offload = &frame->offload;

	return (struct towpath_frame){
		.bytes = frame->bytes,
		.len = frame->len,
		.needs_checksum = offload->needs_checksum,
		.checked = offload->checked,
		.ecn = offload->ecn,
		.gso = offload->gso_type,
		.gso_bytes = offload->gso_bytes,
		.header_bytes = offload->header_bytes,
		.checksum_start = offload->checksum_start,
		.checksum_offset = offload->checksum_offset,
	};
}

static unsigned receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct towpath_end *end = end_of_port(port);
	unsigned n = 0;

	while (n < max && frame_ring_lend(&end->in, &frames[n]))
		n++;
	return n;
}

static void release(struct port *port)
{
	frame_ring_release(&end_of_port(port)->in);
}

/* Hand one frame to whoever is at the other end. */
static bool hand_on(struct towpath_end *end, const struct port_frame *frame)
{
	struct towpath_frame out;

	if (end->peer != NULL)
		return end->peer->link_next && frame_ring_put(&end->peer->in, frame);
	if (end->transmit == NULL)
		return frame_ring_put(&end->out, frame);
	out = frame_out(frame);
	return end->transmit(end->transmit_arg, &out);
}

static unsigned transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct towpath_end *end = end_of_port(port);
	unsigned taken = 0;

	while (taken < n && hand_on(end, &frames[taken]))
		taken++;
	end->lost += n - taken;
	return taken;
}

static bool poll_link(struct port *port)
{
	struct towpath_end *end = end_of_port(port);
	bool changed = port->link_up != end->link_next || port->mtu_bytes != end->mtu_next;

	port->link_up = end->link_next;
	port->mtu_bytes = end->mtu_next;
	return changed;
}

static void stats(struct port *port, struct port_stats *ret_stats)
{
	*ret_stats = (struct port_stats){ .tx_errors = end_of_port(port)->lost };
}

static void close_port(struct port *port)
{
	struct towpath_end *end = end_of_port(port);

	if (end->peer != NULL)
		end->peer->peer = NULL;
	frame_ring_free(&end->in);
	frame_ring_free(&end->out);
	mem_free(end);
}

static const struct port_ops end_ops = {
	.receive = receive,
	.release = release,
	.transmit = transmit,
	.poll_link = poll_link,
	.stats = stats,
	.close = close_port,
};

struct towpath_end *towpath_end_of(const struct towpath *t, int number)
{
	return number >= 0 && number < t->ends_n ? t->ends[number] : NULL;
}

bool towpath_ports_have_frames(const struct towpath *t)
{
	for (int i = 0; i < t->ends_n; i++) {
		if (t->ends[i]->in.waiting > 0)
			return true;
	}
	return false;
}

void towpath_ports_free(struct towpath *t)
{
	for (int i = 0; i < t->ends_n; i++)
		close_port(&t->ends[i]->port);
	t->ends_n = 0;
}

static bool port_holds(const struct towpath_port *port)
{
	size_t len = port != NULL && port->name != NULL ? strlen(port->name) : 0;
	bool group = port != NULL && (port->mac[0] & 1) != 0;

	return len > 0 && len < sizeof((struct port *)0)->name && !group &&
	       (port->mtu == 0 || (port->mtu >= MTU_MIN && port->mtu <= MTU_MAX)) &&
	       (port->queue_bytes == 0 || port->queue_bytes >= FRAME_RING_BYTES_MIN) &&
	       port->queue_bytes <= INT32_MAX && (port->checksum || !port->gso);
}

/* Locally administered (IEEE 802, 8.4): the caller's, or one that only this port has. */
static struct mac mac_for(struct towpath *t, const struct towpath_port *port)
{
	static const uint8_t none[6] = { 0 };
	struct mac mac;

	if (memcmp(port->mac, none, sizeof none) != 0) {
		memcpy(mac.b, port->mac, sizeof mac.b);
		return mac;
	}
	random_fill(t->router->net.random, mac.b, sizeof mac.b);
	mac.b[0] = 2;
	mac.b[5] = (uint8_t)t->ends_n;
	return mac;
}

static struct towpath_end *end_new(struct towpath *t, const struct towpath_port *port)
{
	struct towpath_end *end = mem_new(1, sizeof *end);
	uint32_t bytes = port->queue_bytes != 0 ? port->queue_bytes : QUEUE_BYTES;
	uint32_t mtu = port->mtu != 0 ? port->mtu : MTU_DEFAULT;
	struct text name;

	*end = (struct towpath_end){
		.port = { .ops = &end_ops,
		          .can = { .checksum = port->checksum, .gso = port->gso },
		          .mac = mac_for(t, port),
		          .mtu_bytes = mtu,
		          .link_up = !port->unplugged },
		.t = t,
		.number = t->ends_n,
		.link_next = !port->unplugged,
		.mtu_next = mtu,
		.transmit = port->transmit,
		.transmit_arg = port->arg,
	};
	name = text_into(end->port.name, sizeof end->port.name);
	text_add(&name, port->name);
	frame_ring_init(&end->in, bytes);
	if (port->transmit == NULL)
		frame_ring_init(&end->out, bytes);
	return end;
}

int towpath_port_add(struct towpath *t, const struct towpath_port *port)
{
	if (t->started)
		return -EALREADY;
	if (!port_holds(port))
		return -EINVAL;
	if (iface_by_default_name(&t->router->net, port->name) != NULL)
		return -EEXIST;
	if (t->ends_n == TOWPATH_PORTS)
		return -ENOSPC;
	t->ends[t->ends_n] = end_new(t, port);
	must(iface_add_port(&t->router->net, &t->ends[t->ends_n]->port) != IFACE_NONE);
	return t->ends_n++;
}

/* What is said of a frame must lie within it; the router trusts its ports in that. */
static bool frame_holds(const struct towpath_frame *frame)
{
	if (frame->needs_checksum &&
	    (uint32_t)frame->checksum_start + frame->checksum_offset + 2 > frame->len)
		return false;
	return frame->gso == TOWPATH_GSO_NONE ||
	       (frame->gso <= TOWPATH_GSO_UDP4 && frame->gso_bytes > 0 &&
	        frame->header_bytes <= frame->len);
}

int towpath_frame_check(const struct towpath *t, int number, const struct towpath_frame *frame)
{
	const struct towpath_end *end = towpath_end_of(t, number);

	if (end == NULL)
		return -ENODEV;
	if (frame == NULL || frame->bytes == NULL)
		return -EFAULT;
	if (!end->link_next)
		return -ENETDOWN;
	if (frame->len < ETH_HEADER_BYTES || frame->len > PORT_FRAME_BYTES_MAX)
		return -EMSGSIZE;
	return frame_holds(frame) ? 0 : -EINVAL;
}

int towpath_put(struct towpath *t, int port, const struct towpath_frame *frame)
{
	int error = towpath_frame_check(t, port, frame);
	struct port_frame in;

	if (error != 0)
		return error;
	in = towpath_frame_in(frame);
	return frame_ring_put(&t->ends[port]->in, &in) ? 0 : -ENOBUFS;
}

int towpath_take(struct towpath *t, int port, struct towpath_frame *ret_frame)
{
	struct towpath_end *end = towpath_end_of(t, port);
	struct port_frame frame;

	if (end == NULL)
		return -ENODEV;
	frame_ring_release(&end->out);
	if (!frame_ring_lend(&end->out, &frame))
		return 0;
	*ret_frame = frame_out(&frame);
	return 1;
}

static void link_set(struct towpath_end *end, bool up)
{
	end->link_next = up;
	end->t->links_change = true;
	if (up)
		return;
	end->lost += frame_ring_drop(&end->out);
	(void)frame_ring_drop(&end->in);
}

int towpath_link(struct towpath *t, int port, bool up)
{
	struct towpath_end *end = towpath_end_of(t, port);

	if (end == NULL)
		return -ENODEV;
	link_set(end, up);
	if (end->peer != NULL)
		link_set(end->peer, up);
	return 0;
}

int towpath_mtu(struct towpath *t, int port, uint32_t mtu)
{
	struct towpath_end *end = towpath_end_of(t, port);

	if (end == NULL)
		return -ENODEV;
	if (mtu < MTU_MIN || mtu > MTU_MAX)
		return -EINVAL;
	end->mtu_next = mtu;
	t->links_change = true;
	return 0;
}

int towpath_join(struct towpath *t, int port, struct towpath *other, int other_port)
{
	struct towpath_end *a = towpath_end_of(t, port), *b = towpath_end_of(other, other_port);

	if (a == NULL || b == NULL)
		return -ENODEV;
	if (a == b || a->transmit != NULL || b->transmit != NULL)
		return -EINVAL;
	if (a->peer != NULL || b->peer != NULL)
		return -EBUSY;
	a->peer = b;
	b->peer = a;
	return 0;
}
