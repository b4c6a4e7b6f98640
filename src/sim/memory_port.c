#include "sim/memory_port.h"

#include "lib/text.h"

static struct memory_port *memory_port_of(struct port *port)
{
	return (struct memory_port *)port;
}

static unsigned receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct memory_port *from = memory_port_of(port);
	unsigned n = 0;

	while (n < max && from->in.first != NULL) {
		struct frame *frame = frame_queue_take(&from->in);

		frames[n++] = (struct port_frame){
			.bytes = frame_bytes(frame),
			.len = frame->len,
			.headroom = PORT_HEADROOM_BYTES,
			.offload = frame->offload,
		};
		frame_queue_put(&from->lent, frame);
	}
	return n;
}

static void release(struct port *port)
{
	frame_queue_clear(&memory_port_of(port)->lent);
}

static unsigned transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	struct memory_port *to = memory_port_of(port);
	unsigned taken = 0;

	while (taken < n && to->room > 0) {
		if (to->room != UINT32_MAX)
			to->room--;
		if (to->sent != NULL)
			to->sent(to->sent_arg, &frames[taken]);
		taken++;
	}
	to->tx_errors += n - taken;
	return taken;
}

static bool poll_link(struct port *port)
{
	struct memory_port *of = memory_port_of(port);
	bool changed = port->link_up != of->link_next || port->mtu_bytes != of->mtu_next;

	port->link_up = of->link_next;
	port->mtu_bytes = of->mtu_next;
	return changed;
}

static void stats(struct port *port, struct port_stats *ret_stats)
{
	*ret_stats = (struct port_stats){ .tx_errors = memory_port_of(port)->tx_errors };
}

static void close_port(struct port *port)
{
	memory_port_close(memory_port_of(port));
}

static const struct port_ops memory_port_ops = {
	.receive = receive,
	.release = release,
	.transmit = transmit,
	.poll_link = poll_link,
	.stats = stats,
	.close = close_port,
};

void memory_port_init(struct memory_port *port, const char *name, const struct mac *mac,
                      uint32_t mtu_bytes)
{
	struct text text;

	*port = (struct memory_port){
		.port = { .ops = &memory_port_ops,
		          .mac = *mac,
		          .mtu_bytes = mtu_bytes,
		          .can = { .checksum = true, .gso = true },
		          .link_up = true },
		.link_next = true,
		.mtu_next = mtu_bytes,
		.room = UINT32_MAX,
	};
	text = text_into(port->port.name, sizeof port->port.name);
	text_add(&text, name);
}

void memory_port_close(struct memory_port *port)
{
	frame_queue_clear(&port->in);
	frame_queue_clear(&port->lent);
}

void memory_port_put(struct memory_port *port, struct frame *frame)
{
	frame_queue_put(&port->in, frame);
}
