#include "os/console_proto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/byte_queue.h"
#include "wire/cursor.h"

enum hello_flag {
	HELLO_INTERACTIVE = 1 << 0,
	HELLO_COLOUR = 1 << 1,
	HELLO_DUMB = 1 << 2,
};

/* wire/cursor.h bounds the bytes; its numbers are big-endian, so these are put together here. */
static uint16_t read_little16(struct reader *r)
{
	uint16_t low = read_u8(r);

	return (uint16_t)(low | read_u8(r) << 8);
}

static uint32_t read_little32(struct reader *r)
{
	uint32_t low = read_little16(r);

	return low | (uint32_t)read_little16(r) << 16;
}

static void write_little16(struct writer *w, uint16_t v)
{
	write_u8(w, (uint8_t)v);
	write_u8(w, (uint8_t)(v >> 8));
}

static void write_little32(struct writer *w, uint32_t v)
{
	write_little16(w, (uint16_t)v);
	write_little16(w, (uint16_t)(v >> 16));
}

static bool type_is_known(uint8_t type)
{
	return (type >= CONSOLE_HELLO && type <= CONSOLE_RESIZE) ||
	       (type >= CONSOLE_OUT && type <= CONSOLE_BYE);
}

int console_take(const uint8_t *bytes, size_t len, struct console_message *ret_message,
                 size_t *ret_used)
{
	struct reader r = reader_over(bytes, len);
	struct console_message m = { .type = read_u8(&r) };

	/* A wrong type is known by its first byte: no waiting for the rest of something strange. */
	if (r.failed)
		return 0;
	if (!type_is_known(m.type))
		return -EPROTO;
	m.len = read_little32(&r);
	if (r.failed)
		return 0;
	if (m.len > CONSOLE_PAYLOAD_BYTES)
		return -EPROTO;
	m.bytes = reader_take(&r, m.len);
	if (r.failed)
		return 0;
	*ret_message = m;
	*ret_used = CONSOLE_HEADER_BYTES + m.len;
	return 1;
}

/* Names end up in logs and on screens: printable ASCII only. */
static bool read_who(struct reader *r, char who[CONSOLE_WHO_BYTES])
{
	uint8_t len = read_u8(r);
	const uint8_t *name = reader_take(r, len);

	if (name == NULL || len >= CONSOLE_WHO_BYTES)
		return false;
	for (uint8_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] >= 0x7f)
			return false;
	}
	memcpy(who, name, len);
	who[len] = '\0';
	return true;
}

/* Fields that a later version adds at the end are skipped. */
bool console_parse_hello(const struct console_message *message, struct console_hello *ret_hello)
{
	struct reader r = reader_over(message->bytes, message->len);
	struct console_hello hello = { .version = read_little16(&r) };
	uint8_t flags = read_u8(&r);

	hello.interactive = (flags & HELLO_INTERACTIVE) != 0;
	hello.colour = (flags & HELLO_COLOUR) != 0;
	hello.dumb = (flags & HELLO_DUMB) != 0;
	hello.size.width = read_little16(&r);
	hello.size.height = read_little16(&r);
	if (!read_who(&r, hello.who) || r.failed)
		return false;
	*ret_hello = hello;
	return true;
}

bool console_parse_resize(const struct console_message *message, struct console_size *ret_size)
{
	struct reader r = reader_over(message->bytes, message->len);
	struct console_size size = { .width = read_little16(&r) };

	size.height = read_little16(&r);
	if (r.failed)
		return false;
	*ret_size = size;
	return true;
}

bool console_parse_done(const struct console_message *message, uint8_t *ret_status)
{
	if (message->len < 1)
		return false;
	*ret_status = message->bytes[0];
	return true;
}

bool console_put(struct byte_queue *queue, enum console_type type, const void *bytes, size_t len)
{
	uint8_t *room;

	if (len > CONSOLE_PAYLOAD_BYTES)
		return false;
	room = byte_queue_room(queue, CONSOLE_HEADER_BYTES + len);
	if (room == NULL)
		return false;

	struct writer w = writer_over(room, CONSOLE_HEADER_BYTES + len);

	write_u8(&w, (uint8_t)type);
	write_little32(&w, (uint32_t)len);
	write_bytes(&w, bytes, len);
	must(!w.failed);
	byte_queue_grow(queue, CONSOLE_HEADER_BYTES + len);
	return true;
}

bool console_put_hello(struct byte_queue *queue, const struct console_hello *hello)
{
	uint8_t payload[8 + CONSOLE_WHO_BYTES];
	struct writer w = writer_over(payload, sizeof payload);
	size_t len = strnlen(hello->who, CONSOLE_WHO_BYTES - 1);

	write_little16(&w, hello->version);
	write_u8(&w,
	         (uint8_t)((hello->interactive ? HELLO_INTERACTIVE : 0) |
	                   (hello->colour ? HELLO_COLOUR : 0) | (hello->dumb ? HELLO_DUMB : 0)));
	write_little16(&w, hello->size.width);
	write_little16(&w, hello->size.height);
	write_u8(&w, (uint8_t)len);
	write_bytes(&w, hello->who, len);
	must(!w.failed);
	return console_put(queue, CONSOLE_HELLO, payload, (size_t)(w.at - payload));
}

bool console_put_resize(struct byte_queue *queue, struct console_size size)
{
	uint8_t payload[4];
	struct writer w = writer_over(payload, sizeof payload);

	write_little16(&w, size.width);
	write_little16(&w, size.height);
	return console_put(queue, CONSOLE_RESIZE, payload, sizeof payload);
}

bool console_put_done(struct byte_queue *queue, uint8_t status)
{
	return console_put(queue, CONSOLE_DONE, &status, 1);
}

bool console_default_path(char *path, size_t size)
{
	const char *own = geteuid() != 0 ? secure_getenv("XDG_RUNTIME_DIR") : NULL;
	const char *base = own != NULL && own[0] == '/' ? own : "/run";

	return (size_t)snprintf(path, size, "%s/towpath/console.sock", base) < size;
}
