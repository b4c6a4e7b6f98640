#include "fuzz.h"
#include "wire/icmp_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct icmp_header header;

	if (!icmp_header_parse(&r, &header)) {
		must(size < ICMP_HEADER_BYTES);
		return 0;
	}
	must(reader_left(&r) == size - ICMP_HEADER_BYTES);
	must(!icmp_is_error(header.type) || !icmp_is_query(header.type));

	uint8_t built[ICMP_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);

	icmp_header_build(&w, &header);
	must(!w.failed && memcmp(built, data, sizeof built) == 0);
	return 0;
}
