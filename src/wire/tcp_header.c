#include "wire/tcp_header.h"

#include "wire/option.h"

bool tcp_header_parse(struct reader *r, struct tcp_header *ret_header)
{
	struct tcp_header header;

	header.sport = read_u16(r);
	header.dport = read_u16(r);
	header.seq = read_u32(r);
	header.ack = read_u32(r);
	header.header_bytes = (uint8_t)((read_u8(r) >> 4) * 4);
	header.flags = read_u8(r);
	header.window = read_u16(r);
	header.checksum = read_u16(r);
	header.urgent = read_u16(r);
	if (r->failed || header.header_bytes < TCP_HEADER_BYTES)
		return false;
	header.options = reader_take(r, header.header_bytes - TCP_HEADER_BYTES);
	if (r->failed)
		return false;
	*ret_header = header;
	return true;
}

void tcp_header_build(struct writer *w, const struct tcp_header *header)
{
	write_u16(w, header->sport);
	write_u16(w, header->dport);
	write_u32(w, header->seq);
	write_u32(w, header->ack);
	write_u8(w, (uint8_t)(header->header_bytes / 4 << 4));
	write_u8(w, header->flags);
	write_u16(w, header->window);
	write_u16(w, header->checksum);
	write_u16(w, header->urgent);
}

bool tcp_option_next(struct reader *r, struct tcp_option *ret_option, bool *ret_bad)
{
	const uint8_t *bytes = option_take(r, ret_bad);

	if (bytes == NULL)
		return false;
	*ret_option = (struct tcp_option){ .kind = bytes[0], .len = bytes[1], .bytes = bytes };
	return true;
}

/* RFC 2018, 3: the blocks fill the option; @bytes counts what is behind kind and length. */
static void sacks_note(const uint8_t *value, uint32_t bytes, struct tcp_options *options)
{
	for (uint32_t at = 0; at + 8 <= bytes && options->sacks_n < TCP_SACKS_MAX; at += 8) {
		options->sacks[options->sacks_n++] =
			(struct tcp_sack){ .begin = wire_get32(value + at),
			                   .end = wire_get32(value + at + 4) };
	}
}

/* An option whose length is not its kind's tells nothing that could be relied on. */
static void option_note(const struct tcp_option *option, struct tcp_options *options)
{
	const uint8_t *value = option->bytes + 2;

	if (option->kind == TCP_OPTION_MSS && option->len == 4) { /* RFC 9293, 3.2 */
		options->has_mss = true;
		options->mss = wire_get16(value);
	} else if (option->kind == TCP_OPTION_WINDOW_SCALE && option->len == 3) {
		options->has_window_scale = true;
		options->window_scale =
			value[0] > TCP_WINDOW_SCALE_MAX ? TCP_WINDOW_SCALE_MAX : value[0];
	} else if (option->kind == TCP_OPTION_SACK_PERMITTED &&
	           option->len == 2) { /* RFC 2018, 2 */
		options->sack_permitted = true;
	} else if (option->kind == TCP_OPTION_TIMESTAMPS && option->len == 10) { /* RFC 7323, 3.2 */
		options->has_timestamps = true;
		options->timestamp = wire_get32(value);
		options->timestamp_echo = wire_get32(value + 4);
	} else if (option->kind == TCP_OPTION_SACK && option->len > 2 && option->len % 8 == 2) {
		sacks_note(value, option->len - 2U, options);
	}
}

void tcp_options_parse(const uint8_t *options, size_t len, struct tcp_options *ret_options)
{
	struct reader r = reader_over(options, len);
	struct tcp_option option;
	bool bad;

	*ret_options = (struct tcp_options){ 0 };
	while (tcp_option_next(&r, &option, &bad))
		option_note(&option, ret_options);
}
