#include "../unit.h"

#include "svc/fetch_proto.h"

static uint8_t bytes[FETCH_MESSAGE_BYTES + 2];

static void a_question_comes_out_as_it_went_in(void **state)
{
	static const char *const texts[FETCH_PLACES] = { "https://h/x",  "10.0.0.1", "POST",
		                                         "A: b\nC: d\n", "user",     "",
		                                         "data" };
	struct fetch_question question = { .has_data = true, .wants_head = true };
	struct fetch_message message;
	size_t len;

	for (unsigned i = 0; i < FETCH_PLACES; i++)
		question.at[i] = (struct fetch_bytes){ texts[i], (uint32_t)strlen(texts[i]) };
	len = fetch_proto_put_question(bytes, &question);
	assert_true(fetch_proto_take(bytes, len, &message));
	assert_int_equal(message.type, FETCH_ASK);
	assert_true(message.question.has_data && message.question.wants_head);
	assert_false(message.question.check);
	for (unsigned i = 0; i < FETCH_PLACES; i++) {
		assert_int_equal(message.question.at[i].len, strlen(texts[i]));
		assert_memory_equal(message.question.at[i].bytes, texts[i], strlen(texts[i]));
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_false(fetch_proto_take(bytes, cut, &message));
	assert_false(fetch_proto_take(bytes, len + 1, &message));
	question.at[FETCH_DATA].len = FETCH_QUESTION_BYTES;
	assert_int_equal(fetch_proto_put_question(bytes, &question), 0);
}

static void answers_come_out_as_they_went_in(void **state)
{
	struct fetch_message message;

	assert_true(fetch_proto_take(bytes, fetch_proto_put_length(bytes, 1ULL << 40), &message));
	assert_true(message.type == FETCH_LENGTH && message.length == 1ULL << 40);
	assert_true(fetch_proto_take(bytes, fetch_proto_put_done(bytes, 302, "http://h/y", 10),
	                             &message));
	assert_true(message.type == FETCH_DONE && message.status == 302);
	assert_int_equal(message.bytes.len, 10);
	assert_true(fetch_proto_take(bytes, fetch_proto_put_done(bytes, 200, "", 0), &message));
	assert_int_equal(message.bytes.len, 0);
	assert_true(
		fetch_proto_take(bytes, fetch_proto_put(bytes, FETCH_BODY, "\0\377", 2), &message));
	assert_int_equal(message.bytes.len, 2);
}

/* A location that is too long is none; words for people are printable. */
static void what_could_harm_is_refused(void **state)
{
	static char long_one[FETCH_LOCATION_BYTES + 1];
	struct fetch_message message;

	memset(long_one, 'x', sizeof long_one);
	assert_true(fetch_proto_take(
		bytes, fetch_proto_put_done(bytes, 301, long_one, sizeof long_one), &message));
	assert_int_equal(message.bytes.len, 0);
	assert_false(fetch_proto_take(bytes, fetch_proto_put(bytes, FETCH_FAILED, "a\033b", 3),
	                              &message));
	assert_false(fetch_proto_take(
		bytes, fetch_proto_put(bytes, FETCH_FAILED, long_one, FETCH_WORDS_BYTES + 1),
		&message));
	memset(bytes, 'x', sizeof bytes);
	bytes[0] = FETCH_BODY;
	assert_true(fetch_proto_take(bytes, 1 + FETCH_PIECE_BYTES, &message));
	assert_false(fetch_proto_take(bytes, 2 + FETCH_PIECE_BYTES, &message));
	bytes[0] = FETCH_FAILED + 1;
	assert_false(fetch_proto_take(bytes, 10, &message));
	bytes[0] = 0;
	assert_false(fetch_proto_take(bytes, 10, &message));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_comes_out_as_it_went_in),
		cmocka_unit_test(answers_come_out_as_they_went_in),
		cmocka_unit_test(what_could_harm_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
