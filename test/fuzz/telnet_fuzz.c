#include "fuzz.h"

#include <string.h>

#include "svc/front_proto.h"
#include "svc/telnet_end.h"

struct heard {
	size_t keys, wire;
	unsigned long sum; /* of the keys, in order */
};

static void on_wire(void *arg, const char *bytes, size_t len)
{
	struct heard *heard = arg;

	(void)bytes;
	heard->wire += len;
}

static void on_keys(void *arg, const char *bytes, size_t len)
{
	struct heard *heard = arg;

	must(len > 0);
	for (size_t i = 0; i < len; i++)
		heard->sum = heard->sum * 31 + (unsigned char)bytes[i];
	heard->keys += len;
}

static void on_size(void *arg, unsigned width, unsigned height)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	struct front_message message;
	size_t len = front_proto_put_size(bytes, (uint16_t)width, (uint16_t)height);

	(void)arg;
	must(width <= 65535 && height <= 65535);
	must(front_proto_take(bytes, len, &message) && message.type == FRONT_SIZE);
}

static void on_terminal(void *arg, const char *name)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	struct front_message message;

	(void)arg;
	must(front_proto_take(bytes, front_proto_put(bytes, FRONT_TERMINAL, name, strlen(name)),
	                      &message));
	must(message.len == strlen(name));
}

/* In pieces of @piece bytes. */
static struct heard hear(enum telnet_role role, const char *bytes, size_t size, size_t piece)
{
	struct heard heard = { 0 };
	const struct telnet_hooks hooks = { &heard, on_wire, on_keys, on_size, on_terminal };
	struct telnet_end *end = telnet_end_new(role, &hooks, "xterm");
	bool understood = true;

	if (role == TELNET_SERVER)
		telnet_end_open(end);
	telnet_end_resize(end, 80, 24);
	for (size_t at = 0; at < size && understood; at += piece)
		understood =
			telnet_end_feed(end, bytes + at, size - at < piece ? size - at : piece);
	telnet_end_say(end, bytes, size);
	telnet_end_free(end);
	/* No word of the other end's is answered by a long one. */
	must(heard.wire <= 64 + 64 * size);
	return heard;
}

static void try_message(const uint8_t *data, size_t size)
{
	uint8_t again[FRONT_MESSAGE_BYTES];
	struct front_message message;
	size_t len;

	if (!front_proto_take(data, size, &message))
		return;
	if (message.type == FRONT_SIZE)
		len = front_proto_put_size(again, message.width, message.height);
	else
		len = front_proto_put(again, message.type, message.bytes, message.len);
	must(len == size && memcmp(again, data, size) == 0);
}

/* What somebody far away sends to either end of telnet, and a front end to its router. It is heard
 * alike, however it is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct heard whole = hear(TELNET_SERVER, bytes, size, size > 0 ? size : 1);
	struct heard single = hear(TELNET_SERVER, bytes, size, 1);

	must(whole.keys == single.keys && whole.sum == single.sum);
	(void)hear(TELNET_CLIENT, bytes, size, 7);
	try_message(data, size);
	return 0;
}
