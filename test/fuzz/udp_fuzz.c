#include "fuzz.h"
#include "wire/udp_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct udp_header header;

	if (!udp_header_parse(&r, &header)) {
		must(size < UDP_HEADER_BYTES);
		return 0;
	}
	must(reader_left(&r) == size - UDP_HEADER_BYTES);

	uint8_t built[UDP_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);

	udp_header_build(&w, &header);
	must(!w.failed && memcmp(built, data, sizeof built) == 0);
	return 0;
}
