/*
 * fw.h -- what tracking, translation and rules of one router share.
 *
 * Threads: the router's. Memory: the flow table's bytes belong to whoever made the router.
 */
#ifndef FW_FW_H
#define FW_FW_H

#include "fw/flow.h"
#include "fw/rules.h"

struct fw {
	struct net *net;
	struct flows *flows;
	struct rules *rules[FACILITY_COUNT]; /* NULL: no rules, everything is accepted */
	struct flow_timeouts timeouts;
	bool loose;                  /* take up TCP connections in mid-course, after a restart */
	mono crowd_due;              /* earlier no further map of a crowded end is made */
	uint64_t port_probes;        /* looks at the flow table for a free port, ever */
	uint64_t crowds_made;        /* ever */
	uint64_t full_logged_second; /* one line a second when the table is full */
};

/* Defaults: RFC 5382 REQ-5 (established 2 h 4 min at least, transitory 4 min), RFC 4787 REQ-5 (UDP
 * 2 min at least, 5 min advised), RFC 5508 REQ-2 (ICMP query 60 s at least). */
struct flow_timeouts flow_timeouts_default(void);

#endif
