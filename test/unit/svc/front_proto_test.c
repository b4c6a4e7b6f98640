#include "../unit.h"

#include "../seeded.h"
#include "svc/front_proto.h"

static void what_was_put_is_taken(void **state)
{
	static const size_t most[] = { [FRONT_INPUT] = FRONT_INPUT_BYTES,
		                       [FRONT_TERMINAL] = FRONT_TERMINAL_BYTES,
		                       [FRONT_OUT] = FRONT_OUT_BYTES };
	static const enum front_type types[] = { FRONT_INPUT, FRONT_TERMINAL, FRONT_OUT };
	struct seeded seeded = seeded_make(1);
	uint8_t bytes[FRONT_MESSAGE_BYTES], payload[FRONT_OUT_BYTES];
	struct front_message message;

	for (unsigned i = 0; i < 3000; i++) {
		enum front_type type = types[i % 3];
		size_t len = 1 + random_below(&seeded.random, (uint32_t)most[type]);

		for (size_t at = 0; at < len; at++)
			payload[at] = (uint8_t)('!' + random_below(&seeded.random, 94));
		assert_true(front_proto_take(bytes, front_proto_put(bytes, type, payload, len),
		                             &message));
		assert_int_equal(message.type, type);
		assert_int_equal(message.len, len);
		assert_memory_equal(message.bytes, payload, len);
	}
}

static void sizes_are_cut_to_what_makes_sense(void **state)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	struct front_message message;

	assert_true(front_proto_take(bytes, front_proto_put_size(bytes, 132, 43), &message));
	assert_int_equal(message.type, FRONT_SIZE);
	assert_int_equal(message.width, 132);
	assert_int_equal(message.height, 43);
	assert_true(front_proto_take(bytes, front_proto_put_size(bytes, 65535, 0), &message));
	assert_int_equal(message.width, FRONT_SIZE_MOST);
	assert_int_equal(message.height, 0);
}

static void all_else_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 },
		{ "\1", 1 },
		{ "\2\0\0\0", 4 },
		{ "\2\0\0\0\0\0", 6 },
		{ "\2\1\20\1\0", 5 },
		{ "\3bad name", 9 },
		{ "\3\177", 2 },
		{ "\0x", 2 },
		{ "\5x", 2 },
		{ "\377x", 2 },
	};
	uint8_t long_one[FRONT_MESSAGE_BYTES + 1] = { 0 };
	struct front_message message;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(front_proto_take((const uint8_t *)bad[i].bytes, bad[i].len, &message));
	memset(long_one, 'x', sizeof long_one);
	long_one[0] = FRONT_INPUT;
	assert_true(front_proto_take(long_one, 1 + FRONT_INPUT_BYTES, &message));
	assert_false(front_proto_take(long_one, 2 + FRONT_INPUT_BYTES, &message));
	long_one[0] = FRONT_TERMINAL;
	assert_false(front_proto_take(long_one, 2 + FRONT_TERMINAL_BYTES, &message));
	long_one[0] = FRONT_OUT;
	assert_true(front_proto_take(long_one, sizeof long_one - 1, &message));
	assert_false(front_proto_take(long_one, sizeof long_one, &message));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_taken),
		cmocka_unit_test(sizes_are_cut_to_what_makes_sense),
		cmocka_unit_test(all_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
