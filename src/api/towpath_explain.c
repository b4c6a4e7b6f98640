#include <errno.h>
#include <string.h>

#include "api/towpath_inside.h"
#include "core/explain.h"
#include "core/ip4.h"
#include "lib/mem.h"
#include "router/pipeline.h"
#include "wire/eth.h"

/* A packet that nothing outside of itself notices (core/pkt.h), and what is said of it. */
struct question {
	struct pkt p;
	struct explain why;
	uint8_t memory[]; /* PORT_HEADROOM_BYTES, then a copy of the frame: stages write into it */
};

static struct question *question_new(struct towpath *t, int port, const struct towpath_frame *frame)
{
	const struct iface *iface =
		iface_by_default_name(&t->router->net, t->ends[port]->port.name);
	struct question *q = mem_new(1, sizeof *q + PORT_HEADROOM_BYTES + frame->len);

	q->p = (struct pkt){
		.bytes = q->memory + PORT_HEADROOM_BYTES,
		.len = frame->len,
		.headroom = PORT_HEADROOM_BYTES,
		.offload = towpath_frame_in(frame).offload,
		/* A bridge's: that is the interface with the addresses. */
		.in = iface->master != IFACE_NONE ? iface->master : iface->id,
		.flow = FLOW_NONE,
		.asked_only = true,
		.why = &q->why,
	};
	memcpy(q->p.bytes, frame->bytes, frame->len);
	return q;
}

static int header_read(struct pkt *p)
{
	struct reader r = reader_over(p->bytes, p->len);
	struct eth_header eth;

	if (!eth_parse(&r, &eth) || eth.type != ETH_TYPE_IP4)
		return -EPROTONOSUPPORT;
	p->ether_type = eth.type;
	p->ether_src = eth.src;
	p->ether_group = mac_is_multicast(&eth.dst);
	p->l3 = ETH_HEADER_BYTES;
	return 0;
}

static void tell(const struct explain *why, towpath_told *step, void *arg)
{
	for (unsigned i = 0; i < why->n; i++)
		step(arg, why->steps[i].stage, why->steps[i].text);
	if (why->cut)
		step(arg, "explain", "there is more, but no room for it");
}

int towpath_explain(struct towpath *t, int port, const struct towpath_frame *frame,
                    towpath_told *step, void *arg)
{
	int error = towpath_frame_check(t, port, frame);
	struct question *q;

	if (error != 0)
		return error;
	if (!t->started || t->advancing)
		return t->started ? -EBUSY : -ENETDOWN;
	t->router->net.now = t->clock.now;
	q = question_new(t, port, frame);
	error = header_read(&q->p);
	if (error == 0 && ip4_input(&t->router->net, &q->p) == VERDICT_NEXT)
		pipeline_walk(t->router, PATH_IN, &q->p, false);
	if (error == 0)
		tell(&q->why, step, arg);
	mem_free(q);
	return error;
}
