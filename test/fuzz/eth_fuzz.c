#include "fuzz.h"
#include "wire/eth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct eth_header header;

	if (!eth_parse(&r, &header)) {
		must(size < ETH_HEADER_BYTES);
		return 0;
	}
	must(reader_left(&r) == size - ETH_HEADER_BYTES);

	uint8_t built[ETH_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);

	eth_build(&w, &header);
	must(!w.failed && memcmp(built, data, sizeof built) == 0);
	return 0;
}
