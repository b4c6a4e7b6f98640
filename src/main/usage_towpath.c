#include "lib/must.h"
#include "main/usage.h"

static const struct usage_call calls[] = {
	{ "[OPTION]...", "the console, with completion" },
	{ "[OPTION]... -c LINE [-c LINE]...", "run lines and print" },
	{ "[OPTION]... < SCRIPT.rsc", "run a script" },
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
};

static const char *const notes[] = {
	"In the console Tab completes, ? explains, and /quit (or Ctrl-D) leaves. What commands "
	"print "
	"goes to standard output, errors to standard error.",
	"Exit status: 0 all went well; 1 a command failed; 2 towpath was called wrongly; 3 no "
	"router "
	"answers, or it went away; 130 interrupted.",
	NULL,
};

static const char *const description[] = {
	"Without `-c` and at a terminal it opens the console of the router that `towpathd` runs. "
	"Otherwise it runs the lines, or the script on standard input, up to the first that fails.",
	NULL,
};

static const char *const examples[] = {
	"towpath -c '/ip route print'",
	"towpath -c '/ip/address/add address=192.168.88.1/24 interface=ether2'",
	"towpath -c /export > router.rsc",
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
