#include "sim/frame.h"

#include <netinet/in.h>
#include <string.h>

#include "core/offload.h"
#include "lib/mem.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

struct frame *frame_new(const uint8_t *bytes, uint32_t len, const struct offload *offload)
{
	struct frame *frame = mem_new(1, sizeof *frame + PORT_HEADROOM_BYTES + len);

	frame->len = len;
	if (offload != NULL)
		frame->offload = *offload;
	if (len > 0)
		memcpy(frame_bytes(frame), bytes, len);
	return frame;
}

void frame_free(struct frame *frame)
{
	mem_free(frame);
}

uint8_t *frame_bytes(struct frame *frame)
{
	return frame->memory + PORT_HEADROOM_BYTES;
}

const uint8_t *frame_bytes_const(const struct frame *frame)
{
	return frame->memory + PORT_HEADROOM_BYTES;
}

bool frame_equal(const struct frame *a, const struct frame *b)
{
	const struct offload *x = &a->offload, *y = &b->offload;

	return a->len == b->len &&
	       memcmp(frame_bytes_const(a), frame_bytes_const(b), a->len) == 0 &&
	       x->needs_checksum == y->needs_checksum && x->checked == y->checked &&
	       x->ecn == y->ecn && x->gso_type == y->gso_type && x->gso_bytes == y->gso_bytes &&
	       x->checksum_start == y->checksum_start && x->checksum_offset == y->checksum_offset &&
	       x->header_bytes == y->header_bytes;
}

void frame_queue_put(struct frame_queue *queue, struct frame *frame)
{
	frame->next = NULL;
	if (queue->last != NULL)
		queue->last->next = frame;
	else
		queue->first = frame;
	queue->last = frame;
	queue->n++;
}

struct frame *frame_queue_take(struct frame_queue *queue)
{
	struct frame *frame = queue->first;

	if (frame == NULL)
		return NULL;
	queue->first = frame->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->n--;
	frame->next = NULL;
	return frame;
}

void frame_queue_clear(struct frame_queue *queue)
{
	struct frame *frame;

	while ((frame = frame_queue_take(queue)) != NULL)
		frame_free(frame);
}

/* The whole transport checksum over @len bytes at @l4. */
static bool l4_is_right(const struct ip4_header *ip, const uint8_t *l4, uint32_t len)
{
	uint32_t sum = 0;

	if (ip->proto == IPPROTO_UDP && len >= UDP_HEADER_BYTES &&
	    wire_get16(l4 + UDP_AT_CHECKSUM) == 0)
		return true; /* RFC 768: there is none */
	if (ip->proto != IPPROTO_ICMP)
		sum = sum_pseudo(ip->src, ip->dst, ip->proto, (uint16_t)len);
	return sum_finish(sum_bytes(sum, l4, len)) == 0;
}

static const char *l4_fault(struct frame *frame, const struct ip4_header *ip, uint32_t l4_at)
{
	uint32_t len = ip->total_bytes - ip->header_bytes;
	uint8_t *bytes = frame_bytes(frame);

	if ((ip->fragment & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK)) != 0)
		return NULL;
	if (ip->proto != IPPROTO_TCP && ip->proto != IPPROTO_UDP && ip->proto != IPPROTO_ICMP)
		return NULL;
	if (frame->offload.gso_type != GSO_NONE && !frame->offload.needs_checksum)
		return "a GSO frame with a checksum that is said to be whole";
	if (!offload_finish_checksum(bytes, frame->len, &frame->offload))
		return "its partial checksum points outside";
	return l4_is_right(ip, bytes + l4_at, len) ? NULL : "its transport checksum is wrong";
}

/* The header that an ICMP error quotes has a checksum of its own. */
static const char *quote_fault(const struct ip4_header *ip, const uint8_t *l4, uint32_t len)
{
	struct ip4_header quoted;
	struct reader r;

	if (ip->proto != IPPROTO_ICMP || (ip->fragment & IP4_OFFSET_MASK) != 0 ||
	    len < ICMP_HEADER_BYTES || !icmp_is_error(l4[ICMP_AT_TYPE]))
		return NULL;
	r = reader_over(l4 + ICMP_HEADER_BYTES, len - ICMP_HEADER_BYTES);
	if (!ip4_header_parse(&r, &quoted))
		return NULL;
	return ip4_header_checksum_ok(l4 + ICMP_HEADER_BYTES, quoted.header_bytes)
	               ? NULL
	               : "the header that it quotes has a wrong checksum";
}

/* The transport checksum of what is on a source route is one for its last destination, which the
 * senders of a simulation do not care for. */
static bool is_source_routed(const struct ip4_header *ip)
{
	struct reader r = reader_over(ip->options, ip->header_bytes - IP4_HEADER_BYTES);
	struct ip4_option option;
	bool bad;

	while (ip4_option_next(&r, &option, &bad)) {
		if (option.type == IP4_OPTION_LSRR || option.type == IP4_OPTION_SSRR)
			return true;
	}
	return false;
}

static const char *ip4_fault(struct frame *frame, bool l4)
{
	const uint8_t *ip_at = frame_bytes(frame) + ETH_HEADER_BYTES;
	uint32_t have = frame->len - ETH_HEADER_BYTES;
	struct reader r = reader_over(ip_at, have);
	struct ip4_header ip;
	const char *fault;

	if (!ip4_header_parse(&r, &ip) || ip.version != 4)
		return "its IPv4 header does not parse";
	if (!ip4_header_checksum_ok(ip_at, ip.header_bytes))
		return "its IPv4 header's checksum is wrong";
	if (ip.total_bytes < ip.header_bytes || ip.total_bytes > have)
		return "its IPv4 length is wrong";
	if (!l4 || is_source_routed(&ip))
		return NULL;
	fault = quote_fault(&ip, ip_at + ip.header_bytes, ip.total_bytes - ip.header_bytes);
	return fault != NULL ? fault : l4_fault(frame, &ip, ETH_HEADER_BYTES + ip.header_bytes);
}

const char *frame_fault(const struct frame *frame, bool l4)
{
	const uint8_t *bytes = frame_bytes_const(frame);
	struct frame *copy;
	const char *fault;

	if (frame->len < ETH_HEADER_BYTES || wire_get16(bytes + 12) != ETH_TYPE_IP4)
		return NULL;
	copy = frame_new(bytes, frame->len, &frame->offload);
	fault = ip4_fault(copy, l4);
	frame_free(copy);
	return fault;
}
