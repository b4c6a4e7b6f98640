#include "lib/must.h"
#include "main/usage.h"

static const struct usage_call calls[] = { { "[OPTION]...", NULL } };

static const struct usage_option options[] = {
	{ "--port NAME=INTERFACE",
	  "make the machine's INTERFACE the router's port NAME, for example --port ether1=eth0 "
	  "--port ether2=eth1. Repeat it for each port. After it, parted by commas, may follow:" },
	{ "driver=packet", "a packet socket on an interface (the default)", .detail = true },
	{ "driver=tap",
	  "a TAP device, made when it is not there: the machine's own kernel, or what is bridged "
	  "to "
	  "it, is a host of the router",
	  .detail = true },
	{ "persistent", "a TAP device stays when the router stops", .detail = true },
	{ "slots=N", "length of the receive ring, 64 to 16384; 66 KiB each (default 1024)",
	  .detail = true },
	{ "promiscuous", "take frames for other hardware addresses, too", .detail = true },
	{ "keep", "go on although the machine has an address there", .detail = true },
	{ "--store DIR", "keep the configuration in DIR (default: /var/lib/towpath for root, "
	                 "otherwise ~/.local/state/towpath)" },
	{ "--socket PATH",
	  "where the program towpath finds the router (default: /run/towpath/console.sock for "
	  "root, otherwise $XDG_RUNTIME_DIR/towpath/console.sock)" },
	{ "--no-defaults",
	  "start a new store without the default lists and filter rules, to be set up by an "
	  "export: towpath < export.rsc. A store that exists is not changed" },
	{ "--pcap FILE", "record all frames of all ports (pcapng, for Wireshark)" },
	{ "--log-level LEVEL", "debug, info, warning, error or critical: what is also written to "
	                       "standard error (default: info)" },
	{ "--help", "print this and exit" },
	{ "--version", "print the version and exit" },
};

static const char *const notes[] = {
	"An interface that is a port is the router's alone: take the machine's own addresses off "
	"it "
	"first, and keep the card you log in by out of it.",
	NULL,
};

static const char *const description[] = {
	"`towpathd` takes Ethernet frames from the named ports and routes, filters and translates "
	"packets between them: ARP, IPv4 and ICMP are done here. It is set up in its console, and "
	"what the console has acknowledged is on disk. A fresh store puts the first port into the "
	"interface list WAN and the others into LAN, and nothing answers on WAN.",
	NULL,
};
static const char *const signals[] = {
	"SIGTERM and SIGINT end it; the interfaces are given back as they were.",
	NULL,
};
static const char *const statuses[] = {
	"0 after a signal, 1 when it could not start, 2 for wrong options.",
	NULL,
};

static const struct usage_chapter chapters[] = {
	{ "Description", description },
	{ "Signals", signals },
	{ "Exit status", statuses },
};

static const char *const see[] = { "towpath(1)", "towpath-console(7)", NULL };

const struct usage usage_towpathd = {
	.name = "towpathd",
	.section = "8",
	.volume = "System administration",
	.what = "a router with a TCP/IP stack of its own",
	.calls = calls,
	.ncalls = ARRAY_LEN(calls),
	.summary =
		"Run the Towpath router on interfaces of this machine. The kernel only carries the "
		"frames; addresses, routes, firewall and NAT are the router's own. Configure it "
		"with the program towpath.",
	.options = options,
	.noptions = ARRAY_LEN(options),
	.notes = notes,
	.chapters = chapters,
	.nchapters = ARRAY_LEN(chapters),
	.see = see,
};
