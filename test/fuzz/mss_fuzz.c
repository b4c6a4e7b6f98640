#include "fuzz.h"

#include <netinet/in.h>
#include <string.h>

#include "fw/mss.h"
#include "lib/mem.h"
#include "wire/checksum.h"
#include "wire/tcp_header.h"

enum {
	MSS_BYTES = 2,
	L3 = 14,
	L4 = 34,
};

static uint16_t segment_sum(const struct pkt *p)
{
	uint16_t bytes = (uint16_t)(p->len - L4);
	uint32_t sum = sum_pseudo(p->arrived.src, p->arrived.dst, IPPROTO_TCP, bytes);

	return sum_finish(sum_bytes(sum, p->bytes + L4, bytes));
}

static bool in_checksum(size_t at)
{
	return at == L4 + TCP_AT_CHECKSUM || at == L4 + TCP_AT_CHECKSUM + 1;
}

/* The options as the parser sees them. Is @at within the value of an MSS option? */
static bool in_mss(const uint8_t *bytes, size_t len, size_t at)
{
	struct reader r = reader_over(bytes + L4, len - L4);
	struct tcp_header tcp;
	struct tcp_option option;
	struct reader options;
	bool bad;

	if (!tcp_header_parse(&r, &tcp))
		return false;
	options = reader_over(tcp.options, (size_t)tcp.header_bytes - TCP_HEADER_BYTES);
	while (tcp_option_next(&options, &option, &bad)) {
		size_t value = (size_t)(option.bytes - bytes) + 2;

		if (option.kind == TCP_OPTION_MSS && option.len == 4 &&
		    (at == value || at == value + 1))
			return true;
	}
	return false;
}

static void check(const struct pkt *p, const uint8_t *before, uint16_t old, uint16_t mss)
{
	bool changed = false;

	for (size_t i = 0; i < p->len; i++) {
		if (p->bytes[i] == before[i])
			continue;
		must(in_checksum(i) || in_mss(before, p->len, i));
		changed |= !in_checksum(i);
	}
	must(mss == 0 || old == 0 || mss_read(p) == (old < mss ? old : mss));
	must(changed || memcmp(p->bytes, before, p->len) == 0);
}

/* An MSS, then a segment: its checksum is made right, and must stay so. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pkt p = { .l3 = L3,
		         .l4 = L4,
		         .arrived = { { 0x0a000001 }, { 0xc0000202 }, .proto = IPPROTO_TCP } };
	uint16_t mss, old;
	uint8_t *before;

	if (size < MSS_BYTES || size > 2000)
		return 0;
	mss = wire_get16(data);
	p.len = (uint32_t)(L4 + size - MSS_BYTES);
	p.ip_bytes = (uint16_t)(p.len - L3);
	p.bytes = mem_new(p.len, 1);
	before = mem_new(p.len, 1);
	memcpy(p.bytes + L4, data + MSS_BYTES, size - MSS_BYTES);
	if (size - MSS_BYTES >= TCP_HEADER_BYTES) {
		p.tcp_flags = p.bytes[L4 + TCP_AT_FLAGS];
		wire_put16(p.bytes + L4 + TCP_AT_CHECKSUM, 0);
		wire_put16(p.bytes + L4 + TCP_AT_CHECKSUM, segment_sum(&p));
		must(segment_sum(&p) == 0);
	}
	memcpy(before, p.bytes, p.len);
	old = mss_read(&p);
	must(mss_lower(&p, mss) == (memcmp(p.bytes, before, p.len) != 0));
	check(&p, before, old, mss);
	must(size - MSS_BYTES < TCP_HEADER_BYTES || segment_sum(&p) == 0);
	mem_free(p.bytes);
	mem_free(before);
	return 0;
}
