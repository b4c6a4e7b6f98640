/* parse_test.c -- what is no script is refused with the line, the column, and what would be right.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "script/script.h"
#include "unit/unit.h"
#include "wire/tcp_header.h"

static struct script_error error;

static struct script *parse(const char *text)
{
	struct script *script = mem_new(1, sizeof *script);

	if (script_parse(script, text, strlen(text), &error))
		return script;
	mem_free(script);
	return NULL;
}

static const struct {
	const char *text;
	unsigned line, column;
	const char *says;
} wrong[] = {
	{ "", 1, 1, "what it shows" },
	{ "# t\n", 1, 1, "at least one line with a time" },
	{ "+0 socket tcp\n", 1, 1, "what it shows" },
	{ "# t\nsocket tcp\n", 2, 1, "\"socket\" is no time" },
	{ "# t\n+x socket tcp\n", 2, 1, "is no time" },
	{ "# t\n+0.1234567 poll = in\n", 2, 1, "is no time" },
	{ "# t\n+0.2~0.1 poll = in\n", 2, 1, "is no time" },
	{ "# t\n+0 sockets tcp\n", 2, 4, "\"sockets\" is no call" },
	{ "# t\n+0\n", 2, 3, "the line ends too early" },
	{ "# t\n+0 socket sctp\n", 2, 11, "tcp udp icmp" },
	{ "# t\n+0 bind 192.0.2.1\n", 2, 9, "has no port" },
	{ "# t\n+0 bind 192.0.2:1\n", 2, 9, "no address before the colon" },
	{ "# t\n+0 bind 192.0.2.1:65536\n", 2, 9, "no port after the colon" },
	{ "# t\n+0 connect 192.0.2.2:80 = ENOTHING\n", 2, 27, "is no result or error" },
	{ "# t\n+0 close now\n", 2, 10, "expected \"=\"" },
	{ "# t\n+0 poll = inn\n", 2, 11, "in out err hup rdhup pri" },
	{ "# t\n+0 set SO_NOTHING 1\n", 2, 8, "is no option of a socket" },
	{ "# t\n+0 set SO_LINGER 1\n", 2, 19, "the line ends too early" },
	{ "# t\n+0 info states 1\n", 2, 9, "is no field of tcp_info" },
	{ "# t\n+0 > SYM seq 0\n", 2, 6, "FIN SYN RST" },
	{ "# t\n+0 > SYN sec 0\n", 2, 10, "is no field of this packet" },
	{ "# t\n+0 > SYN seq 0 <mss>\n", 2, 20, "is no segment size" },
	{ "# t\n+0 > SYN seq 0 <mss 1\n", 2, 22, "the line ends too early" },
	{ "# t\n+0 > SYN seq 0 <nss 1>\n", 2, 17, "is no option of TCP" },
	{ "# t\n+0 > ACK seq 5:2\n", 2, 14, "is no run of bytes" },
	{ "# t\n+0 > ACK seq 5:x\n", 2, 16, "is no sequence number" },
	{ "# t\n+0 < ACK seq 5\n", 2, 15, "what it acknowledges" },
	{ "# t\n+0 < ICMP odd\n", 2, 11, "is no ICMP message" },
	{ "# t\n+0 < UDP\n", 2, 9, "bytes of payload" },
	{ "# t\n+0 < SYN seq 0 <bytes 02>\n", 2, 23, "is no list of options" },
	{ "# t\noption mtus 5\n+0 close\n", 2, 8, "can't be set" },
	{ "# t\noption mtu x\n+0 close\n", 2, 12, "is no value" },
	{ "# t\n[linux] +0 close\n", 2, 1, "has no reason" },
	{ "# t\nonly bsd why\n", 2, 6, "linux towpath" },
	{ "# t\nonly linux\n", 2, 11, "a reason" },
	{ "# t\nflow a 1.2.3.4:* > 1.2.3.4:5\n", 2, 6, "leaves its ends open" },
	{ "# t\n+0 A: close\n", 2, 4, "is no name" },
	{ "# t\n+0 \001\n", 2, 4, "byte 0x01" },
};

static void test_wrong(void **state)
{
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct script *script = parse(wrong[i].text);

		if (script != NULL || error.line != wrong[i].line ||
		    error.column != wrong[i].column || strstr(error.text, wrong[i].says) == NULL)
			fail_msg("%s: %u:%u: %s", wrong[i].text, error.line, error.column,
			         error.text);
	}
}

static void test_too_many(void **state)
{
	struct text text = { 0 };

	text_add(&text, "# many\n");
	for (unsigned i = 0; i < SCRIPT_STEPS_MAX; i++)
		text_add(&text, "+0 nothing\n");

	struct script *script = parse(text_str(&text));

	assert_non_null(script);
	assert_int_equal(script->n_steps, SCRIPT_STEPS_MAX);
	mem_free(script);
	text_add(&text, "+0 nothing\n");
	assert_null(parse(text_str(&text)));
	assert_int_equal(error.line, SCRIPT_STEPS_MAX + 2);
	text_free(&text);
}

static void test_segment(void **state)
{
	struct script *script = parse("# of two\n# lines\n\n+0.25~0.3 b: < PSH,ACK seq 1:1001 "
	                              "ack -5 win 0 <sack 3:4 5:6, *> # and a comment\n");

	assert_non_null(script);
	assert_string_equal(script->title, "of two lines");

	const struct step *step = &script->steps[0];

	assert_int_equal(step->line, 4);
	assert_int_equal(step->at_us.low, 250000);
	assert_int_equal(step->at_us.high, 300000);
	assert_true(step->is_packet && !step->packet.out);
	assert_string_equal(step->packet.flow, "b");
	assert_int_equal(step->packet.flags, TCP_PSH | TCP_ACK);
	assert_int_equal(step->packet.seq.low, 1);
	assert_int_equal(step->packet.end.high, 1001);
	assert_int_equal(step->packet.ack.low, -5);
	assert_true(step->packet.window.given && step->packet.window.high == 0);
	assert_int_equal(step->packet.n_sacks, 2);
	assert_int_equal(step->packet.sack_to[1].low, 6);
	assert_true(step->packet.options_more);
	mem_free(script);
}

static void test_calls(void **state)
{
	struct script *script = parse("# t\ndiffers here\n"
	                              "+0 connect 192.0.2.2:80 = ECONNREFUSED\n"
	                              "[linux] +1.5 poll = in hup\n"
	                              "+* get SO_ERROR = ETIMEDOUT\n"
	                              "+0 receive 10 peek = 3~7\n"
	                              "+0 connect 192.0.2.2:80 waits\n");

	assert_non_null(script);
	assert_int_equal(script->steps[0].call.result.low, -ECONNREFUSED);
	assert_int_equal(script->steps[1].stacks, SCRIPT_LINUX);
	assert_int_equal(script->steps[1].call.result.low, POLLIN | POLLHUP);
	assert_int_equal(script->steps[2].call.result.low, ETIMEDOUT);
	assert_true(script->steps[2].at_us.high == INT64_MAX);
	assert_int_equal(script->steps[3].call.result.high, 7);
	assert_true(script->steps[4].call.waits);
	assert_int_equal(script_duration_us(script, SCRIPT_LINUX), 1500000);
	assert_int_equal(script_duration_us(script, SCRIPT_TOWPATH), 0);
	mem_free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_segment),
		cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
