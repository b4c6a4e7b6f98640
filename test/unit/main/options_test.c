#include "os/check.h"

#include "lib/text.h"
#include "main/options.h"
#include "main/usage.h"

#define WORDS_MAX 80

/* "a b c" as towpathd would get it; words are parted by single spaces. */
static bool parse(const char *line, struct options *ret_options, char *said, size_t size)
{
	static char copy[4096], name[] = "towpathd";
	char *words[WORDS_MAX] = { name }, *rest = copy;
	struct text why = text_into(said, size);
	size_t n = 1;

	snprintf(copy, sizeof copy, "%s", line);
	while (line[0] != '\0' && (words[n] = strsep(&rest, " ")) != NULL)
		assert_true(++n < WORDS_MAX);
	words[n] = NULL;
	return options_parse(words, ret_options, &why);
}

static struct options right(const char *line)
{
	struct options options;
	char said[512];

	if (!parse(line, &options, said, sizeof said))
		fail_msg("\"%s\": %s", line, said);
	return options;
}

static void wrong(const char *line, const char *part_of_sentence)
{
	struct options options = { .nports = 77 };
	char said[512];

	assert_false(parse(line, &options, said, sizeof said));
	if (strstr(said, part_of_sentence) == NULL)
		fail_msg("\"%s\": \"%s\" does not say \"%s\"", line, said, part_of_sentence);
	assert_int_equal(options.nports, 77); /* untouched */
}

static void ports_come_in_order(void **state)
{
	struct options o =
		right("--port ether1=eth0 --port=wan.1=enp3s0f0,driver=packet,slots=4096,"
	              "promiscuous --port ether2=veth-a_b,keep");

	assert_int_equal(o.nports, 3);
	assert_string_equal(o.ports[0].name, "ether1");
	assert_string_equal(o.ports[0].iface, "eth0");
	assert_int_equal(o.ports[0].slots, 0);
	assert_false(o.ports[0].promiscuous || o.ports[0].keep_address);
	assert_string_equal(o.ports[1].name, "wan.1");
	assert_string_equal(o.ports[1].iface, "enp3s0f0");
	assert_int_equal(o.ports[1].slots, 4096);
	assert_true(o.ports[1].promiscuous && !o.ports[1].keep_address);
	assert_string_equal(o.ports[2].iface, "veth-a_b");
	assert_true(o.ports[2].keep_address);
	o = right("--port ether1=tap0,driver=tap --port ether2=tap1,persistent,driver=tap");
	assert_int_equal(o.ports[0].driver, DRIVER_TAP);
	assert_false(o.ports[0].persistent);
	assert_int_equal(o.ports[1].driver, DRIVER_TAP);
	assert_true(o.ports[1].persistent);
}

static void the_rest_is_taken(void **state)
{
	struct options o = right("--store /a --socket=/b --pcap c --log-level error");

	assert_string_equal(o.store, "/a");
	assert_string_equal(o.socket, "/b");
	assert_string_equal(o.pcap, "c");
	assert_int_equal(o.log_level, LOG_ERROR);
	assert_false(o.no_defaults);
	assert_true(right("--no-defaults --store /a").no_defaults);
	assert_true(right("--version").version);
	assert_true(right("-h").help);
	assert_true(right("--store /a --help").help);
}

static void defaults_are_sensible(void **state)
{
	setenv("XDG_STATE_HOME", "/srv/x/state", 1);

	struct options o = right("");

	assert_int_equal(o.nports, 0);
	assert_string_equal(o.store, geteuid() == 0 ? "/var/lib/towpath" : "/srv/x/state/towpath");
	assert_non_null(strstr(o.socket, "/towpath/console.sock"));
	assert_string_equal(o.pcap, "");
	assert_int_equal(o.log_level, LOG_INFO);
	assert_int_equal(o.ports[0].driver, DRIVER_PACKET);
}

static void errors_say_what_would_be_right(void **state)
{
	wrong("--port", "--port needs a value, as in --port ether1=eth0");
	wrong("--port eth0", "write NAME=INTERFACE");
	wrong("--port a,b=c", "write NAME=INTERFACE");
	wrong("--port =eth0", "can't be a port's name");
	wrong("--port a/b=eth0", "can't be a port's name");
	wrong("--port 10.0.0.1=eth0", "can't be a port's name");
	wrong("--port sixteen-letters1=eth0", "can't be a port's name");
	wrong("--port ether1=", "can't be an interface");
	wrong("--port ether1=,keep", "can't be an interface");
	wrong("--port ether1=..", "can't be an interface");
	wrong("--port ether1=eth0,", "driver=packet, slots=N, promiscuous or keep");
	wrong("--port ether1=eth0,keeps", "\"keeps\" means nothing");
	wrong("--port ether1=eth0,driver=xdp", "xdp is not part of this version");
	wrong("--port ether1=eth0,driver=", "no driver \"\"");
	wrong("--port ether1=eth0,driver=dpdk", "it can be packet or tap");
	wrong("--port ether1=eth0,persistent", "persistent means nothing with driver=packet");
	wrong("--port ether1=tap0,slots=64,driver=tap", "slots=N means nothing with driver=tap");
	wrong("--port ether1=tap0,driver=tap,keep", "keep means nothing with driver=tap");
	wrong("--port ether1=tap0,driver=tap,promiscuous", "promiscuous means nothing");
	wrong("--port ether1=eth0,slots=63", "from 64 to 16384");
	wrong("--port ether1=eth0,slots=16385", "from 64 to 16384");
	wrong("--port ether1=eth0,slots=1e3", "from 64 to 16384");
	wrong("--port ether1=eth0,slots=", "from 64 to 16384");
	wrong("--port a=eth0 --port a=eth1", "two ports called a");
	wrong("--port a=eth0 --port b=eth0", "both on the interface eth0");
	wrong("--store", "--store needs a value");
	wrong("--store=", "--store needs a path");
	wrong("--log-level loud", "one of debug, info, warning");
	wrong("--sockets /x", "no option \"--sockets\"");
	wrong("ether1", "no option \"ether1\"");
}

static void there_is_an_end_to_ports_and_paths(void **state)
{
	char line[3000] = "";
	size_t len = 0;

	for (int i = 0; i <= OPTIONS_PORTS_MAX; i++)
		len += (size_t)snprintf(line + len, sizeof line - len, "%s--port=p%d=e%d",
		                        i > 0 ? " " : "", i, i);
	wrong(line, "there can be 64 ports");
	snprintf(line, sizeof line, "--store=/%01100d", 1);
	wrong(line, "longer than 1023 bytes");
}

/* --help and the manual page are one table; each of its options is taken, and no line is wider
 * than a terminal. */
static void help_names_every_option(void **state)
{
	static const char *const names[] = { "--port",    "--store",       "--socket",
		                             "--pcap",    "--log-level",   "--help",
		                             "--version", "driver=packet", "slots=N",
		                             "keep",      "promiscuous",   "--no-defaults" };
	struct text help = { 0 };

	usage_print(&usage_towpathd, &help);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_non_null(strstr(text_str(&help), names[i]));
	for (const char *at = text_str(&help); *at != '\0'; at += strcspn(at, "\n") + 1)
		assert_in_range(strcspn(at, "\n"), 0, 80);
	text_free(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_come_in_order),
		cmocka_unit_test(the_rest_is_taken),
		cmocka_unit_test(defaults_are_sensible),
		cmocka_unit_test(errors_say_what_would_be_right),
		cmocka_unit_test(there_is_an_end_to_ports_and_paths),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
