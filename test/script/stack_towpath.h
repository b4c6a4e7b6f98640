/*
 * stack_towpath.h -- the parts of our stack as scripts see it: sockets by number, calls that wait,
 * settings.
 */
#ifndef SCRIPT_STACK_TOWPATH_H
#define SCRIPT_STACK_TOWPATH_H

#include "host/host.h"
#include "host/sock.h"
#include "script/stack.h"

struct towpath_sockets {
	struct host *host;
	uint32_t ports; /* IP_LOCAL_PORT_RANGE of each; 0: the host's */
	int n;
	struct sock *socks[STACK_SOCKETS_MAX];
	bool nonblocking[STACK_SOCKETS_MAX];
};

/* A call, and what it came to. */
struct waiting_call {
	int socket;
	const struct call_pattern *call;
	struct call_io *io;
	int64_t until_us; /* when who waits gives up; -1: never */
	int64_t moved;    /* bytes so far, of MSG_WAITALL */
	bool asked, done;
	int64_t result, at_us;
};

void waiting_call_begin(struct waiting_call *waiting, struct towpath_sockets *sockets, int socket,
                        const struct call_pattern *call, struct call_io *io, int64_t now_us);
/* Ask (again). True: it has returned, and result and at_us are set. */
bool waiting_call_ask(struct waiting_call *waiting, struct towpath_sockets *sockets,
                      int64_t now_us);

/* Of @script, which ports its sockets pick from. */
void towpath_sockets_ports(struct towpath_sockets *sockets, const struct script *script);
void towpath_sockets_close(struct towpath_sockets *sockets);
/* False: @why names what can't be set. */
bool towpath_settings(struct tcp *tcp, const struct script *script, struct text *why);

#endif
