#include "fuzz.h"
#include "small_net.h"

#include <netinet/in.h>

#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"

enum {
	DATAGRAMS = 4, /* that fragments belong to */
	BYTES_MOST = 65536,
	FRAGMENTS_MOST = 300,
};

/* What arrived of each datagram: a naive record of bytes, to compare the whole with. */
struct datagram {
	uint8_t bytes[BYTES_MOST];
	bool have[BYTES_MOST];
};

struct fragment {
	unsigned which;
	uint32_t at, len;
	bool more, options;
	uint8_t fill;
};

/*
 * A fragment is 4 bytes: datagram, flags and how the length is meant; place; length; filling.
 * Often it goes on where the one before has ended.
 */
static struct fragment fragment_read(struct reader *r, const struct fragment *before)
{
	uint8_t how = read_u8(r), at = read_u8(r), len = read_u8(r);
	struct fragment f = { .which = how & 3,
		              .more = (how & 4) != 0,
		              .options = (how & 8) != 0,
		              .fill = read_u8(r) };

	f.at = (how & 16) != 0 ? before->at + before->len / 8 * 8 : at * 8U;
	if ((how & 32) != 0)
		f.at += 0xff00; /* near the end of what a datagram may be */
	f.at &= 0xfff8;
	f.len = (how & 64) != 0 ? len * 8U : len;
	if ((how & 128) != 0)
		f.len = (f.len + 7) / 8 * 8;
	if (f.len > 1400)
		f.len = 1400;
	return f;
}

/* Its frame into @bytes; returns its length. The data depends on place and filling only. */
static size_t frame_write(const struct fragment *f, uint8_t *bytes, size_t size)
{
	uint32_t options = f->options ? 8 : 0, header = IP4_HEADER_BYTES + options;
	struct writer w = writer_over(bytes, size);
	uint8_t *ip = bytes + ETH_HEADER_BYTES;

	memset(bytes, 0, size);
	eth_build(&w, &(struct eth_header){
			      { { 2, 0, 0, 0, 0, 1 } }, { { 2, 9, 9, 9, 9, 9 } }, ETH_TYPE_IP4 });
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = IP4_HEADER_BYTES,
	                                           .total_bytes = (uint16_t)(header + f->len),
	                                           .id = (uint16_t)f->which,
	                                           .ttl = 9,
	                                           .proto = IPPROTO_UDP,
	                                           .src = { 0xc0000207 },
	                                           .dst = { 0xc0000201 } });
	must(!w.failed);
	ip[0] = (uint8_t)(0x40 | header / 4);
	memset(ip + IP4_HEADER_BYTES, 1, options);
	wire_put16(ip + IP4_AT_FRAGMENT,
	           (uint16_t)(f->at / 8 | (f->more ? IP4_MORE_FRAGMENTS : 0)));
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header));
	for (uint32_t i = 0; i < f->len; i++)
		ip[header + i] = (uint8_t)(f->at / 8 + f->fill);
	return ETH_HEADER_BYTES + header + f->len;
}

/* Every byte of the whole came in one of its fragments. */
static void check_whole(const struct pkt *whole, const struct datagram *all)
{
	const struct datagram *d = &all[whole->ip_id];
	const uint8_t *payload = whole->bytes + whole->l4;

	must(whole->fragment == 0 && whole->ip_bytes == whole->len - whole->l3);
	must(ip4_header_checksum_ok(whole->bytes + whole->l3, whole->l4 - whole->l3));
	for (uint32_t i = 0; i < whole->len - whole->l4; i++)
		must(d->have[i] && (d->bytes[i] == payload[i] || d->bytes[i] == 0xff));
}

/* What is written twice with other bytes becomes 0xff: either may count. */
static void note(struct datagram *d, const struct fragment *f)
{
	uint8_t byte = (uint8_t)(f->at / 8 + f->fill);

	for (uint32_t i = f->at; i < f->at + f->len && i < BYTES_MOST; i++) {
		d->bytes[i] = d->have[i] && d->bytes[i] != byte ? 0xff : byte;
		d->have[i] = true;
	}
}

/* What the router would say of fragments that never came. */
static void own_forget(struct small_net *s)
{
	for (struct pkt *own; (own = net_own_take(s->net)) != NULL;)
		pkt_done(s->net, own);
}

static void take(struct small_net *s, struct datagram *all, const struct fragment *f)
{
	size_t size = PORT_HEADROOM_BYTES + 1600;
	uint8_t *memory = mem_new(size, 1), *bytes = memory + PORT_HEADROOM_BYTES;
	size_t len = frame_write(f, bytes, size - PORT_HEADROOM_BYTES);
	struct pkt p = small_frame(bytes, len), *whole = NULL;

	note(&all[f->which], f);
	if (ether_input(s->net, &p) == VERDICT_NEXT && ip4_input(s->net, &p) == VERDICT_NEXT &&
	    p.fragment != 0)
		whole = ip4_reassemble(s->net, &p);
	if (whole != NULL) {
		check_whole(whole, all);
		pkt_done(s->net, whole);
	}
	own_forget(s);
	/* Bounded: fragments that wait never have more than a quarter of the buffers. */
	must(pkt_pool_available(s->net->pool) >= pkt_pool_total(s->net->pool) / 4 * 3);
	mem_free(memory);
}

/* A sequence of fragments; some time passes between them. In the end nothing is held. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct datagram *all = mem_new(DATAGRAMS, sizeof *all);
	struct fragment f = { 0 };
	struct small_net s;

	small_net_make(&s);
	for (unsigned i = 0; i < FRAGMENTS_MOST && reader_left(&r) >= 4; i++) {
		f = fragment_read(&r, &f);
		take(&s, all, &f);
		s.net->now = mono_add_ms(s.net->now, f.fill * 10U);
		(void)ip4_reass_turn(s.net);
		own_forget(&s);
	}
	s.net->now = mono_add_ms(s.net->now, IP4_REASS_MS);
	must(ip4_reass_turn(s.net).ns == mono_never().ns);
	own_forget(&s);
	must(small_net_holds_nothing(&s));
	small_net_free(&s);
	mem_free(all);
	return 0;
}
