#include "core/offload.h"

#include "wire/checksum.h"
#include "wire/cursor.h"

bool offload_finish_checksum(uint8_t *bytes, uint32_t len, struct offload *offload)
{
	uint32_t start = offload->checksum_start;
	uint32_t field = start + offload->checksum_offset;

	if (!offload->needs_checksum)
		return true;
	if (start >= len || field + 2 > len)
		return false;

	/* The field holds the pseudo-header's sum, so the sum over everything has it in already. */
	uint16_t sum = checksum(bytes + start, len - start);

	/* A UDP checksum of 0 would mean "none" (RFC 768); for TCP both are the same number. */
	wire_put16(bytes + field, sum == 0 ? 0xffff : sum);
	offload->needs_checksum = false;
	return true;
}
