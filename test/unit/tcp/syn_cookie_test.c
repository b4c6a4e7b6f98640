#include "unit.h"

#include "lib/must.h"
#include "seeded.h"
#include "tcp/syn_cookie.h"

static const struct tuple tuple = {
	.src = { 0x0a000001 }, .dst = { 0xc0000201 }, .sport = 80, .dport = 40000, .proto = 6
};

enum {
	THEIRS = 0xfffffff0,
};

struct fixture {
	struct seeded seeded;
	struct syn_cookies cookies;
};

static struct fixture fixture_make(uint64_t seed)
{
	struct fixture f = { .seeded = seeded_make(seed) };

	return f;
}

static bool check(struct fixture *f, uint32_t cookie, mono now, struct syn_options *options)
{
	struct syn_cookie_ack ack = { .cookie = cookie, .their_sequence = THEIRS };

	return syn_cookie_check(&f->cookies, &tuple, &ack, now, options);
}

static void a_cookie_comes_back(void **state)
{
	static const struct {
		uint16_t given, back;
	} rows[] = { { 1460, 1460 }, { 8960, 1460 }, { 1459, 1452 }, { 1452, 1452 }, { 1300, 1220 },
		     { 536, 536 },   { 535, 216 },   { 48, 216 },    { 65535, 1460 } };
	struct fixture f = fixture_make(1);

	syn_cookies_init(&f.cookies, &f.seeded.random);
	for (uint64_t s = 0; s < 5000; s += 7)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			mono now = { s * NS_PER_S };
			struct syn_options options;
			uint32_t cookie =
				syn_cookie_make(&f.cookies, &tuple, THEIRS, rows[i].given, now);

			assert_true(check(&f, cookie, mono_add_s(now, 60), &options));
			assert_int_equal(options.mss, rows[i].back);
			assert_false(options.has_timestamps || options.sack_permitted ||
			             options.has_window_scale);
		}
}

static void it_ages(void **state)
{
	struct fixture f = fixture_make(2);
	struct syn_options options;

	syn_cookies_init(&f.cookies, &f.seeded.random);
	for (uint64_t s = 1000; s < 4000; s += 97) {
		mono now = { s * NS_PER_S };
		uint32_t cookie = syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, now);

		assert_true(check(&f, cookie, mono_add_s(now, 64), &options));
		/* Others are made meanwhile, so that cookies as such are still taken. */
		(void)syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, mono_add_s(now, 128));
		assert_false(check(&f, cookie, mono_add_s(now, 128), &options));
		/* Nor when the time in it has come round. */
		for (uint64_t later = 2000; later < 2200; later += 8) {
			(void)syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460,
			                      mono_add_s(now, later));
			assert_false(check(&f, cookie, mono_add_s(now, later), &options));
		}
	}
}

/* Whoever has not seen the cookie guesses one of 2^24; a listener that sent none takes none. */
static void it_is_not_guessed(void **state)
{
	struct fixture f = fixture_make(3);
	mono now = { 777 * NS_PER_S };
	struct syn_options options;
	unsigned taken = 0;
	uint32_t cookie;

	syn_cookies_init(&f.cookies, &f.seeded.random);
	for (uint32_t i = 0; i < 1000; i++)
		assert_false(check(&f, i * 4294967, now, &options));
	cookie = syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, now);
	for (uint32_t i = 1; i < 200000; i++)
		taken += check(&f, cookie ^ i, now, &options);
	assert_int_equal(taken, 0);
	/* Minutes after the flood has ended none is taken either. */
	assert_false(check(&f, cookie, mono_add_s(now, 200), &options));
}

static void everything_in_it_counts(void **state)
{
	struct fixture f = fixture_make(4);
	mono now = { 777 * NS_PER_S };
	struct tuple others[] = { tuple, tuple, tuple, tuple };
	struct syn_options options;
	uint32_t cookie;

	syn_cookies_init(&f.cookies, &f.seeded.random);
	cookie = syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, now);
	others[0].src.v++;
	others[1].dst.v++;
	others[2].sport++;
	others[3].dport++;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct syn_cookie_ack ack = { .cookie = cookie, .their_sequence = THEIRS };

		assert_false(syn_cookie_check(&f.cookies, &others[i], &ack, now, &options));
	}
	struct syn_cookie_ack ack = { .cookie = cookie, .their_sequence = THEIRS + 1 };

	assert_false(syn_cookie_check(&f.cookies, &tuple, &ack, now, &options));
}

static void the_secret_is_renewed(void **state)
{
	struct fixture f = fixture_make(5);
	struct hash_key first;

	syn_cookies_init(&f.cookies, &f.seeded.random);
	(void)syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, (mono){ 0 });
	first = f.cookies.secrets[0];
	(void)syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, (mono){ 600 * NS_PER_S });
	assert_memory_equal(&first, &f.cookies.secrets[0], sizeof first);
	(void)syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, (mono){ 1100 * NS_PER_S });
	assert_memory_not_equal(&first, &f.cookies.secrets[0], sizeof first);
}

/* Window scale and SACK travel in the timestamp, which is never ahead of the clock. */
static void options_travel_in_the_timestamp(void **state)
{
	struct fixture f = fixture_make(6);
	mono now = { 777 * NS_PER_S };
	uint32_t cookie;

	syn_cookies_init(&f.cookies, &f.seeded.random);
	cookie = syn_cookie_make(&f.cookies, &tuple, THEIRS, 1460, now);
	for (uint32_t i = 0; i < 4 * 16 * 2 * 64; i++) {
		uint32_t clock = i * 13 - 1000; /* round zero, too */
		struct syn_options given = { .has_timestamps = true,
			                     .sack_permitted = i % 2,
			                     .window_scale = (uint8_t)(i / 2 % 15) },
				   back;
		struct syn_cookie_ack ack = { .cookie = cookie,
			                      .their_sequence = THEIRS,
			                      .has_timestamps = true };

		given.has_window_scale = i / 32 % 2;
		ack.clock_echo = syn_cookie_timestamp(clock, &given);
		assert_in_range(clock - ack.clock_echo, 0, 63);
		assert_true(syn_cookie_check(&f.cookies, &tuple, &ack, now, &back));
		assert_true(back.has_timestamps);
		assert_int_equal(back.sack_permitted, given.sack_permitted);
		assert_int_equal(back.has_window_scale, given.has_window_scale);
		assert_int_equal(back.window_scale,
		                 given.has_window_scale ? given.window_scale : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cookie_comes_back),
		cmocka_unit_test(it_ages),
		cmocka_unit_test(it_is_not_guessed),
		cmocka_unit_test(everything_in_it_counts),
		cmocka_unit_test(the_secret_is_renewed),
		cmocka_unit_test(options_travel_in_the_timestamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
