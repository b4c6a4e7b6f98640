#include "fuzz.h"
#include "wire/tcp_header.h"

/* The walk ends, each option lies inside the list, and they come in order without overlapping. */
static bool walk_options(const uint8_t *options, size_t len)
{
	struct reader r = reader_over(options, len);
	const uint8_t *end = options;
	struct tcp_option option;
	bool has_mss = false;
	uint32_t sum = 0;
	bool bad;

	while (tcp_option_next(&r, &option, &bad)) {
		must(!bad && option.len >= 2 && option.kind > TCP_OPTION_NOP);
		must(option.bytes >= end && option.bytes + option.len <= options + len);
		must(option.bytes[0] == option.kind && option.bytes[1] == option.len);
		end = option.bytes + option.len;
		has_mss |= option.kind == TCP_OPTION_MSS && option.len == 4;
		for (size_t i = 0; i < option.len; i++)
			sum += option.bytes[i];
	}
	must(sum <= 255 * len);
	must(bad || reader_left(&r) == 0);
	return has_mss;
}

static void check_options(const uint8_t *bytes, size_t len)
{
	struct tcp_options options;

	tcp_options_parse(bytes, len, &options);
	must(options.has_mss == walk_options(bytes, len));
	must(options.window_scale <= 14);
	must(options.has_mss || options.mss == 0);
	must(options.has_window_scale || options.window_scale == 0);
	must(options.has_timestamps || (options.timestamp | options.timestamp_echo) == 0);
}

static void build_again(const uint8_t *data, const struct tcp_header *header)
{
	uint8_t built[TCP_HEADER_BYTES];
	struct writer w = writer_over(built, sizeof built);

	tcp_header_build(&w, header);
	must(!w.failed);
	/* The four reserved bits are sent as zero whatever came in (RFC 9293, 3.1). */
	built[TCP_AT_OFFSET] |= data[TCP_AT_OFFSET] & 0x0f;
	must(memcmp(built, data, sizeof built) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct tcp_header header;

	if (tcp_header_parse(&r, &header)) {
		must(header.header_bytes >= TCP_HEADER_BYTES && header.header_bytes <= size);
		must(reader_left(&r) == size - header.header_bytes);
		must(header.options == data + TCP_HEADER_BYTES);
		check_options(header.options, header.header_bytes - TCP_HEADER_BYTES);
		build_again(data, &header);
	}
	/* And the bytes as a list of options by themselves: longer than a header could hold. */
	check_options(data, size);
	return 0;
}
