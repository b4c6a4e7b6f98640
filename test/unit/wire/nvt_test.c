/* Telnet's bytes at the end where a person sits: every option, every cut, every full buffer. */
#include "wire/cmocka_all.h"

#include "lib/mem.h"
#include "wire/nvt.h"
#include "wire/seeded.h"

#define IAC  "\xff"
#define DONT "\xfe"
#define DO   "\xfd"
#define WONT "\xfc"
#define WILL "\xfb"
#define SB   "\xfa"
#define SE   "\xf0"

struct heard {
	uint8_t said[4096], answers[65536];
	size_t nsaid, nanswers;
};

/* What comes of @len bytes that come @piece at a time, where @room bytes can be said at once. */
static void hear(struct nvt *nvt, const void *bytes, size_t len, size_t piece, size_t room,
                 struct heard *heard)
{
	const uint8_t *at = bytes, *end = at + len;

	*heard = (struct heard){ .nsaid = 0 };
	while (at < end) {
		struct reader r =
			reader_over(at, (size_t)(end - at) < piece ? (size_t)(end - at) : piece);
		struct writer said = writer_over(heard->said + heard->nsaid, room);
		struct writer answers =
			writer_over(heard->answers + heard->nanswers, NVT_ANSWER_BYTES);

		assert_true(heard->nsaid + room <= sizeof heard->said);
		assert_true(heard->nanswers + NVT_ANSWER_BYTES <= sizeof heard->answers);
		nvt_read(nvt, &r, &said, &answers);
		assert_false(r.failed || said.failed || answers.failed);
		assert_true(r.at > at); /* it goes on */
		at = r.at;
		heard->nsaid = (size_t)(said.at - heard->said);
		heard->nanswers = (size_t)(answers.at - heard->answers);
	}
}

struct step {
	const char *bytes;
	size_t len;
	const char *said;
	size_t nsaid;
	const char *answers;
	size_t nanswers;
};

#define S(text) (text), sizeof(text) - 1

static void expect_step(struct nvt *nvt, const struct step *step, size_t piece)
{
	struct heard heard;

	hear(nvt, step->bytes, step->len, piece, 64, &heard);
	assert_int_equal(heard.nsaid, step->nsaid);
	assert_memory_equal(heard.said, step->said, step->nsaid);
	assert_int_equal(heard.nanswers, step->nanswers);
	assert_memory_equal(heard.answers, step->answers, step->nanswers);
}

static void what_is_answered(void **state)
{
	static const struct step steps[] = {
		{ S("login: "), S("login: "), S("") },
		{ S("a\r\nb\r\0c"), S("a\r\nb\rc"), S("") },
		{ S("x" IAC IAC "y"), S("x\xffy"), S("") },
		/* What we agree to, once. */
		{ S(IAC WILL "\1" IAC WILL "\3"), S(""), S(IAC DO "\1" IAC DO "\3") },
		{ S(IAC WILL "\1"), S(""), S("") },
		{ S(IAC DO "\3"), S(""), S(IAC WILL "\3") },
		/* What we don't: encryption, environment, X display, remote flow control. */
		{ S(IAC DO "\x26" IAC DO "\x27" IAC DO "\x23" IAC DO "\x21"), S(""),
		  S(IAC WONT "\x26" IAC WONT "\x27" IAC WONT "\x23" IAC WONT "\x21") },
		{ S(IAC WILL "\x05" IAC WILL "\x56"), S(""), S(IAC DONT "\x05" IAC DONT "\x56") },
		{ S(IAC DO "\1"), S(""), S(IAC WONT "\1") }, /* they echo, not we */
		/* The window is told when it is wanted, 255 doubled. */
		{ S(IAC DO "\x1f"), S(""),
		  S(IAC WILL "\x1f" IAC SB "\x1f\0\xff\xff\0\x18" IAC SE) },
		{ S(IAC DO "\x1f"), S(""), S("") },
		{ S(IAC DONT "\x1f"), S(""), S(IAC WONT "\x1f") },
		{ S(IAC DONT "\x1f"), S(""), S("") },
		/* The terminal only to who may ask, and does. */
		{ S(IAC SB "\x18\1" IAC SE), S(""), S("") },
		{ S(IAC DO "\x18"), S(""), S(IAC WILL "\x18") },
		{ S(IAC SB "\x18\1" IAC SE), S(""), S(IAC SB "\x18\0vt\xff\xff" IAC SE) },
		{ S(IAC SB "\x18\0me" IAC SE "z"), S("z"), S("") },
		{ S(IAC SB "\x18\1\1" IAC SE), S(""), S("") },
		{ S(IAC SB "\x18" IAC SE), S(""), S("") },
		{ S(IAC SB "\x18" IAC IAC "\1" IAC SE), S(""), S("") },
		/* Signals, a data mark, and what can't be. */
		{ S("1" IAC "\xf1"
		    "2" IAC "\xf2"
		    "3" IAC "\xf9"
		    "4" IAC "\x07"
		    "5"),
		  S("12345"), S("") },
		{ S(IAC SB "\x18\1" IAC WILL "\x05"
		           "a"),
		  S("a"), S(IAC DONT "\x05") },
		{ S(IAC WONT "\1"), S(""), S(IAC DONT "\1") },
		{ S(IAC WONT "\1" IAC WONT "\x40" IAC DONT "\xff"), S(""), S("") },
		/* 8 bits: NUL is a byte then. */
		{ S(IAC WILL "\0"
		             "\r\0"),
		  S("\r\0"), S(IAC DO "\0") },
	};

	for (size_t piece = 1; piece <= 16; piece += 5) {
		struct nvt nvt = { .width = 255, .height = 24 };

		nvt_set_terminal(&nvt, "vt\xff");
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
			expect_step(&nvt, &steps[i], piece);
	}
}

static void who_echoes(void **state)
{
	struct nvt nvt = { 0 };
	struct heard heard;

	assert_false(nvt_is_echoed(&nvt) || nvt_takes_keys(&nvt));
	hear(&nvt, S(IAC WILL "\3"), 64, 64, &heard);
	assert_true(nvt_takes_keys(&nvt) && !nvt_is_echoed(&nvt));
	hear(&nvt, S(IAC WILL "\1"), 64, 64, &heard);
	assert_true(nvt_takes_keys(&nvt) && nvt_is_echoed(&nvt));
	hear(&nvt, S(IAC WONT "\1" IAC WONT "\3"), 64, 64, &heard);
	assert_false(nvt_is_echoed(&nvt) || nvt_takes_keys(&nvt));
}

static void expect_said(const struct nvt *nvt, const char *bytes, size_t n, const char *wire,
                        size_t len)
{
	uint8_t to[64];
	struct writer w = writer_over(to, sizeof to);

	assert_int_equal(nvt_say(nvt, (const uint8_t *)bytes, n, &w), n);
	assert_int_equal(w.at - to, len);
	assert_memory_equal(to, wire, len);
}

static void what_is_said(void **state)
{
	struct nvt nvt = { 0 };
	struct heard heard;
	uint8_t to[5];
	struct writer w = writer_over(to, sizeof to);

	expect_said(&nvt, S("a\3b"), S("a\3b"));
	expect_said(&nvt, S("a\r"), S("a\r\0"));
	expect_said(&nvt, S("a\r\nb"), S("a\r\nb"));
	expect_said(&nvt, S("\xff"), S("\xff\xff"));
	hear(&nvt, S(IAC DO "\0"), 64, 64, &heard);
	expect_said(&nvt, S("a\r\xff"), S("a\r\xff\xff"));
	assert_int_equal(nvt_say(&nvt, (const uint8_t *)"\xff\xff\xff", 3, &w), 2);
	assert_false(w.failed);
}

static void a_window_of_another_size(void **state)
{
	struct nvt nvt = { 0 };
	struct heard heard;
	uint8_t to[NVT_ANSWER_BYTES];
	struct writer small = writer_over(to, sizeof to - 1), w = writer_over(to, sizeof to);

	assert_true(nvt_resize(&nvt, 80, 24, &w));
	assert_true(w.at == to); /* nobody has asked */
	hear(&nvt, S(IAC DO "\x1f"), 64, 64, &heard);
	assert_false(nvt_resize(&nvt, 65535, 65535, &small));
	assert_int_equal(nvt.width, 80);
	assert_true(nvt_resize(&nvt, 65535, 65535, &w));
	assert_int_equal(w.at - to, 13);
}

/* However it is cut and however little room there is, the same is heard. */
static void every_cut(void **state)
{
	static const uint8_t likely[] = { 255, 255, 251, 252, 253, 254, 250,
		                          240, 0,   1,   3,   24,  31,  '\r' };
	struct heard *whole = mem_new(1, sizeof *whole), *cut = mem_new(1, sizeof *cut);
	uint64_t seed = 854;

	for (unsigned round = 0; round < 400; round++) {
		uint8_t bytes[96];

		seeded_fill(&seed, bytes, sizeof bytes);
		for (size_t i = 0; i < sizeof bytes; i++)
			if (bytes[i] < 224)
				bytes[i] = likely[bytes[i] % sizeof likely];
		for (size_t len = 1; len <= sizeof bytes; len += 1 + round % 7) {
			struct nvt one = { .width = 511, .height = 255 }, other = one;

			nvt_set_terminal(&one, "xterm");
			nvt_set_terminal(&other, "xterm");
			hear(&one, bytes, len, len, 128, whole);
			hear(&other, bytes, len, 1 + round % 5, 1, cut);
			assert_int_equal(whole->nsaid, cut->nsaid);
			assert_memory_equal(whole->said, cut->said, cut->nsaid);
			assert_int_equal(whole->nanswers, cut->nanswers);
			assert_memory_equal(whole->answers, cut->answers, cut->nanswers);
			assert_memory_equal(&one, &other, sizeof one);
		}
	}
	mem_free(whole);
	mem_free(cut);
}

static void a_long_name_is_cut(void **state)
{
	struct nvt nvt = { 0 };
	char name[100];

	memset(name, 'x', sizeof name);
	name[99] = '\0';
	nvt_set_terminal(&nvt, name);
	assert_int_equal(strlen(nvt.terminal), NVT_TERMINAL_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_answered), cmocka_unit_test(who_echoes),
		cmocka_unit_test(what_is_said),     cmocka_unit_test(a_window_of_another_size),
		cmocka_unit_test(every_cut),        cmocka_unit_test(a_long_name_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
