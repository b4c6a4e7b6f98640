#include "fuzz.h"

#include <string.h>

#include "os/byte_queue.h"
#include "os/console_proto.h"

/* Built again, what was understood must be understood to be the same. */
static void check_payload(const struct console_message *message)
{
	struct byte_queue queue = byte_queue_make(1000);
	struct console_message again;
	struct console_hello hello, hello_again;
	struct console_size size, size_again;
	uint8_t status;
	size_t used;

	if (console_parse_hello(message, &hello)) {
		must(console_put_hello(&queue, &hello));
		must(console_take(byte_queue_bytes(&queue), queue.len, &again, &used) == 1);
		must(console_parse_hello(&again, &hello_again));
		must(hello.version == hello_again.version);
		must(hello.interactive == hello_again.interactive);
		must(hello.colour == hello_again.colour);
		must(hello.size.width == hello_again.size.width);
		must(hello.size.height == hello_again.size.height);
		must(strcmp(hello.who, hello_again.who) == 0);
		byte_queue_drop(&queue, queue.len);
	}
	if (console_parse_resize(message, &size)) {
		must(console_put_resize(&queue, size));
		must(console_take(byte_queue_bytes(&queue), queue.len, &again, &used) == 1);
		must(console_parse_resize(&again, &size_again));
		must(size.width == size_again.width && size.height == size_again.height);
	}
	must(console_parse_done(message, &status) == (message->len > 0));
	byte_queue_free(&queue);
}

/* A stream of messages: each is inside the bytes, and the walk ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct console_message message;
	size_t used;

	while (console_take(data, size, &message, &used) == 1) {
		must(used >= CONSOLE_HEADER_BYTES && used <= size);
		must(message.len == used - CONSOLE_HEADER_BYTES);
		check_payload(&message);
		data += used;
		size -= used;
	}
	return 0;
}
