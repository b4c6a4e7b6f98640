#include "check.h"

#include <errno.h>

#include "os/byte_queue.h"
#include "os/console_proto.h"

static struct console_message only_message(const struct byte_queue *queue)
{
	struct console_message message;
	size_t used;

	assert_int_equal(console_take(byte_queue_bytes(queue), queue->len, &message, &used), 1);
	assert_int_equal(used, queue->len);
	return message;
}

static void the_bytes_are_as_described(void **state)
{
	struct byte_queue queue = byte_queue_make(1000);

	assert_true(console_put(&queue, CONSOLE_RUN, "/quit", 5));
	assert_int_equal(queue.len, 10);
	assert_memory_equal(byte_queue_bytes(&queue), "\3\5\0\0\0/quit", 10);
	byte_queue_free(&queue);
}

static void hello_comes_back(void **state)
{
	const struct console_hello hello = {
		.version = 0x1234, .interactive = true, .size = { 132, 300 }, .who = "alice"
	};
	struct byte_queue queue = byte_queue_make(1000);
	struct console_hello back;

	assert_true(console_put_hello(&queue, &hello));

	struct console_message message = only_message(&queue);

	assert_int_equal(message.type, CONSOLE_HELLO);
	assert_true(console_parse_hello(&message, &back));
	assert_int_equal(back.version, 0x1234);
	assert_true(back.interactive);
	assert_false(back.colour);
	assert_int_equal(back.size.width, 132);
	assert_int_equal(back.size.height, 300);
	assert_string_equal(back.who, "alice");
	byte_queue_free(&queue);
}

static void resize_and_done_come_back(void **state)
{
	struct byte_queue queue = byte_queue_make(1000);
	struct console_size size;
	struct console_message message;
	uint8_t status = 0;

	assert_true(console_put_resize(&queue, (struct console_size){ 65535, 1 }));
	message = only_message(&queue);
	assert_true(console_parse_resize(&message, &size));
	assert_int_equal(size.width, 65535);
	assert_int_equal(size.height, 1);
	byte_queue_drop(&queue, queue.len);
	assert_true(console_put_done(&queue, 1));
	message = only_message(&queue);
	assert_true(console_parse_done(&message, &status));
	assert_int_equal(status, 1);
	byte_queue_free(&queue);
}

/* Cut anywhere a stream waits for the rest; a payload cut anywhere does not parse. */
static void every_truncation_is_noticed(void **state)
{
	const struct console_hello hello = { .version = 1, .who = "somebody" };
	struct byte_queue queue = byte_queue_make(1000);
	struct console_message message;
	struct console_hello back_hello;
	struct console_size back_size;
	uint8_t exact[64];
	size_t used;

	assert_true(console_put_hello(&queue, &hello));
	for (size_t len = 0; len < queue.len; len++) {
		uint8_t *copy = malloc(len + 1); /* of just that size, for the sanitizer */

		memcpy(copy + 1, byte_queue_bytes(&queue), len);
		assert_int_equal(console_take(copy + 1, len, &message, &used), 0);
		free(copy);
	}
	message = only_message(&queue);
	for (uint32_t len = 0; len < message.len; len++) {
		struct console_message cut = { .type = CONSOLE_HELLO, .len = len, .bytes = exact };

		memcpy(exact, message.bytes, len);
		assert_false(console_parse_hello(&cut, &back_hello));
		cut.type = CONSOLE_RESIZE;
		assert_int_equal(console_parse_resize(&cut, &back_size), len >= 4);
	}
	byte_queue_free(&queue);
}

static void nonsense_is_refused_at_once(void **state)
{
	static const uint8_t wrong_type[] = { 0 }, unused_type[] = { 9 }, high_type[] = { 200 };
	static const uint8_t too_long[] = { CONSOLE_RUN, 1, 0, 0x80, 0 };
	static const uint8_t longest[] = { CONSOLE_RUN, 0, 0, 0x80, 0 };
	struct console_message message;
	size_t used;

	assert_int_equal(console_take(wrong_type, 1, &message, &used), -EPROTO);
	assert_int_equal(console_take(unused_type, 1, &message, &used), -EPROTO);
	assert_int_equal(console_take(high_type, 1, &message, &used), -EPROTO);
	assert_int_equal(console_take(too_long, 5, &message, &used), -EPROTO);
	assert_int_equal(console_take(longest, 5, &message, &used), 0);
}

static void a_name_is_plain_text(void **state)
{
	static const char *const names[] = { "a b", "a\nb", "a\x1b[0m", "\x7f", "\xc3\xa4" };
	struct byte_queue queue = byte_queue_make(1000);
	struct console_hello hello = { .version = 1 }, back;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(hello.who, sizeof hello.who, "%s", names[i]);
		assert_true(console_put_hello(&queue, &hello));

		struct console_message message = only_message(&queue);

		assert_false(console_parse_hello(&message, &back));
		byte_queue_drop(&queue, queue.len);
	}
	byte_queue_free(&queue);
}

static void a_full_queue_takes_nothing(void **state)
{
	struct byte_queue queue = byte_queue_make(20);

	assert_true(console_put(&queue, CONSOLE_OUT, "0123456789", 10));
	assert_false(console_put(&queue, CONSOLE_OUT, "x", 1));
	assert_int_equal(queue.len, 15);
	assert_true(console_put(&queue, CONSOLE_BYE, NULL, 0));
	assert_int_equal(queue.len, 20);
	byte_queue_free(&queue);
}

static void the_default_place_depends_on_who_asks(void **state)
{
	char path[64], tiny[8];

	assert_int_equal(setenv("XDG_RUNTIME_DIR", "/run/user/7", 1), 0);
	assert_true(console_default_path(path, sizeof path));
	assert_string_equal(path, geteuid() == 0 ? "/run/towpath/console.sock"
	                                         : "/run/user/7/towpath/console.sock");
	assert_false(console_default_path(tiny, sizeof tiny));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_as_described),
		cmocka_unit_test(hello_comes_back),
		cmocka_unit_test(resize_and_done_come_back),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(nonsense_is_refused_at_once),
		cmocka_unit_test(a_name_is_plain_text),
		cmocka_unit_test(a_full_queue_takes_nothing),
		cmocka_unit_test(the_default_place_depends_on_who_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
