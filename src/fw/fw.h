/*
 * fw.h -- what tracking, translation and rules of one router share.
 *
 * Threads: the router's. Memory: the flow table's bytes belong to whoever made the router.
 */
#ifndef FW_FW_H
#define FW_FW_H

#include "fw/address_list.h"
#include "fw/flow.h"
#include "fw/rules.h"

struct fw {
	struct net *net;
	struct flows *flows;
	struct rules *rules[FACILITY_COUNT]; /* NULL: no rules, everything is accepted */
	struct address_lists *lists;
	struct flow_timeouts timeouts;
	/*
	 * Which filter is in force, from 1, and whether connections that are under way answer to
	 * it (re-evaluate=yes). If not, an established connection that a set before this one let
	 * through, from `held_set` on, is not asked about again. held_set is the one that was in
	 * force when re-evaluate became no: whoever had not been asked by it still is.
	 */
	bool re_evaluate;
	uint32_t filter_set, held_set;
	bool loose;                  /* take up TCP connections in mid-course, after a restart */
	bool liberal;                /* TCP windows are not checked */
	mono crowd_due;              /* earlier no further map of a crowded end is made */
	uint64_t port_probes;        /* looks at the flow table for a free port, ever */
	uint64_t crowds_made;        /* ever */
	uint64_t full_logged_second; /* one line a second when the table is full */
	uint64_t full_logged;        /* how many had given way or were refused by then */
};

/*
 * Defaults, none below what the RFCs ask for: RFC 5382 REQ-5 (established 2 h 4 min, while opening
 * and closing 4 min), RFC 7857, 2.2 (4 min after a RST), RFC 4787 REQ-5 (UDP 2 min, 5 min advised),
 * RFC 5508 REQ-2 (ICMP query 60 s).
 */
struct flow_timeouts flow_timeouts_default(void);

/* Does @p belong to a connection that the filter is not asked about again? */
bool fw_is_let_through(const struct fw *fw, const struct pkt *p);
void fw_set_re_evaluate(struct fw *fw, bool re_evaluate);

#endif
