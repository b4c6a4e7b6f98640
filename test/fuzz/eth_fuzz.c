#include "fuzz.h"
#include "wire/eth.h"

/* A header whose type says so is followed by a tag. */
static void tag(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct eth_tag tag;

	if (!eth_tag_parse(&r, &tag)) {
		must(size < ETH_TAG_BYTES);
		return;
	}
	must(tag.id <= 0xfff && tag.priority <= 7);

	uint8_t built[ETH_TAG_BYTES];
	struct writer w = writer_over(built, sizeof built);

	eth_tag_build(&w, &tag);
	must(!w.failed && memcmp(built, data, sizeof built) == 0);
}

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
	tag(data + ETH_HEADER_BYTES, size - ETH_HEADER_BYTES);
	return 0;
}
