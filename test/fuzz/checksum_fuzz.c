#include "fuzz.h"
#include "wire/checksum.h"
#include "wire/cursor.h"

/* RFC 1071, 4.1, word by word. */
static uint16_t naive_sum(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint64_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* The two zeroes of ones' complement are one number. */
static bool same_sum(uint16_t a, uint16_t b)
{
	return a == b || (a % 0xffff == 0 && b % 0xffff == 0);
}

/* The first word says where to cut, the next two what is replaced by what in a sum of the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t sum = naive_sum(data, size);

	must(sum_fold(sum_bytes(0, data, size)) == sum);
	must(checksum(data, size) == sum_finish(sum));
	if (size < 8)
		return 0;

	size_t cut = wire_get16(data) % (size / 2 + 1) * 2;
	uint32_t old = wire_get32(data + 2);
	uint32_t new = wire_get32(data + 4);

	must(same_sum(sum_fold(sum_bytes(sum_bytes(0, data, cut), data + cut, size - cut)), sum));

	uint16_t rest = naive_sum(data + 2, size - 2);
	uint32_t without = (uint32_t)rest + (uint16_t) ~(old >> 16) + (uint16_t)~old;
	uint32_t with = without + (new >> 16) + (new & 0xffff);

	must(same_sum((uint16_t)~checksum_replace32((uint16_t)~rest, old, new), sum_fold(with)));
	must(same_sum(partial_replace32(rest, old, new), sum_fold(with)));
	return 0;
}
