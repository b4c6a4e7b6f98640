#include "host/shim_proto.h"

#include <string.h>

#include "wire/cursor.h"

/* What a call may and must bring along. */
struct call_shape {
	uint32_t tail_least, tail_most;
	uint8_t flags;
	bool badged;
};

static const struct call_shape shapes[SHIM_CALLS] = {
	[SHIM_CHECK] = { 0, 0, SHIM_BOARD, false },
	[SHIM_SOCKET] = { 0, 0, SHIM_BOARD, false },
	[SHIM_RENEW] = { 0, 0, SHIM_BOARD, true },
	[SHIM_BIND] = { 0, SHIM_ADDRESS_BYTES, SHIM_BOARD, true },
	[SHIM_CONNECT] = { 0, SHIM_ADDRESS_BYTES, SHIM_WAIT | SHIM_BOARD, true },
	[SHIM_LISTEN] = { 0, 0, SHIM_BOARD, true },
	[SHIM_NAME] = { 0, 0, SHIM_BOARD, true },
	[SHIM_PEER] = { 0, 0, SHIM_BOARD, true },
	[SHIM_SET] = { 0, SHIM_VALUE_BYTES, SHIM_BOARD, true },
	[SHIM_GET] = { 0, 0, SHIM_BOARD, true },
	[SHIM_SHUTDOWN] = { 0, 0, SHIM_BOARD, true },
	[SHIM_ERROR] = { 0, 0, SHIM_BOARD, true },
	[SHIM_UNSENT] = { 0, 0, SHIM_BOARD, true },
	[SHIM_SEND] = { sizeof(struct shim_datagram), SHIM_TAIL_BYTES, SHIM_BOARD, true },
	[SHIM_WAY] = { 0, 0, SHIM_BOARD, true },
	[SHIM_GONE] = { 0, 0, 0, true },
};

static bool request_good(const struct shim_request *request)
{
	if (request->version != SHIM_VERSION || request->call == 0 || request->call >= SHIM_CALLS ||
	    request->zero != 0 || request->zero_end != 0)
		return false;

	const struct call_shape *shape = &shapes[request->call];

	return request->tail_len >= shape->tail_least && request->tail_len <= shape->tail_most &&
	       (request->flags & ~shape->flags) == 0 &&
	       (shape->badged ? shim_badge_good(request->badge) : request->badge == 0);
}

bool shim_proto_request(const uint8_t *bytes, size_t len, struct shim_request *ret_request,
                        const uint8_t **ret_tail)
{
	struct reader r = reader_over(bytes, len);
	const uint8_t *head = reader_take(&r, sizeof *ret_request);

	if (head == NULL)
		return false;
	memcpy(ret_request, head, sizeof *ret_request);
	if (!request_good(ret_request) || reader_left(&r) != ret_request->tail_len)
		return false;
	*ret_tail = r.at;
	return true;
}

bool shim_proto_datagram(const uint8_t *bytes, size_t len, struct shim_datagram *ret_datagram,
                         const uint8_t **ret_payload, size_t *ret_payload_len)
{
	struct reader r = reader_over(bytes, len);
	const uint8_t *head = reader_take(&r, sizeof *ret_datagram);

	if (head == NULL)
		return false;
	memcpy(ret_datagram, head, sizeof *ret_datagram);
	if (ret_datagram->version != SHIM_VERSION || ret_datagram->zero != 0 ||
	    ret_datagram->error != 0 || ret_datagram->address_len > sizeof ret_datagram->address ||
	    reader_left(&r) > SHIM_PAYLOAD_BYTES)
		return false;
	*ret_payload = r.at;
	*ret_payload_len = reader_left(&r);
	return true;
}
