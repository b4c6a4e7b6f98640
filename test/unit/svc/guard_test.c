/*
 * Both ends of the guard in one process: what a router asks, what the guard answers, with real
 * hashes.
 */
#include "../unit.h"

#include <crypt.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "svc/guard_client.h"
#include "svc/guard_proto.h"
#include "svc/guard_serve.h"

struct fixture {
	struct clock clock;
	int fds[2];
	struct guard_client client;
	struct guard_serve *serve;
	char hash[GUARD_HASH_BYTES]; /* of "s3cret" */
};

/* What came of a question. */
struct result {
	unsigned answers;
	struct guard_answer answer;
};

static mono real_mono(struct clock *clock)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (mono){ (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec };
}

static void set_up(struct fixture *f)
{
	static const struct hash_key key = { 3, 4 };
	static struct crypt_data data;

	*f = (struct fixture){ .clock.mono = real_mono };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->fds), 0);
	guard_client_init(&f->client);
	guard_client_attach(&f->client, f->fds[0]);
	f->serve = guard_serve_new(f->fds[1], &f->clock, &key);
	snprintf(f->hash, sizeof f->hash, "%s",
	         crypt_rn("s3cret", "$y$j9T$abcdefghabcdefghabcde.", &data, sizeof data));
	assert_int_equal(f->hash[0], '$');
}

static void tear_down(struct fixture *f)
{
	guard_serve_free(f->serve);
	close(f->fds[0]);
	if (f->fds[1] >= 0)
		close(f->fds[1]);
}

static void note(void *arg, const struct guard_answer *answer)
{
	struct result *r = arg;

	r->answers++;
	r->answer = *answer;
}

static void ask(struct fixture *f, uint32_t source, const char *user, const char *password,
                const char *hash, struct result *result)
{
	struct ip_addr address = ip_addr_v4((ip4){ source });
	struct guard_question q;

	guard_ask_for(&q, GUARD_CONSOLE, source != 0 ? &address : NULL, user, strlen(user));
	guard_try(&q, password, strlen(password), hash);
	guard_verify(&f->client.guard, &q, note, result);
	guard_wipe(&q);
	assert_int_equal(q.password_len, 0);
}

static void wait_for(struct fixture *f, const struct result *result)
{
	while (result->answers == 0) {
		assert_int_equal(guard_serve_turn(f->serve), 0);
		assert_int_equal(guard_client_collect(&f->client), 0);
	}
}

static enum guard_verdict verdict(struct fixture *f, const char *password, const char *hash)
{
	struct result r = { 0 };

	ask(f, 0, "admin", password, hash, &r);
	assert_int_equal(r.answers, 0);
	wait_for(f, &r);
	assert_int_equal(r.answers, 1);
	return r.answer.verdict;
}

static void right_and_wrong(void **state)
{
	struct fixture f;

	set_up(&f);
	assert_int_equal(verdict(&f, "s3cret", f.hash), GUARD_OK);
	assert_int_equal(verdict(&f, "s3cre", f.hash), GUARD_WRONG);
	assert_int_equal(verdict(&f, "", f.hash), GUARD_WRONG);
	assert_int_equal(verdict(&f, "s3cret", ""), GUARD_WRONG);
	assert_int_equal(verdict(&f, "s3cret", NULL), GUARD_WRONG);
	/* What crypt(3) says of what it can't hash is nobody's hash. */
	assert_int_equal(verdict(&f, "s3cret", "*0"), GUARD_WRONG);
	assert_int_equal(verdict(&f, "s3cret", "*1"), GUARD_WRONG);
	assert_int_equal(verdict(&f, "s3cret", "$y$"), GUARD_WRONG);
	tear_down(&f);
}

/* A 0 ends what is hashed, and a password does not end there. */
static void zeroes_and_long_ones_are_wrong(void **state)
{
	struct fixture f;
	struct result r = { 0 };
	struct guard_question q;
	char long_one[300];

	set_up(&f);
	guard_ask_for(&q, GUARD_CONSOLE, NULL, "admin", 5);
	guard_try(&q, "s3cret\0more", 11, f.hash);
	guard_verify(&f.client.guard, &q, note, &r);
	wait_for(&f, &r);
	assert_int_equal(r.answer.verdict, GUARD_WRONG);

	memset(long_one, 'x', sizeof long_one);
	guard_ask_for(&q, GUARD_CONSOLE, NULL, long_one, sizeof long_one);
	guard_try(&q, long_one, sizeof long_one, f.hash);
	assert_int_equal(q.user_len, GUARD_USER_BYTES);
	assert_int_equal(q.password_len, GUARD_PASSWORD_BYTES);
	assert_string_equal(q.hash, "");
	tear_down(&f);
}

static uint64_t time_of(struct fixture *f, const char *hash)
{
	struct result r = { 0 };
	mono start;

	usleep(400 * 1000); /* the next hash may begin */
	ask(f, 0, "admin", "guess", hash, &r);
	start = real_mono(NULL);
	wait_for(f, &r);
	return real_mono(NULL).ns - start.ns;
}

/* The best of three, since others use this machine, too. */
static uint64_t best_time(struct fixture *f, const char *hash)
{
	uint64_t best = UINT64_MAX;

	for (unsigned i = 0; i < 3; i++) {
		uint64_t ns = time_of(f, hash);

		best = ns < best ? ns : best;
	}
	return best;
}

static void nobody_takes_as_long_as_somebody(void **state)
{
	struct fixture f;
	uint64_t somebody, nobody;

	set_up(&f);
	somebody = best_time(&f, f.hash);
	nobody = best_time(&f, "");
	print_message("a hash takes %.1f ms, of nobody %.1f ms\n", (double)somebody / 1e6,
	              (double)nobody / 1e6);
	assert_true(nobody > somebody / 2 && somebody > nobody / 2);
	tear_down(&f);
}

/* A hundred sources at once: a few wait for their hash, all others are told when to come again,
 * and the one who was here before is served at once. */
static void a_crowd_is_told_to_wait(void **state)
{
	static struct result crowd[100];
	struct fixture f;
	struct result known = { 0 };
	unsigned waits = 0;

	set_up(&f);
	ask(&f, 9, "admin", "s3cret", f.hash, &known);
	wait_for(&f, &known);
	for (uint32_t i = 0; i < ARRAY_LEN(crowd); i++)
		ask(&f, 100 + i, "admin", "guess", f.hash, &crowd[i]);
	known.answers = 0;
	ask(&f, 9, "admin", "s3cret", f.hash, &known);
	wait_for(&f, &known);
	assert_int_equal(known.answer.verdict, GUARD_OK);
	for (size_t i = 0; i < ARRAY_LEN(crowd); i++) {
		waits += crowd[i].answers == 1 && crowd[i].answer.verdict == GUARD_WAIT;
		assert_true(crowd[i].answers == 0 || crowd[i].answer.retry_ms > 0);
	}
	assert_in_range(waits, 80, 95);
	tear_down(&f);
}

static void whoever_left_gets_no_answer(void **state)
{
	struct fixture f;
	struct result gone = { 0 }, here = { 0 };

	set_up(&f);
	ask(&f, 5, "admin", "s3cret", f.hash, &gone);
	guard_forget(&f.client.guard, &gone);
	/* The place of the one who left is taken again, and its late answer is not for this one. */
	ask(&f, 6, "admin", "guess", f.hash, &here);
	wait_for(&f, &here);
	assert_int_equal(gone.answers, 0);
	assert_int_equal(here.answers, 1);
	assert_int_equal(here.answer.verdict, GUARD_WRONG);
	assert_int_equal(f.client.asked, 0);
	tear_down(&f);
}

/* Who waits when the guard ends, and who asks while there is none, is told to come again. */
static void without_a_guard_all_wait(void **state)
{
	struct fixture f;
	struct result before = { 0 }, after = { 0 }, gone = { 0 };

	set_up(&f);
	ask(&f, 5, "admin", "s3cret", f.hash, &before);
	close(f.fds[1]);
	f.fds[1] = -1;
	/* What the other end had not read is lost with it. */
	assert_true(guard_client_collect(&f.client) < 0);
	guard_client_detach(&f.client);
	ask(&f, 6, "admin", "s3cret", f.hash, &after);
	ask(&f, 7, "admin", "s3cret", f.hash, &gone);
	guard_forget(&f.client.guard, &gone);
	assert_int_equal(before.answers + after.answers, 0);
	assert_true(guard_client_due(&f.client));
	guard_client_turn(&f.client);
	assert_false(guard_client_due(&f.client));
	assert_int_equal(before.answers, 1);
	assert_int_equal(before.answer.verdict, GUARD_WAIT);
	assert_int_equal(after.answers, 1);
	assert_int_equal(after.answer.retry_ms, GUARD_CLIENT_RETRY_MS);
	assert_int_equal(gone.answers, 0);
	tear_down(&f);
}

/* Neither end takes what the other can't have said. */
static void strange_messages_end_it(void **state)
{
	static const char strange[] = "Accepted password for root from 1.2.3.4";
	struct guard_answer ok = { GUARD_OK, 0 };
	uint8_t bytes[GUARD_ANSWER_BYTES];
	struct fixture f;

	set_up(&f);
	assert_true(send(f.fds[0], strange, sizeof strange, 0) > 0);
	assert_int_equal(guard_serve_turn(f.serve), -EPROTO);
	assert_true(send(f.fds[1], strange, sizeof strange, 0) > 0);
	assert_int_equal(guard_client_collect(&f.client), -EPROTO);
	/* An answer to what nobody has asked. */
	guard_proto_put_answer(bytes, 0, &ok);
	assert_true(send(f.fds[1], bytes, sizeof bytes, 0) > 0);
	assert_int_equal(guard_client_collect(&f.client), -EPROTO);
	close(f.fds[0]);
	assert_int_equal(guard_serve_turn(f.serve), -ECONNRESET);
	f.fds[0] = dup(f.fds[1]);
	tear_down(&f);
}

/* For as long as somebody hammers with all he has, and what he gets of the processor. */
static void hashing_takes_a_fifth(void **state)
{
	struct fixture f;
	struct result r;
	struct timespec before, after;
	mono start;
	unsigned hashed = 0;
	uint64_t ns, spent;

	set_up(&f);
	start = real_mono(NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	for (uint32_t i = 0; real_mono(NULL).ns - start.ns < 2 * NS_PER_S; i++) {
		r.answers = 0;
		ask(&f, 1000 + i, "admin", "guess", f.hash, &r);
		wait_for(&f, &r);
		hashed += r.answer.verdict == GUARD_WRONG;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	ns = real_mono(NULL).ns - start.ns;
	spent = (uint64_t)(after.tv_sec - before.tv_sec) * NS_PER_S + (uint64_t)after.tv_nsec -
	        (uint64_t)before.tv_nsec;
	print_message("%u hashes in %.1f s, %.0f %% of a core\n", hashed, (double)ns / 1e9,
	              100.0 * (double)spent / (double)ns);
	assert_true(hashed > 0);
	assert_true(spent < ns * 27 / 100); /* the last hash has no pause behind it yet */
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_and_wrong),
		cmocka_unit_test(zeroes_and_long_ones_are_wrong),
		cmocka_unit_test(nobody_takes_as_long_as_somebody),
		cmocka_unit_test(a_crowd_is_told_to_wait),
		cmocka_unit_test(whoever_left_gets_no_answer),
		cmocka_unit_test(without_a_guard_all_wait),
		cmocka_unit_test(strange_messages_end_it),
		cmocka_unit_test(hashing_takes_a_fifth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
