#include "fw/fw.h"

#include "core/net.h"

bool fw_is_let_through(const struct fw *fw, const struct pkt *p)
{
	const struct flow *flow;

	if (fw->re_evaluate || p->flow == FLOW_NONE || p->state != STATE_ESTABLISHED)
		return false;
	flow = flow_at_const(fw->flows, p->flow);
	return flow->filter_set >= fw->held_set && flow->filter_set != fw->filter_set;
}

void fw_set_re_evaluate(struct fw *fw, bool re_evaluate)
{
	if (fw->re_evaluate == re_evaluate)
		return;
	fw->re_evaluate = re_evaluate;
	fw->held_set = fw->filter_set;
	net_generation_next(fw->net);
}
