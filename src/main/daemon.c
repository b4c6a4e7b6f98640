#include "main/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conf/diag.h"
#include "conf/files.h"
#include "fw/flow.h"
#include "manage/log_book.h"
#include "menu/menus.h"
#include "menu/word_help.h"
#include "os/afpacket.h"
#include "os/clock.h"
#include "os/link.h"
#include "os/notify.h"
#include "os/shared_memory.h"
#include "os/store.h"
#include "os/tap.h"
#include "ui/print.h"

/* Turns in a row before the loop looks at anything else than ports. */
#define TURNS_MAX 16

static void log_to_stderr(void *arg, const struct log_line *line)
{
	const struct daemon *daemon = arg;

	if (line->level >= (uint8_t)daemon->options->log_level)
		fprintf(stderr, "towpathd: %s,%s: %s\n", line->topic,
		        log_level_word((enum log_level)line->level), line->text);
}

static void on_signal(void *arg, int signal_number)
{
	struct daemon *daemon = arg;

	daemon->stop = signal_number != SIGHUP;
}

/* A port has frames: the next turn takes them. */
static void on_port(void *arg, unsigned events)
{
}

static void on_background(void *arg, unsigned events)
{
	struct daemon *daemon = arg;

	background_collect(daemon->background);
}

static void on_link(void *arg, unsigned events)
{
	struct daemon *daemon = arg;

	if (link_changed(daemon->link_fd))
		iface_poll_links(&daemon->router->net);
}

static int watch(struct daemon *daemon, int fd, loop_callback *call)
{
	struct loop_watch *watched;
	int error = loop_add(daemon->loop, fd, call, daemon, &watched);

	return error != 0 ? error : loop_interest(watched, LOOP_READ);
}

static int open_world(struct daemon *daemon, struct text *why)
{
	int error;

	clock_init(&daemon->clock);
	random_init(&daemon->random);
	log_init(&daemon->log);
	daemon->log.sink = log_to_stderr;
	daemon->log.sink_arg = daemon;
	error = loop_new(&daemon->clock, &daemon->loop);
	if (error == 0)
		error = loop_signals(daemon->loop, on_signal, daemon);
	if (error != 0) {
		text_printf(why, "cannot wait for events: %s", strerror(-error));
		return error;
	}
	error = guard_process_start(&daemon->guard, daemon->loop, &daemon->log, CHILD_PROGRAM,
	                            clock_mono(&daemon->clock));
	if (error != 0) {
		text_printf(why,
		            "cannot start the process that compares passwords (" CHILD_PROGRAM
		            "): %s",
		            strerror(-error));
		return error;
	}
	error = store_open(daemon->options->store, &daemon->store);
	if (error == -EWOULDBLOCK)
		text_printf(why,
		            "--store %s: another towpathd is using it; stop that one, or give "
		            "this one a store of its own",
		            daemon->options->store);
	else if (error != 0)
		text_printf(why, "--store %s: %s", daemon->options->store, strerror(-error));
	return error;
}

/* @ret_fd is to be watched for reading. */
static int open_driver(const struct options_port *wanted, struct text *words,
                       struct port **ret_port, int *ret_fd)
{
	struct afpacket_options packet = {
		.name = wanted->name,
		.iface = wanted->iface,
		.slots = wanted->slots,
		.promiscuous = wanted->promiscuous,
		.keep_address = wanted->keep_address,
	};
	struct tap_options tap = {
		.name = wanted->name,
		.iface = wanted->iface,
		.persistent = wanted->persistent,
	};
	bool is_tap = wanted->driver == DRIVER_TAP;
	int error =
		is_tap ? tap_open(&tap, words, ret_port) : afpacket_open(&packet, words, ret_port);

	if (error == 0)
		*ret_fd = is_tap ? tap_fd(*ret_port) : afpacket_fd(*ret_port);
	return error;
}

static int open_port(struct daemon *daemon, const struct options_port *wanted, struct text *why)
{
	struct text words = { 0 };
	struct port *port;
	int fd, error = open_driver(wanted, &words, &port, &fd);

	if (error != 0) {
		text_printf(why, "--port %s=%s: %s", wanted->name, wanted->iface, text_str(&words));
		text_free(&words);
		return error;
	}
	if (words.len > 0)
		fprintf(stderr, "towpathd: --port %s=%s: %s\n", wanted->name, wanted->iface,
		        text_str(&words));
	text_free(&words);
	error = watch(daemon, fd, on_port);
	if (error == 0 && daemon->pcap != NULL)
		error = pcap_wrap(daemon->pcap, port, &port);
	if (error != 0) {
		text_printf(why, "--port %s: %s", wanted->name, strerror(-error));
		port->ops->close(port);
		return error;
	}
	daemon->ports[daemon->nports++] = port;
	return 0;
}

static int follow_links(struct daemon *daemon, struct text *why)
{
	int fd = link_open();
	int error = fd < 0 ? fd : watch(daemon, fd, on_link);

	daemon->link_fd = fd;
	if (error != 0)
		text_printf(why, "cannot follow links: %s", strerror(-error));
	return error;
}

static int open_ports(struct daemon *daemon, struct text *why)
{
	const struct options *options = daemon->options;
	int error = 0;

	if (options->pcap[0] != '\0')
		error = pcap_open(options->pcap, &daemon->clock, &daemon->pcap);
	if (error != 0)
		text_printf(why, "--pcap %s: %s", options->pcap, strerror(-error));
	/* Links are followed first: one that comes while further ports are opened is not missed. */
	if (error == 0)
		error = follow_links(daemon, why);
	for (unsigned i = 0; error == 0 && i < options->nports; i++)
		error = open_port(daemon, &options->ports[i], why);
	return error;
}

static int make_router(struct daemon *daemon, struct text *why)
{
	struct router_setup setup = {
		.random = &daemon->random.random,
		.log = &daemon->log,
		.now = clock_mono(&daemon->clock),
		.flows = ROUTER_FLOWS_DEFAULT,
	};
	int error = shared_memory_new("towpath-flows", flows_bytes(setup.flows),
	                              &daemon->flow_bytes, &daemon->flow_fd);

	if (error != 0) {
		text_printf(why, "no memory for %u connections (%zu MiB): %s", setup.flows,
		            flows_bytes(setup.flows) >> 20, strerror(-error));
		return error;
	}
	setup.flow_bytes = daemon->flow_bytes;
	daemon->router = router_new(&setup);
	for (unsigned i = 0; i < daemon->nports; i++) {
		if (iface_add_port(&daemon->router->net, daemon->ports[i]) == IFACE_NONE) {
			text_printf(why, "--port %s: too many ports", daemon->ports[i]->name);
			return -ENOSPC;
		}
	}
	return 0;
}

/* As it would look in a terminal of any width. */
static void print_for_script(struct conf *conf, const struct print_job *job, struct text *out)
{
	print_items(&(struct print_look){ .conf = conf }, job, out);
}

static int load_configuration(struct daemon *daemon, bool no_defaults, struct text *why)
{
	struct diag diag = { 0 };
	int error = background_start(&daemon->background);

	if (error == 0)
		error = watch(daemon, background_fd(daemon->background), on_background);
	if (error != 0) {
		text_printf(why, "cannot start the store's thread: %s", strerror(-error));
		return error;
	}

	struct conf_setup setup = {
		.menus = menus_all,
		.word_help = word_help,
		.router = daemon->router,
		.store = daemon->store,
		.background = daemon->background,
		.clock = &daemon->clock,
		.log = &daemon->log,
		.random = &daemon->random.random,
		.no_defaults = no_defaults,
	};

	daemon->conf = conf_new(&setup);
	daemon->manage = manage_new(daemon->conf, &setup);
	daemon->manage->print = print_for_script;
	daemon->manage->guard = &daemon->guard.client.guard;
	daemon->router->manage = daemon->manage;
	sniffer_set_store(daemon->router->sniffer, daemon->store, daemon->background);
	daemon->router->net.now = clock_mono(&daemon->clock);
	error = recovery_load(daemon->manage, &diag);
	if (error == 0)
		(void)files_refresh(daemon->conf);
	if (error != 0) {
		text_printf(why, "--store %s: %s", daemon->options->store, diag.text);
		return error;
	}
	router_set_configured(daemon->router);
	return 0;
}

static int open_consoles(struct daemon *daemon, struct text *why)
{
	struct local_hooks hooks = consoles_hooks(&daemon->consoles);

	daemon->consoles.conf = daemon->conf;
	daemon->consoles.manage = daemon->manage;
	log_book_set_echo(daemon->manage->log_book, consoles_echo, &daemon->consoles);
	telnet_door_init(&daemon->telnet, daemon->router, &daemon->consoles, daemon->loop,
	                 &daemon->log, CHILD_PROGRAM);
	fetch_processes_init(&daemon->fetches, &daemon->router->host, daemon->loop, "");
	daemon->manage->fetcher = &daemon->fetches.fetcher;
	return local_socket_listen(daemon->loop, daemon->options->socket, &hooks, why,
	                           &daemon->local);
}

/* Each socket of a program takes a descriptor of ours: as many as we may have. */
static int open_programs(struct daemon *daemon, struct text *why)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	return shim_server_open(daemon->loop, &daemon->router->host, &daemon->random.random,
	                        daemon->options->socket, why, &daemon->programs);
}

int daemon_start(struct daemon *daemon, const struct options *options, struct text *why)
{
	int error;

	daemon->options = options;
	daemon->link_fd = -1;
	error = open_world(daemon, why);
	if (error == 0)
		error = open_ports(daemon, why);
	if (error == 0)
		error = make_router(daemon, why);
	if (error == 0)
		error = load_configuration(daemon, options->no_defaults, why);
	if (error == 0)
		error = open_consoles(daemon, why);
	if (error == 0)
		error = open_programs(daemon, why);
	if (error != 0)
		daemon_stop(daemon);
	return error;
}

/* When the loop must come back by itself. A command that waits for packets (ping) is looked at
 * whenever the router has turned, and the router turns when the ping is due. */
static mono wait_until(const struct daemon *daemon, bool more, mono now)
{
	mono next = mono_min(consoles_next(&daemon->consoles), telnet_door_next(&daemon->telnet));

	if (more)
		return now;
	next = mono_min(next, fetch_processes_next(&daemon->fetches));
	next = mono_min(next, guard_process_next(&daemon->guard));
	next = mono_min(next, shim_server_next(daemon->programs));
	return mono_min(next, mono_min(router_next(daemon->router), manage_next(daemon->manage)));
}

static void notify(struct daemon *daemon, const char *state)
{
	int error = notify_send(state);

	if (error != 0)
		log_write(&daemon->log, LOG_WARNING, "system", "systemd was not told %s: %s", state,
		          strerror(-error));
}

static bool reboots(const struct daemon *daemon)
{
	return !daemon->stop && daemon->manage != NULL && daemon->manage->leaving == MANAGE_REBOOT;
}

static bool leaves(const struct daemon *daemon)
{
	return daemon->stop || daemon->manage->leaving != MANAGE_STAYS;
}

bool daemon_run(struct daemon *daemon)
{
	notify(daemon, "READY=1");
	log_write(&daemon->log, LOG_INFO, "system", "router started, Towpath " TOWPATH_VERSION);
	fprintf(stderr, "towpathd: ready: %u ports, console at %s\n", daemon->nports,
	        daemon->options->socket);
	while (!leaves(daemon)) {
		mono now = clock_mono(&daemon->clock);

		router_set_wall(daemon->router, clock_wall(&daemon->clock), now);

		bool more = router_turn(daemon->router, now);

		for (unsigned i = 1; more && i < TURNS_MAX; i++) {
			now = clock_mono(&daemon->clock);
			more = router_turn(daemon->router, now);
		}
		guard_process_turn(&daemon->guard, now);
		more |= manage_turn(daemon->manage, now);
		more |= consoles_turn(&daemon->consoles, now);
		telnet_door_turn(&daemon->telnet, now);
		fetch_processes_turn(&daemon->fetches, now);
		more |= shim_server_turn(daemon->programs, now);

		int called = loop_wait(daemon->loop, wait_until(daemon, more, now));

		must(called >= 0);
	}

	bool again = reboots(daemon);

	/* To systemd this process stays the same one: it is READY again soon. */
	notify(daemon, again ? "RELOADING=1" : "STOPPING=1");
	return again;
}

void daemon_stop(struct daemon *daemon)
{
	const char *bye = reboots(daemon) ? "the router starts again" : "the router stops";

	telnet_door_stop(&daemon->telnet, bye);
	if (daemon->programs != NULL)
		shim_server_close(daemon->programs);
	if (daemon->local != NULL)
		local_socket_close(daemon->local, bye);
	if (daemon->manage != NULL)
		manage_stop(daemon->manage);
	consoles_free(&daemon->consoles);
	fetch_processes_stop(&daemon->fetches);
	/* Who waits for it is answered now, and the background does what they want done then. */
	guard_process_stop(&daemon->guard);
	if (daemon->background != NULL)
		background_stop(daemon->background);
	manage_free(daemon->manage);
	if (daemon->conf != NULL)
		conf_free(daemon->conf);
	if (daemon->router != NULL)
		router_free(daemon->router);
	if (daemon->flow_bytes != NULL)
		shared_memory_free(daemon->flow_bytes, flows_bytes(ROUTER_FLOWS_DEFAULT),
		                   daemon->flow_fd);
	for (unsigned i = 0; i < daemon->nports; i++)
		daemon->ports[i]->ops->close(daemon->ports[i]);
	if (daemon->pcap != NULL)
		pcap_close(daemon->pcap);
	if (daemon->store != NULL)
		store_close(daemon->store);
	if (daemon->loop != NULL)
		loop_free(daemon->loop);
	if (daemon->link_fd >= 0)
		close(daemon->link_fd);
	log_free(&daemon->log);
}
