#include "fuzz.h"
#include "wire/ip4_header.h"

/* The walk ends, each option lies inside the list, and they come in order without overlapping. */
static void walk_options(const uint8_t *options, size_t len)
{
	struct reader r = reader_over(options, len);
	const uint8_t *end = options;
	struct ip4_option option;
	uint32_t sum = 0;
	bool bad;

	while (ip4_option_next(&r, &option, &bad)) {
		must(!bad && option.len >= 2 && option.type > 1);
		must(option.bytes >= end && option.bytes + option.len <= options + len);
		must(option.bytes[0] == option.type && option.bytes[1] == option.len);
		end = option.bytes + option.len;
		for (size_t i = 0; i < option.len; i++)
			sum += option.bytes[i];
	}
	must(sum <= 255 * len);
	must(bad || reader_left(&r) == 0);
}

static void build_again(const uint8_t *data, const struct ip4_header *header)
{
	uint8_t built[IP4_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);

	ip4_header_build(&w, header);
	must(!w.failed && ip4_header_checksum_ok(built, sizeof built));
	must(memcmp(built + 1, data + 1, IP4_AT_CHECKSUM - 1) == 0);
	must(memcmp(built + IP4_AT_SRC, data + IP4_AT_SRC, 8) == 0);
	if (data[0] == 0x45 && ip4_header_checksum_ok(data, IP4_HEADER_BYTES) &&
	    header->checksum != 0xffff)
		must(wire_get16(built + IP4_AT_CHECKSUM) == header->checksum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct ip4_header header;

	if (ip4_header_parse(&r, &header)) {
		must(header.header_bytes >= IP4_HEADER_BYTES && header.header_bytes <= size);
		must(reader_left(&r) == size - header.header_bytes);
		must(header.options == data + IP4_HEADER_BYTES);
		walk_options(header.options, header.header_bytes - IP4_HEADER_BYTES);
		build_again(data, &header);
	}
	/* And the bytes as a list of options by themselves: longer than a header could hold. */
	walk_options(data, size);
	return 0;
}
