#include "fw/mss.h"

#include <netinet/in.h>

#include "fw/rule.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

#define MSS_OPTION_BYTES 4
#define IP4_TCP_BYTES    40 /* both headers without options: RFC 6691, 2 */

/* A reader over the options of @p when it is a SYN with its TCP header whole. */
static bool syn_options(const struct pkt *p, struct reader *ret_options)
{
	struct tcp_header tcp;

	if (p->arrived.proto != IPPROTO_TCP || (p->tcp_flags & TCP_SYN) == 0 ||
	    (p->fragment & IP4_OFFSET_MASK) != 0)
		return false;
	if (p->l4 < p->l3 || p->l4 > p->len || p->l3 + p->ip_bytes < p->l4)
		return false;

	/* A short frame is padded: what lies behind the IP packet is not the segment's. */
	uint32_t end = (uint32_t)p->l3 + p->ip_bytes;
	struct reader r = reader_over(p->bytes + p->l4, (end < p->len ? end : p->len) - p->l4);

	if (!tcp_header_parse(&r, &tcp))
		return false;
	*ret_options = reader_over(tcp.options, (size_t)tcp.header_bytes - TCP_HEADER_BYTES);
	return true;
}

/* The next MSS option's value, as an offset from the TCP header; 0 when there is none (more). */
static uint32_t next_mss_at(const struct pkt *p, struct reader *options)
{
	struct tcp_option option;
	bool bad = false;

	while (tcp_option_next(options, &option, &bad)) {
		if (option.kind == TCP_OPTION_MSS && option.len == MSS_OPTION_BYTES)
			return (uint32_t)(option.bytes + 2 - (p->bytes + p->l4));
	}
	return 0;
}

static uint16_t swap16(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

/* Write the value at @at (from the TCP header) and mend the checksum. */
static void put_mss(struct pkt *p, uint32_t at, uint16_t old, uint16_t mss)
{
	uint8_t *segment = p->bytes + p->l4;
	uint8_t *field = segment + TCP_AT_CHECKSUM;

	wire_put16(segment + at, mss);
	if (p->offload.needs_checksum)
		return; /* the field holds the pseudo-header's sum alone */

	/* At an odd place the value's bytes lie in the lower half of one word and the upper half of
	 * the next: in the sum it stands swapped (RFC 1071, 2 (B)). */
	if (at % 2 != 0) {
		old = swap16(old);
		mss = swap16(mss);
	}
	wire_put16(field, checksum_replace16(wire_get16(field), old, mss));
}

bool mss_lower(struct pkt *p, uint16_t mss)
{
	struct reader options;
	bool changed = false;

	if (mss == 0 || !syn_options(p, &options))
		return false;
	/* All of them: which of two options counts is the receiver's choice. */
	for (uint32_t at; (at = next_mss_at(p, &options)) != 0;) {
		uint16_t old = wire_get16(p->bytes + p->l4 + at);

		if (old > mss) {
			put_mss(p, at, old, mss);
			changed = true;
		}
	}
	return changed;
}

uint16_t mss_read(const struct pkt *p)
{
	struct reader options;

	if (!syn_options(p, &options))
		return 0;

	uint32_t at = next_mss_at(p, &options);

	return at != 0 ? wire_get16(p->bytes + p->l4 + at) : 0;
}

uint16_t mss_for(const struct pkt *p, uint16_t new_mss, uint32_t back_mtu_bytes)
{
	uint32_t mtu = p->route.mtu_bytes;

	if (new_mss != MSS_CLAMP_TO_PMTU)
		return new_mss;
	if (mtu == 0 || (back_mtu_bytes != 0 && back_mtu_bytes < mtu))
		mtu = back_mtu_bytes;
	if (mtu <= IP4_TCP_BYTES)
		return 0;
	mtu -= IP4_TCP_BYTES;
	return mtu < UINT16_MAX ? (uint16_t)mtu : UINT16_MAX;
}
