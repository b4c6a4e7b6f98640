#include "svc/fetch_proto.h"

#include <string.h>

enum { /* bits of a question's flags */
	HAS_DATA = 1 << 0,
	CHECK = 1 << 1,
	WANTS_HEAD = 1 << 2,
	ALL_FLAGS = HAS_DATA | CHECK | WANTS_HEAD,
};

size_t fetch_proto_put_question(uint8_t out[FETCH_MESSAGE_BYTES],
                                const struct fetch_question *question)
{
	size_t at = 2;

	out[0] = FETCH_ASK;
	out[1] = (uint8_t)((question->has_data ? HAS_DATA : 0) | (question->check ? CHECK : 0) |
	                   (question->wants_head ? WANTS_HEAD : 0));
	for (unsigned i = 0; i < FETCH_PLACES; i++) {
		const struct fetch_bytes *part = &question->at[i];

		if (part->len > FETCH_MESSAGE_BYTES - at - sizeof part->len)
			return 0;
		memcpy(out + at, &part->len, sizeof part->len);
		at += sizeof part->len;
		if (part->len > 0)
			memcpy(out + at, part->bytes, part->len);
		at += part->len;
	}
	return at;
}

size_t fetch_proto_put(uint8_t out[FETCH_MESSAGE_BYTES], enum fetch_type type, const void *bytes,
                       size_t len)
{
	must(len > 0 && len <= FETCH_PIECE_BYTES);
	out[0] = (uint8_t)type;
	memcpy(out + 1, bytes, len);
	return 1 + len;
}

size_t fetch_proto_put_length(uint8_t out[FETCH_MESSAGE_BYTES], uint64_t length)
{
	out[0] = FETCH_LENGTH;
	memcpy(out + 1, &length, sizeof length);
	return 1 + sizeof length;
}

size_t fetch_proto_put_done(uint8_t out[FETCH_MESSAGE_BYTES], uint16_t status, const char *location,
                            size_t len)
{
	if (len > FETCH_LOCATION_BYTES)
		len = 0;
	out[0] = FETCH_DONE;
	memcpy(out + 1, &status, sizeof status);
	if (len > 0)
		memcpy(out + 1 + sizeof status, location, len);
	return 1 + sizeof status + len;
}

static bool take_question(const uint8_t *bytes, size_t len, struct fetch_question *question)
{
	size_t at = 2;

	if (len < at || (bytes[1] & ~ALL_FLAGS) != 0)
		return false;
	question->has_data = (bytes[1] & HAS_DATA) != 0;
	question->check = (bytes[1] & CHECK) != 0;
	question->wants_head = (bytes[1] & WANTS_HEAD) != 0;
	for (unsigned i = 0; i < FETCH_PLACES; i++) {
		struct fetch_bytes *part = &question->at[i];

		if (len - at < sizeof part->len)
			return false;
		memcpy(&part->len, bytes + at, sizeof part->len);
		at += sizeof part->len;
		if (len - at < part->len)
			return false;
		part->bytes = (const char *)bytes + at;
		at += part->len;
	}
	return at == len;
}

/* They end up on screens and in logs. */
static bool is_printable(const struct fetch_bytes *bytes)
{
	for (uint32_t i = 0; i < bytes->len; i++) {
		unsigned char c = (unsigned char)bytes->bytes[i];

		if (c < ' ' || c >= 0x7f)
			return false;
	}
	return true;
}

static bool take_done(const uint8_t *bytes, size_t len, struct fetch_message *message)
{
	if (len < 1 + sizeof message->status)
		return false;
	memcpy(&message->status, bytes + 1, sizeof message->status);
	message->bytes = (struct fetch_bytes){ (const char *)bytes + 1 + sizeof message->status,
		                               (uint32_t)(len - 1 - sizeof message->status) };
	return message->bytes.len <= FETCH_LOCATION_BYTES && is_printable(&message->bytes);
}

bool fetch_proto_take(const uint8_t *bytes, size_t len, struct fetch_message *ret_message)
{
	struct fetch_message message = { 0 };

	if (len < 2 || len > FETCH_MESSAGE_BYTES || bytes[0] < FETCH_ASK || bytes[0] > FETCH_FAILED)
		return false;
	message.type = (enum fetch_type)bytes[0];
	message.bytes = (struct fetch_bytes){ (const char *)bytes + 1, (uint32_t)(len - 1) };
	switch (message.type) {
	case FETCH_ASK:
		message.bytes = (struct fetch_bytes){ 0 };
		if (!take_question(bytes, len, &message.question))
			return false;
		break;
	case FETCH_LENGTH:
		if (len != 1 + sizeof message.length)
			return false;
		memcpy(&message.length, bytes + 1, sizeof message.length);
		break;
	case FETCH_DONE:
		if (!take_done(bytes, len, &message))
			return false;
		break;
	case FETCH_FAILED:
		if (message.bytes.len > FETCH_WORDS_BYTES || !is_printable(&message.bytes))
			return false;
		break;
	case FETCH_HEAD:
	case FETCH_BODY:
		if (message.bytes.len > FETCH_PIECE_BYTES)
			return false;
		break;
	}
	*ret_message = message;
	return true;
}
