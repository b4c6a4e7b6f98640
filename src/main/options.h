/*
 * options.h -- the command line of towpathd.
 *
 *   --port NAME=INTERFACE[,driver=packet][,slots=N][,promiscuous][,keep]     repeated, in order
 *   --port NAME=DEVICE,driver=tap[,persistent]
 *   --store DIR   --socket PATH   --pcap FILE   --log-level LEVEL   --no-defaults
 *   --help   --version          (what they are for: usage_towpathd.c)
 *
 * Memory: none; a struct options is a value.
 */
#ifndef MAIN_OPTIONS_H
#define MAIN_OPTIONS_H

#include <stdbool.h>

#include "lib/log.h"
#include "lib/must.h"
#include "os/netdev.h"

struct text;

#define OPTIONS_PORTS_MAX  64
#define OPTIONS_PATH_BYTES 1024
#define OPTIONS_NAME_BYTES 16 /* of a port, as in struct port */

enum options_driver {
	DRIVER_PACKET, /* os/afpacket.h */
	DRIVER_TAP,    /* os/tap.h */
};

struct options_port {
	char name[OPTIONS_NAME_BYTES]; /* "ether1" */
	char iface[NETDEV_NAME_BYTES]; /* the kernel's */
	enum options_driver driver;
	unsigned slots; /* 0: the driver's default */
	bool promiscuous, keep_address;
	bool persistent; /* a TAP device stays */
};

struct options {
	struct options_port ports[OPTIONS_PORTS_MAX];
	unsigned nports;
	char store[OPTIONS_PATH_BYTES];
	char socket[OPTIONS_PATH_BYTES];
	char pcap[OPTIONS_PATH_BYTES]; /* "": no capture */
	enum log_level log_level;
	bool no_defaults;   /* a fresh store starts without the default lists and rules */
	bool help, version; /* asked for; nothing else matters then */
};

/*
 * Read @argv (argv[0] is skipped, NULL at the end). What is not given gets its default: the store
 * is /var/lib/towpath for root and $XDG_STATE_HOME/towpath (~/.local/state/towpath) for others,
 * the socket console_default_path().
 *
 * False when it can't be taken; @why names the option, what is wrong and what would be right.
 */
MUST_USE bool options_parse(char *const argv[], struct options *ret_options, struct text *why);

#endif
