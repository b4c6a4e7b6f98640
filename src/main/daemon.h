/*
 * daemon.h -- towpathd: one router, its ports, its store and its consoles, in one loop.
 *
 * Order of start (each step may fail with words): ports are opened and the kernel silenced on
 * them; the router drops every frame until its configuration has been read from the store; then the
 * console answers. So nothing is answered that the configuration does not allow.
 *
 * Threads: the router's; one more belongs to the store (os/background.h). Passwords are compared in
 * a process of its own (main/guard_process.h), and telnet is spoken in one for each connection
 * (main/telnet_door.h).
 */
#ifndef MAIN_DAEMON_H
#define MAIN_DAEMON_H

#include "conf/conf.h"
#include "lib/log.h"
#include "main/consoles.h"
#include "main/fetch_process.h"
#include "main/guard_process.h"
#include "main/options.h"
#include "main/telnet_door.h"
#include "manage/manage.h"
#include "os/background.h"
#include "os/loop.h"
#include "os/pcap.h"
#include "os/random.h"
#include "os/shim_server.h"
#include "router/router.h"

struct daemon {
	const struct options *options;
	struct clock clock;
	struct random_pool random;
	struct log log;
	struct loop *loop;
	struct guard_process guard;
	struct store *store;
	struct background *background;
	struct pcap *pcap;
	struct port *ports[OPTIONS_PORTS_MAX];
	unsigned nports;
	int link_fd;
	void *flow_bytes;
	int flow_fd;
	struct router *router;
	struct conf *conf;
	struct manage *manage;
	struct consoles consoles;
	struct telnet_door telnet;
	struct fetch_processes fetches;
	struct local_socket *local;
	struct shim_server *programs;
	bool stop;
};

/* 0, or -errno and in @why what went wrong and what to do; what had been opened is closed. @daemon
 * is zeroed memory, @options stay the caller's. */
MUST_USE int daemon_start(struct daemon *daemon, const struct options *options, struct text *why);
/* Run until a signal or a command asks to stop. True: to be started again. */
MUST_USE bool daemon_run(struct daemon *daemon);
void daemon_stop(struct daemon *daemon);

#endif
