#include "lib/must.h"
#include "main/usage.h"

static const struct usage_call calls[] = {
	{ "[OPTION]...", "the console, with completion" },
	{ "[OPTION]... -c LINE [-c LINE]...", "run lines and print" },
	{ "[OPTION]... < SCRIPT.rsc", "run a script" },
	{ "run [--strict] [-v] [--socket PATH] [--] PROGRAM [ARGUMENT]...",
	  "run a program on the router's sockets" },
};

static const struct usage_option options[] = {
	{ "-c LINE, --command LINE",
	  "run LINE, for example -c '/ip route print'. Repeated, the lines run in order, up to the "
	  "first that fails" },
	{ "--socket PATH",
	  "where the router is (default: /run/towpath/console.sock for root, otherwise "
	  "$XDG_RUNTIME_DIR/towpath/console.sock)" },
	{ "-u NAME, --user NAME",
	  "who you are to the router, if you may be (root and the user who runs towpathd may be "
	  "anybody). Behind a + may follow how the console looks: admin+ct80w, or +c for "
	  "yourself" },
	{ "c", "no colours (as does $NO_COLOR)", .detail = true },
	{ "t", "ask the terminal for nothing", .detail = true },
	{ "e", "a dumb terminal (as does TERM=dumb)", .detail = true },
	{ "80w, 24h", "it has 80 columns, 24 rows", .detail = true },
	{ "--help", "print this and exit" },
	{ "--version", "print the version and exit" },
	{ "run ... PROGRAM",
	  "the program's IPv4 sockets are the router's: TCP, UDP and ICMP echo, and "
	  "names of hosts. Before PROGRAM may stand:" },
	{ "-v, --verbose",
	  "say on standard error of each socket when it is connected and closed: its ends, the way "
	  "out and the gateway",
	  .detail = true },
	{ "--strict",
	  "in an empty network namespace, so that what is not the router's goes nowhere",
	  .detail = true },
};

static const char *const notes[] = {
	"In the console Tab completes, ? explains, and /quit (or Ctrl-D) leaves. What commands "
	"print "
	"goes to standard output, errors to standard error.",
	"Exit status: 0 all went well; 1 a command failed; 2 towpath was called wrongly; 3 no "
	"router "
	"answers, or it went away; 130 interrupted. With run: the program's, or 126 when it can't "
	"be "
	"taken over, 127 when it is not found.",
	NULL,
};

static const char *const description[] = {
	"Without `-c` and at a terminal it opens the console of the router that `towpathd` runs. "
	"Otherwise it runs the lines, or the script on standard input, up to the first that fails.",
	"`towpath run` stands between a program and the system's library: what the program opens "
	"for "
	"IPv4 is opened at the router, with the router's addresses, routes and rules. 127.0.0.0/8 "
	"and "
	"sockets of other kinds stay the machine's; there is no IPv6. The router must be "
	"running on this machine, and only root and the user who runs it may do this. Programs "
	"that "
	"are statically linked, or set-user-ID, can't be taken over and are refused.",
	NULL,
};

static const char *const examples[] = {
	"towpath -c '/ip route print'",
	"towpath -c '/ip/address/add address=192.168.88.1/24 interface=ether2'",
	"towpath -c /export > router.rsc",
	"towpath run -v -- curl http://example.com/",
	NULL,
};

static const struct usage_chapter chapters[] = {
	{ "Description", description },
	{ "Examples", examples, .typed = true },
};

static const char *const see[] = { "towpath-console(7)", "towpathd(8)", NULL };

const struct usage usage_towpath = {
	.name = "towpath",
	.section = "1",
	.volume = "User commands",
	.what = "the console of a Towpath router",
	.calls = calls,
	.ncalls = ARRAY_LEN(calls),
	.summary = "Talk to the Towpath router that runs on this machine (towpathd).",
	.options = options,
	.noptions = ARRAY_LEN(options),
	.notes = notes,
	.chapters = chapters,
	.nchapters = ARRAY_LEN(chapters),
	.see = see,
};
