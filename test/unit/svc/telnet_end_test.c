/*
 * Both ends of telnet, byte by byte: what RFC 854, 856, 857, 858, 1073, 1091 and 1143 have.
 */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/text.h"
#include "svc/telnet_end.h"

#define IAC  "\377"
#define DONT "\376"
#define DO   "\375"
#define WONT "\374"
#define WILL "\373"
#define SB   "\372"
#define SE   "\360"

struct side {
	struct telnet_end *end;
	struct text wire, said;
	unsigned width, height;
	char terminal[TELNET_TERMINAL_BYTES];
};

static void on_wire(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct side *)arg)->wire, bytes, len);
}

static void on_said(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct side *)arg)->said, bytes, len);
}

static void on_size(void *arg, unsigned width, unsigned height)
{
	((struct side *)arg)->width = width;
	((struct side *)arg)->height = height;
}

static void on_terminal(void *arg, const char *name)
{
	snprintf(((struct side *)arg)->terminal, TELNET_TERMINAL_BYTES, "%s", name);
}

static void begin(struct side *side, enum telnet_role role)
{
	const struct telnet_hooks hooks = { side, on_wire, on_said, on_size, on_terminal };

	*side = (struct side){ 0 };
	side->end = telnet_end_new(role, &hooks, role == TELNET_CLIENT ? "XTERM" : NULL);
}

static void end(struct side *side)
{
	telnet_end_free(side->end);
	text_free(&side->wire);
	text_free(&side->said);
}

#define FEED(side, bytes) assert_true(telnet_end_feed((side)->end, bytes, sizeof(bytes) - 1))

#define SEES(text_, bytes)                                                                         \
	do {                                                                                       \
		assert_int_equal((text_)->len, sizeof(bytes) - 1);                                 \
		assert_memory_equal(text_str(text_), bytes, sizeof(bytes) - 1);                    \
		text_clear(text_);                                                                 \
	} while (0)

static void a_server_says_what_it_wants(void **state)
{
	struct side s;

	begin(&s, TELNET_SERVER);
	telnet_end_open(s.end);
	SEES(&s.wire, IAC WILL "\1" IAC WILL "\3" IAC DO "\3" IAC DO "\37" IAC DO "\30" IAC WILL
	                       "\0" IAC DO "\0");
	/* RFC 1143: an answer to what was offered is not answered. */
	FEED(&s, IAC DO "\1" IAC DO "\3" IAC WILL "\3" IAC DO "\0" IAC WILL "\0");
	assert_int_equal(s.wire.len, 0);
	/* What is not spoken is refused once: status, line mode, authentication, a new one. */
	FEED(&s, IAC DO "\5" IAC WILL "\42" IAC DO "\45" IAC WILL "\310");
	SEES(&s.wire, IAC WONT "\5" IAC DONT "\42" IAC WONT "\45" IAC DONT "\310");
	assert_int_equal(s.said.len, 0);
	end(&s);
}

static void the_window_and_the_terminal_are_heard(void **state)
{
	struct side s;

	begin(&s, TELNET_SERVER);
	telnet_end_open(s.end);
	text_clear(&s.wire);
	FEED(&s, IAC WILL "\37" IAC SB "\37\0\204\0\53" IAC SE);
	assert_int_equal(s.width, 132);
	assert_int_equal(s.height, 43);
	/* RFC 1073: a 255 in it is doubled. */
	FEED(&s, IAC SB "\37\0" IAC IAC "\0\53" IAC SE);
	assert_int_equal(s.width, 255);
	FEED(&s, IAC SB "\37\0\1" IAC SE IAC SB "\37" IAC SE IAC SB "\37\0\1\0\2\0" IAC SE);
	assert_int_equal(s.width, 255);
	assert_int_equal(s.wire.len, 0);
	FEED(&s, IAC WILL "\30");
	SEES(&s.wire, IAC SB "\30\1" IAC SE);
	FEED(&s, IAC SB "\30\0XTERM-256color" IAC SE);
	assert_string_equal(s.terminal, "xterm-256color");
	FEED(&s, IAC SB "\30\0with space" IAC SE IAC SB "\30\0" IAC SE IAC SB "\30" IAC SE);
	FEED(&s, IAC SB "\30\0"
	                "a-name-of-more-than-the-forty-characters-there-may-be" IAC SE);
	FEED(&s, IAC SB "\30\1" IAC SE);
	assert_string_equal(s.terminal, "xterm-256color");
	end(&s);
}

static void keys_are_keys(void **state)
{
	struct side s;

	begin(&s, TELNET_SERVER);
	FEED(&s, "a\r\nb\r\0c\rd\ne" IAC IAC "f");
	SEES(&s.said, "a\rb\rc\rd\ne\377f");
	/* Cut between the two halves of an end of line. */
	FEED(&s, "x\r");
	FEED(&s, "\ny");
	SEES(&s.said, "x\ry");
	/* Commands that stand for keys: interrupt, break, erase, erase line, end of file. */
	FEED(&s, "1" IAC "\364" IAC "\363" IAC "\367" IAC "\370" IAC "\354"
	         "2");
	SEES(&s.said, "1\3\3\177\25\4"
	              "2");
	assert_int_equal(s.wire.len, 0);
	FEED(&s, IAC "\366");
	SEES(&s.wire, "\r\n[Yes]\r\n");
	/* Those that mean nothing here: no operation, data mark, go ahead, abort output. */
	FEED(&s, IAC "\361" IAC "\362" IAC "\371" IAC "\365");
	assert_int_equal(s.said.len, 0);
	end(&s);
}

static void what_is_said_takes_its_form(void **state)
{
	struct side s;

	begin(&s, TELNET_SERVER);
	telnet_end_say(s.end, "a\r\nb\377\rc", 7);
	SEES(&s.wire, "a\r\nb\377\377\r\0c");
	telnet_end_say(s.end, "x\r", 2);
	telnet_end_say(s.end, "y", 1);
	SEES(&s.wire, "x\r\0y");
	/* All 8 bits: a carriage return is itself (RFC 856). */
	telnet_end_open(s.end);
	FEED(&s, IAC DO "\0");
	text_clear(&s.wire);
	telnet_end_say(s.end, "x\ry\377", 4);
	SEES(&s.wire, "x\ry\377\377");
	end(&s);
}

static void a_client_answers(void **state)
{
	struct side c;

	begin(&c, TELNET_CLIENT);
	telnet_end_resize(c.end, 80, 24);
	assert_int_equal(c.wire.len, 0);
	assert_false(telnet_end_is_echoed(c.end));
	FEED(&c, IAC WILL "\1" IAC WILL "\3" IAC DO "\37" IAC DO "\30");
	SEES(&c.wire,
	     IAC DO "\1" IAC DO "\3" IAC WILL "\37" IAC SB "\37\0\120\0\30" IAC SE IAC WILL "\30");
	assert_true(telnet_end_is_echoed(c.end));
	FEED(&c, IAC SB "\30\1" IAC SE);
	SEES(&c.wire, IAC SB "\30\0XTERM" IAC SE);
	telnet_end_resize(c.end, 100, 30);
	SEES(&c.wire, IAC SB "\37\0\144\0\36" IAC SE);
	FEED(&c, IAC WONT "\1"
	                  "hello\r\0world\r\n");
	SEES(&c.wire, IAC DONT "\1");
	assert_false(telnet_end_is_echoed(c.end));
	SEES(&c.said, "hello\rworld\r\n");
	/* A server asks nothing that would make us tell more. */
	FEED(&c, IAC DO "\47" IAC DO "\43" IAC SB "\47\1" IAC SE);
	SEES(&c.wire, IAC WONT "\47" IAC WONT "\43");
	end(&c);
}

/* COMPRESS2 without a word before: what follows would be inflated, a thousand times its size. */
static void compression_ends_it(void **state)
{
	static const char bomb[] = IAC SB "\126" IAC SE "x\234";
	struct side s;

	begin(&s, TELNET_SERVER);
	assert_false(telnet_end_feed(s.end, bomb, sizeof bomb - 1));
	assert_false(telnet_end_feed(s.end, "a", 1));
	assert_int_equal(s.said.len, 0);
	end(&s);
}

/* Subnegotiations without an end, options without number: nothing grows with them. */
static void what_never_ends_is_bounded(void **state)
{
	char many[4096];
	struct side s;

	begin(&s, TELNET_SERVER);
	memset(many, 'x', sizeof many);
	FEED(&s, IAC SB "\30");
	for (unsigned i = 0; i < 64; i++)
		assert_true(telnet_end_feed(s.end, many, sizeof many));
	FEED(&s, IAC SE "a");
	assert_int_equal(s.terminal[0], '\0');
	for (unsigned i = 0; i < 2000; i++) {
		const char ask[3] = { '\377', '\375', (char)(i % 255) };

		assert_true(telnet_end_feed(s.end, ask, sizeof ask));
	}
	assert_true(s.wire.len <= 2000 * 3);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_says_what_it_wants),
		cmocka_unit_test(the_window_and_the_terminal_are_heard),
		cmocka_unit_test(keys_are_keys),
		cmocka_unit_test(what_is_said_takes_its_form),
		cmocka_unit_test(a_client_answers),
		cmocka_unit_test(compression_ends_it),
		cmocka_unit_test(what_never_ends_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
