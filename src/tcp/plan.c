#include "tcp/plan.h"

#include "tcp/tcp_inside.h"

bool plan_recall_peer(const struct tcp *tcp, struct connection_plan *plan, uint64_t *ret_age_ms)
{
	plan->recent_timestamp = 0;
	return peer_cache_get(tcp->peers, plan->ends.dst, tcp->net->now, &plan->recent_timestamp,
	                      ret_age_ms);
}

void plan_number(const struct tcp *tcp, struct connection_plan *plan)
{
	plan->initial_sequence = sequence_initial(&tcp->sequence, &plan->ends, tcp->net->now);
	plan->timestamp_offset = sequence_timestamp_offset(&tcp->sequence, &plan->ends);
}
