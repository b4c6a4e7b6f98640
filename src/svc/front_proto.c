#include "svc/front_proto.h"

#include <string.h>

static size_t most(enum front_type type)
{
	switch (type) {
	case FRONT_INPUT:
		return FRONT_INPUT_BYTES;
	case FRONT_TERMINAL:
		return FRONT_TERMINAL_BYTES;
	case FRONT_OUT:
		return FRONT_OUT_BYTES;
	case FRONT_SIZE:
		break;
	}
	return 0;
}

size_t front_proto_put(uint8_t out[FRONT_MESSAGE_BYTES], enum front_type type, const void *bytes,
                       size_t len)
{
	must(len > 0 && len <= most(type));
	out[0] = (uint8_t)type;
	memcpy(out + 1, bytes, len);
	return 1 + len;
}

static uint16_t at_most(uint16_t n)
{
	return n < FRONT_SIZE_MOST ? n : FRONT_SIZE_MOST;
}

size_t front_proto_put_size(uint8_t out[FRONT_MESSAGE_BYTES], uint16_t width, uint16_t height)
{
	const uint16_t size[2] = { at_most(width), at_most(height) };

	out[0] = FRONT_SIZE;
	memcpy(out + 1, size, sizeof size);
	return 1 + sizeof size;
}

static bool take_size(struct front_message *message)
{
	uint16_t size[2];

	if (message->len != sizeof size)
		return false;
	memcpy(size, message->bytes, sizeof size);
	message->width = size[0];
	message->height = size[1];
	return size[0] <= FRONT_SIZE_MOST && size[1] <= FRONT_SIZE_MOST;
}

/* It ends up in logs and comparisons: printable ASCII only. */
static bool is_name(const struct front_message *message)
{
	for (size_t i = 0; i < message->len; i++) {
		if (message->bytes[i] <= ' ' || message->bytes[i] >= 0x7f)
			return false;
	}
	return true;
}

bool front_proto_take(const uint8_t *bytes, size_t len, struct front_message *ret_message)
{
	struct front_message message = { .len = len - 1 };

	if (len < 2 || bytes[0] < FRONT_INPUT || bytes[0] > FRONT_OUT)
		return false;
	message.type = (enum front_type)bytes[0];
	message.bytes = bytes + 1;
	if (message.type == FRONT_SIZE ? !take_size(&message) : message.len > most(message.type))
		return false;
	if (message.type == FRONT_TERMINAL && !is_name(&message))
		return false;
	*ret_message = message;
	return true;
}
