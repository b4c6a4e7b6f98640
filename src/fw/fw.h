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
	bool liberal;                /* TCP windows are not checked */
	uint64_t full_logged_second; /* one line a second when the table is full */
	uint64_t full_logged;        /* how many had given way or were refused by then */
};

/*
 * Defaults, none below what the RFCs ask for: RFC 5382 REQ-5 (established 2 h 4 min, while opening
 * and closing 4 min), RFC 7857, 2.2 (4 min after a RST), RFC 4787 REQ-5 (UDP 2 min, 5 min advised),
 * RFC 5508 REQ-2 (ICMP query 60 s).
 */
struct flow_timeouts flow_timeouts_default(void);

#endif
