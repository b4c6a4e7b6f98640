#include "check.h"

#include <errno.h>
#include <sys/socket.h>

#include "os/byte_queue.h"

/* Against a plain array: what goes in comes out, in order, whatever the sizes. */
static void first_in_first_out(void **state)
{
	struct byte_queue queue = byte_queue_make(50000);
	uint64_t seed = 20240607;
	uint8_t in = 0, out = 0;
	size_t waiting = 0;

	for (unsigned step = 0; step < 20000; step++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;

		size_t len = (seed >> 40) % (seed >> 63 ? 3000 : 40);
		uint8_t *room = byte_queue_room(&queue, len);

		assert_int_equal(room == NULL, waiting + len > 50000);
		if (room != NULL) {
			for (size_t i = 0; i < len; i++)
				room[i] = in++;
			byte_queue_grow(&queue, len);
			waiting += len;
		}
		len = (seed >> 20) % 1600;
		if (len > waiting)
			len = waiting;
		for (size_t i = 0; i < len; i++)
			assert_int_equal(byte_queue_bytes(&queue)[i], out++);
		byte_queue_drop(&queue, len);
		waiting -= len;
		assert_int_equal(queue.len, waiting);
	}
	byte_queue_free(&queue);
}

static void it_reads_up_to_its_limit(void **state)
{
	struct byte_queue queue = byte_queue_make(10);
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(byte_queue_read(&queue, pair[0]), -EAGAIN);
	assert_int_equal(write(pair[1], "0123456789abc", 13), 13);
	assert_int_equal(byte_queue_read(&queue, pair[0]), 10);
	assert_int_equal(byte_queue_read(&queue, pair[0]), -ENOBUFS);
	byte_queue_drop(&queue, 4);
	close(pair[1]);
	assert_int_equal(byte_queue_read(&queue, pair[0]), 3);
	assert_memory_equal(byte_queue_bytes(&queue), "456789abc", 9);
	assert_int_equal(byte_queue_read(&queue, pair[0]), 0);
	close(pair[0]);
	byte_queue_free(&queue);
}

static void it_sends_what_the_socket_takes(void **state)
{
	struct byte_queue queue = byte_queue_make(4 << 20);
	static char sink[1 << 20];
	size_t got = 0;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);

	uint8_t *room = byte_queue_room(&queue, 3 << 20);

	memset(room, 7, 3 << 20);
	byte_queue_grow(&queue, 3 << 20);
	assert_int_equal(byte_queue_send(&queue, pair[0]), 0);
	assert_true(queue.len > 0); /* more than a socket's buffer holds */
	while (got < 3 << 20) {
		ssize_t n = read(pair[1], sink, sizeof sink);

		assert_true(n > 0);
		got += (size_t)n;
		assert_int_equal(byte_queue_send(&queue, pair[0]), 0);
	}
	assert_int_equal(queue.len, 0);
	close(pair[1]);
	room = byte_queue_room(&queue, 1);
	*room = 1;
	byte_queue_grow(&queue, 1);
	assert_int_equal(byte_queue_send(&queue, pair[0]), -EPIPE);
	close(pair[0]);
	byte_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_in_first_out),
		cmocka_unit_test(it_reads_up_to_its_limit),
		cmocka_unit_test(it_sends_what_the_socket_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
