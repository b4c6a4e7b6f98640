#include "sim/stream_bytes.h"

#include <string.h>

/* Eight bytes by their number, whatever the byte order of the machine. */
static void eight(uint32_t place, uint64_t number, uint8_t out[8])
{
	uint64_t z = ((uint64_t)place << 32) + number * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 29) * 0xbf58476d1ce4e5b9ULL;
	z ^= z >> 32;
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(z >> 8 * i);
}

void stream_bytes_copy(uint32_t place, uint64_t at, uint8_t *out, size_t n)
{
	while (n > 0) {
		uint8_t made[8];
		size_t from = at % 8, part = 8 - from < n ? 8 - from : n;

		eight(place, at / 8, made);
		memcpy(out, made + from, part);
		out += part;
		at += part;
		n -= part;
	}
}

bool stream_bytes_are(uint32_t place, uint64_t at, const uint8_t *bytes, size_t n)
{
	while (n > 0) {
		uint8_t made[8];
		size_t from = at % 8, part = 8 - from < n ? 8 - from : n;

		eight(place, at / 8, made);
		if (memcmp(bytes, made + from, part) != 0)
			return false;
		bytes += part;
		at += part;
		n -= part;
	}
	return true;
}
