#include "fuzz.h"

#include <string.h>

#include "lib/mem.h"
#include "svc/fetch_proto.h"

static size_t put(uint8_t *again, const struct fetch_message *message)
{
	switch (message->type) {
	case FETCH_ASK:
		return fetch_proto_put_question(again, &message->question);
	case FETCH_LENGTH:
		return fetch_proto_put_length(again, message->length);
	case FETCH_DONE:
		return fetch_proto_put_done(again, message->status, message->bytes.bytes,
		                            message->bytes.len);
	case FETCH_HEAD:
	case FETCH_BODY:
	case FETCH_FAILED:
		break;
	}
	return fetch_proto_put(again, message->type, message->bytes.bytes, message->bytes.len);
}

/* What one of the router and the process that speaks HTTP says to the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *again = mem_new(FETCH_MESSAGE_BYTES, 1);
	struct fetch_message message;

	if (fetch_proto_take(data, size, &message)) {
		must(put(again, &message) == size);
		must(memcmp(again, data, size) == 0);
	}
	mem_free(again);
	return 0;
}
