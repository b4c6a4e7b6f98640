#include "fuzz.h"
#include "small_net.h"

#include <netinet/in.h>

#include "fw/fw.h"
#include "fw/track.h"
#include "fw/translate.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

enum {
	FLOWS = 4,
	L3 = ETH_HEADER_BYTES,
	L4 = L3 + IP4_HEADER_BYTES,
	QUOTE = L4 + ICMP_HEADER_BYTES,
	MESSAGE_MOST = 1480,
};

static const uint8_t protos[FLOWS] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 47 };

/* Inside 10.0.0.2, outside 198.51.100.9; what leaves has 192.0.2.1 as its source. */
static struct tuple came(unsigned i)
{
	bool ports = protos[i] != 47;

	return (struct tuple){ { 0x0a000002 },
		               { 0xc6336409 },
		               ports ? 7 : 0,
		               protos[i] == IPPROTO_ICMP ? 7
		               : ports                   ? 80
		                                         : 0,
		               protos[i] };
}

static void flows_fill(struct fw *fw)
{
	for (unsigned i = 0; i < FLOWS; i++) {
		struct tuple in = came(i), out = in;

		out.src = (ip4){ 0xc0000201 };
		if (protos[i] != 47)
			out.sport = 1007;
		if (protos[i] == IPPROTO_ICMP)
			out.dport = 1007;
		must(flow_begin(fw->flows, fw->net, &in, &out, fw->net->now) == i);
	}
}

/* An error of @type from a router outside, about the quote that is in @frame already. */
static void message_write(uint8_t *frame, uint8_t type, ip4 dst, size_t len)
{
	struct writer w = writer_over(frame, L4);

	eth_build(&w, &(struct eth_header){
			      { { 2, 0, 0, 0, 0, 1 } }, { { 2, 9, 9, 9, 9, 9 } }, ETH_TYPE_IP4 });
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = IP4_HEADER_BYTES,
	                                           .total_bytes = (uint16_t)(QUOTE - L3 + len),
	                                           .ttl = 9,
	                                           .proto = IPPROTO_ICMP,
	                                           .src = { 0xcb007105 },
	                                           .dst = dst });
	must(!w.failed);
	frame[L4 + ICMP_AT_TYPE] = type;
	wire_put16(frame + L4 + ICMP_AT_CHECKSUM, checksum(frame + L4, QUOTE - L4 + len));
}

/* Both checksums are right, and nothing but the quote's addresses, ports and sums has changed. */
static void check(const struct pkt *p, const uint8_t *before)
{
	must(ip4_header_checksum_ok(p->bytes + L3, IP4_HEADER_BYTES));
	must(checksum(p->bytes + L4, p->len - L4) == 0);

	unsigned changed = 0;

	for (size_t i = QUOTE; i < p->len; i++)
		changed += p->bytes[i] != before[i];
	/* Its header's sum and addresses, its ports, its transport's sum. */
	must(changed <= 2 + 8 + 4 + 2);
}

/*
 * Where in a quoted packet its transport's checksum stands, when all that it covers is quoted; else
 * 0. *@ret_sum: what it comes to over everything, 0 when it is right.
 */
static size_t transport_sum(const uint8_t *quote, size_t len, uint16_t *ret_sum)
{
	struct reader r = reader_over(quote, len);
	struct ip4_header ip;
	size_t at = 0, bytes;
	uint32_t sum = 0;

	if (!ip4_header_parse(&r, &ip) || ip.total_bytes > len ||
	    ip.total_bytes < ip.header_bytes + TCP_HEADER_BYTES || ip.fragment != 0)
		return 0;
	bytes = (size_t)(ip.total_bytes - ip.header_bytes);
	if (ip.proto != IPPROTO_ICMP)
		sum = sum_pseudo(ip.src, ip.dst, ip.proto, (uint16_t)bytes);
	*ret_sum = sum_finish(sum_bytes(sum, quote + ip.header_bytes, bytes));
	if (ip.proto == IPPROTO_TCP)
		at = TCP_AT_CHECKSUM;
	else if (ip.proto == IPPROTO_UDP)
		at = UDP_AT_CHECKSUM;
	else if (ip.proto == IPPROTO_ICMP)
		at = ICMP_AT_CHECKSUM;
	return at != 0 ? ip.header_bytes + at : 0;
}

/* Have the quoted transport's checksum right. */
static void transport_mend(uint8_t *quote, size_t len)
{
	uint16_t sum;
	size_t at = transport_sum(quote, len, &sum);

	if (at == 0)
		return;
	wire_put16(quote + at, 0);
	(void)transport_sum(quote, len, &sum);
	wire_put16(quote + at, sum);
}

/* What was right in the quote is right for what the flow's sender once sent. */
static void check_quote(const struct pkt *p, const uint8_t *before)
{
	size_t len = p->len - QUOTE;
	size_t header = (p->bytes[QUOTE] & 0xfU) * 4;
	uint16_t old = 1, new = 1;
	size_t at = transport_sum(before + QUOTE, len, &old);

	if (header <= len && ip4_header_checksum_ok(before + QUOTE, header))
		must(ip4_header_checksum_ok(p->bytes + QUOTE, header));
	must(transport_sum(p->bytes + QUOTE, len, &new) == at);
	/* RFC 768: 0 is no checksum. */
	if (at != 0 && old == 0 && wire_get16(before + QUOTE + at) != 0)
		must(new == 0);
}

static void find_and_translate(struct fw *fw, struct pkt *p)
{
	uint8_t *before;

	track_find(fw, p, false);
	if (p->flow == FLOW_NONE)
		return;
	must(p->state == STATE_RELATED && p->flow < FLOWS);

	const struct flow *flow = flow_at(fw->flows, p->flow);

	before = mem_new(p->len, 1);
	memcpy(before, p->bytes, p->len);
	p->now.dst = flow_comes(flow, p->flow_dir ^ 1).src;
	translate_error(p, flow, p->flow_dir);
	check(p, before);
	check_quote(p, before);
	mem_free(before);
}

static void take(struct fw *fw, const uint8_t *data, size_t size)
{
	static const uint8_t types[] = { ICMP_UNREACHABLE, ICMP_TIME_EXCEEDED,
		                         ICMP_PARAMETER_PROBLEM, ICMP_REDIRECT };
	uint8_t *memory = mem_new(PORT_HEADROOM_BYTES + QUOTE + size - 1, 1);
	uint8_t *frame = memory + PORT_HEADROOM_BYTES;
	struct pkt p = small_frame(frame, QUOTE + size - 1);
	ip4 dst = { (data[0] & 4) != 0 ? 0xc6336409 : 0xc0000201 };

	if (size > 1)
		memcpy(frame + QUOTE, data + 1, size - 1);
	if ((data[0] & 8) != 0)
		transport_mend(frame + QUOTE, size - 1);
	message_write(frame, types[data[0] & 3], dst, size - 1);
	if (ether_input(fw->net, &p) == VERDICT_NEXT && ip4_input(fw->net, &p) == VERDICT_NEXT)
		find_and_translate(fw, &p);
	mem_free(memory);
}

/* Flags (type, to whom, whether the quote's transport checksum is mended), then the quote. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hash_key key = { 1, 2 };
	struct fw fw = { .timeouts = flow_timeouts_default() };
	struct small_net s;
	void *table;

	if (size < 1 || size > MESSAGE_MOST)
		return 0;
	table = mem_new_aligned(64, flows_bytes(FLOWS));
	small_net_make(&s);
	fw.net = s.net;
	fw.flows = flows_init(table, FLOWS, &key, s.net->now);
	flows_fill(&fw);
	take(&fw, data, size);
	flows_must_hold(fw.flows, fw.net);
	small_net_free(&s);
	mem_free(table);
	return 0;
}
