#include "../unit.h"

#include "../seeded.h"
#include "svc/guard_proto.h"

static struct guard_question question(struct random *random)
{
	struct guard_question q;
	struct ip_addr v4 = ip_addr_v4((ip4){ random_u32(random) });
	struct ip_addr v6 = { .family = IP_V6 };
	const struct ip_addr *sources[] = { NULL, &v4, &v6 };
	uint8_t user[70], password[260];
	char hash[GUARD_HASH_BYTES + 4];
	uint32_t hash_len = random_below(random, GUARD_HASH_BYTES + 2);
	uint32_t user_len = random_below(random, 66), password_len = random_below(random, 258);
	uint32_t which = random_below(random, 3), door = random_below(random, GUARD_DOORS);

	random_fill(random, v6.v6, sizeof v6.v6);
	random_fill(random, user, sizeof user);
	random_fill(random, password, sizeof password);
	memset(hash, 'h', sizeof hash);
	hash[hash_len] = '\0';
	guard_ask_for(&q, (enum guard_door)door, sources[which], user, user_len);
	guard_try(&q, password, password_len, hash);
	return q;
}

static void questions_come_out_as_they_went_in(void **state)
{
	struct seeded seeded = seeded_make(1);

	for (unsigned i = 0; i < 5000; i++) {
		struct guard_question in = question(&seeded.random), out;
		uint64_t number = random_u64(&seeded.random), read = 0;
		uint8_t bytes[GUARD_QUESTION_BYTES];

		guard_proto_put_question(bytes, number, &in);
		assert_true(guard_proto_question(bytes, sizeof bytes, &read, &out));
		assert_true(read == number);
		assert_memory_equal(&in, &out, sizeof in);
	}
}

static void answers_come_out_as_they_went_in(void **state)
{
	static const struct guard_answer answers[] = {
		{ GUARD_OK, 0 },
		{ GUARD_WRONG, 0 },
		{ GUARD_WAIT, 1 },
		{ GUARD_WAIT, GUARD_RETRY_MS_MAX },
	};
	uint8_t bytes[GUARD_ANSWER_BYTES];
	struct guard_answer out;
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		guard_proto_put_answer(bytes, 77 + i, &answers[i]);
		assert_true(guard_proto_answer(bytes, sizeof bytes, &number, &out));
		assert_int_equal(number, 77 + i);
		assert_int_equal(out.verdict, answers[i].verdict);
		assert_int_equal(out.retry_ms, answers[i].retry_ms);
	}
	/* Longer than any throttle says is cut to what is allowed. */
	guard_proto_put_answer(bytes, 1, &(struct guard_answer){ GUARD_WAIT, UINT32_MAX });
	assert_true(guard_proto_answer(bytes, sizeof bytes, &number, &out));
	assert_int_equal(out.retry_ms, GUARD_RETRY_MS_MAX);
}

/* A byte that is changed makes another message or none, and never one that is built otherwise. */
static void each_message_has_one_spelling(void **state)
{
	struct seeded seeded = seeded_make(2);
	unsigned refused = 0;

	for (unsigned i = 0; i < 200; i++) {
		struct guard_question in = question(&seeded.random), out;
		uint8_t bytes[GUARD_QUESTION_BYTES], again[GUARD_QUESTION_BYTES];
		uint64_t number;

		guard_proto_put_question(bytes, 5, &in);
		for (size_t at = 0; at < sizeof bytes; at++) {
			uint8_t was = bytes[at];

			bytes[at] ^= (uint8_t)(1 << i % 8);
			if (guard_proto_question(bytes, sizeof bytes, &number, &out)) {
				guard_proto_put_question(again, number, &out);
				assert_memory_equal(again, bytes, sizeof bytes);
			} else {
				refused++;
			}
			bytes[at] = was;
		}
	}
	assert_true(refused > 1000);
}

static void no_other_length_is_taken(void **state)
{
	uint8_t bytes[GUARD_QUESTION_BYTES + 1] = { 0 };
	struct seeded seeded = seeded_make(3);
	struct guard_question in = question(&seeded.random), out;
	struct guard_answer answer = { GUARD_OK, 0 };
	uint64_t number;

	guard_proto_put_question(bytes, 1, &in);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		assert_int_equal(guard_proto_question(bytes, len, &number, &out),
		                 len == GUARD_QUESTION_BYTES);
		assert_false(guard_proto_answer(bytes, len, &number, &answer));
	}
	memset(bytes, 0, sizeof bytes);
	guard_proto_put_answer(bytes, 1, &answer);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		assert_int_equal(guard_proto_answer(bytes, len, &number, &answer),
		                 len == GUARD_ANSWER_BYTES);
		assert_false(guard_proto_question(bytes, len, &number, &out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_come_out_as_they_went_in),
		cmocka_unit_test(answers_come_out_as_they_went_in),
		cmocka_unit_test(each_message_has_one_spelling),
		cmocka_unit_test(no_other_length_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
