#include "fuzz.h"

#include <string.h>

#include "host/shim_proto.h"

static void try_request(const uint8_t *data, size_t size)
{
	struct shim_request request;
	const uint8_t *tail;

	if (!shim_proto_request(data, size, &request, &tail))
		return;
	must(request.version == SHIM_VERSION && request.call > 0 && request.call < SHIM_CALLS);
	must(tail == data + sizeof request && sizeof request + request.tail_len == size);
	must(request.badge == 0 || shim_badge_slot(request.badge) < SHIM_SLOTS);
	must(request.call != SHIM_CONNECT || request.tail_len <= SHIM_ADDRESS_BYTES);
}

static void try_datagram(const uint8_t *data, size_t size)
{
	struct shim_datagram head;
	const uint8_t *payload;
	size_t len;

	if (!shim_proto_datagram(data, size, &head, &payload, &len))
		return;
	must(head.address_len <= sizeof head.address && head.error == 0);
	must(payload == data + sizeof head && len + sizeof head == size);
	must(len <= SHIM_PAYLOAD_BYTES);
}

/* What a program under towpath run sends to the router. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_request(data, size);
	try_datagram(data, size);
	return 0;
}
