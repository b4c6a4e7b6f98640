#include "sim/traffic.h"

#include <netinet/in.h>
#include <string.h>

#include "lib/mem.h"
#include "sim/noise.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

#define IP(a, b, c, d) ((ip4){ (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d) })

enum {
	TRAFFIC_BUSY = 6, /* talks */
	OWN_TTL = 64,
	PLAIN_TTL = 128
};

struct traffic *traffic_new(struct sim_random *random, const struct start *start)
{
	struct traffic *t = mem_new(1, sizeof *t);

	t->random = random;
	t->next_id = start->ip_id;
	t->first_seq = start->tcp_seq;
	for (uint32_t i = 0; i < sizeof t->payload; i++)
		t->payload[i] = (uint8_t)(i * 7 + (i >> 8));
	return t;
}

void traffic_free(struct traffic *traffic)
{
	mem_free(traffic);
}

/* --- who talks to whom --- */

static ip4 draw_inside(struct sim_random *r, unsigned port)
{
	return port == 1 ? IP(192, 168, 88, 2 + sim_random_below(r, 7))
	                 : IP(10, 0, 3, 2 + sim_random_below(r, 5));
}

static ip4 draw_outside(struct sim_random *r)
{
	switch (sim_random_below(r, 6)) {
	case 0:
		return IP(203, 0, 113, 9);
	case 1:
		return IP(198, 51, 100, 9);
	case 2:
		return IP(198, 18, 0, 1 + sim_random_below(r, 4));
	default:
		return IP(192, 0, 2, 8 + sim_random_below(r, 6));
	}
}

static ip4 draw_odd_target(struct sim_random *r)
{
	static const ip4 odd[] = {
		IP(192, 168, 88, 255), IP(255, 255, 255, 255), IP(224, 0, 0, 5), IP(240, 0, 0, 1),
		IP(192, 168, 88, 0),   IP(127, 0, 0, 1),       IP(0, 0, 0, 0),   IP(172, 16, 0, 1),
	};

	return odd[sim_random_below(r, ARRAY_LEN(odd))];
}

static ip4 draw_router(struct sim_random *r)
{
	static const ip4 own[] = { IP(203, 0, 113, 2), IP(203, 0, 113, 2), IP(203, 0, 113, 3),
		                   IP(192, 168, 88, 1), IP(198, 51, 100, 2) };

	return own[sim_random_below(r, ARRAY_LEN(own))];
}

static ip4 draw_target(struct sim_random *r, bool from_inside)
{
	uint32_t kind = sim_random_below(r, 100);
	unsigned port = 1 + sim_random_below(r, 2);

	if (kind < 3)
		return draw_odd_target(r);
	if (kind < (from_inside ? 15 : 70))
		return draw_router(r);
	if (kind < (from_inside ? 30 : 90))
		return draw_inside(r, port);
	return draw_outside(r);
}

static uint8_t draw_protocol(struct sim_random *r)
{
	uint32_t kind = sim_random_below(r, 100);

	if (kind < 45)
		return IPPROTO_TCP;
	if (kind < 75)
		return IPPROTO_UDP;
	return kind < 95 ? IPPROTO_ICMP : IPPROTO_GRE;
}

static void draw_ports(struct sim_random *r, struct tuple *t)
{
	static const uint16_t servers[] = { 53, 80, 443, 2222, 8080 };
	static const uint16_t clients[] = { 500, 1024, 40000, 40001, 65535 };

	if (t->proto == IPPROTO_ICMP) {
		/* Identifier 0 is one like any other; errors have none. */
		t->sport = t->dport = (uint16_t)sim_random_below(r, 4);
		return;
	}
	if (t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP)
		return;
	t->sport = clients[sim_random_below(r, ARRAY_LEN(clients))];
	t->dport = servers[sim_random_below(r, ARRAY_LEN(servers))];
}

static struct talk *talk_begin(struct traffic *traffic)
{
	struct sim_random *r = traffic->random;
	struct talk *talk = &traffic->talks[sim_random_below(r, TRAFFIC_TALKS)];
	bool inside = sim_random_chance(r, 7000);
	uint32_t side = sim_random_below(r, 2);
	struct talk_end *first = &talk->ends[0];
	struct tuple t = { 0 };

	*talk = (struct talk){ .used = true };
	first->port = (uint8_t)(inside ? 1 + side : side * 3);
	t.src = inside ? draw_inside(r, first->port) : draw_outside(r);
	t.dst = draw_target(r, inside);
	t.proto = draw_protocol(r);
	draw_ports(r, &t);
	if (sim_random_chance(r, 100)) { /* a host that talks to itself, through us */
		t.dst = t.src;
		t.dport = t.sport;
	}
	first->sends = t;
	first->known = true;
	first->seq = traffic->first_seq + sim_random_below(r, 65536);
	talk->ends[1].seq = traffic->first_seq + sim_random_below(r, 65536);
	return talk;
}

/* A few talk most of the time: only then is there something to replay between two changes. */
static struct talk *talk_draw(struct traffic *traffic)
{
	struct sim_random *r = traffic->random;
	uint32_t busy = sim_random_chance(r, 7000) ? TRAFFIC_BUSY : TRAFFIC_TALKS;

	for (unsigned i = 0; i < 8 && !sim_random_chance(r, 300); i++) {
		struct talk *talk = &traffic->talks[sim_random_below(r, busy)];

		if (talk->used)
			return talk;
	}
	return talk_begin(traffic);
}

/* --- what they say --- */

/* The flags of an orderly connection, step by step, and by whom. */
static const struct {
	uint8_t dir, flags;
} tcp_steps[] = {
	{ 0, TCP_SYN },           { 1, TCP_SYN | TCP_ACK }, { 0, TCP_ACK },
	{ 0, TCP_ACK | TCP_PSH }, { 1, TCP_ACK },           { 1, TCP_ACK | TCP_PSH },
	{ 0, TCP_ACK },           { 0, TCP_ACK },           { 1, TCP_ACK | TCP_PSH },
	{ 0, TCP_ACK | TCP_PSH }, { 1, TCP_ACK },           { 0, TCP_ACK | TCP_PSH },
	{ 1, TCP_ACK | TCP_PSH }, { 0, TCP_ACK },           { 0, TCP_FIN | TCP_ACK },
	{ 1, TCP_ACK },           { 1, TCP_FIN | TCP_ACK }, { 0, TCP_ACK },
};

static const uint8_t odd_flags[] = {
	TCP_SYN, TCP_RST, TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK,           TCP_SYN | TCP_ACK,
	TCP_ACK, 0,       TCP_SYN | TCP_FIN, TCP_ACK | TCP_URG | TCP_PSH, TCP_SYN | TCP_RST,
	TCP_FIN,
};

static unsigned draw_tcp(struct traffic *traffic, struct talk *talk, struct draft *d)
{
	struct sim_random *r = traffic->random;
	unsigned dir = sim_random_below(r, 2);

	if (sim_random_chance(r, 8500)) {
		dir = tcp_steps[talk->tcp_step].dir;
		d->tcp_flags = tcp_steps[talk->tcp_step].flags;
		/* In the middle of it most connections stay for long. */
		if (talk->tcp_step == 10 && sim_random_chance(r, 7000))
			talk->tcp_step = 5;
		else if (talk->ends[dir].known)
			talk->tcp_step = (uint8_t)((talk->tcp_step + 1) % ARRAY_LEN(tcp_steps));
	} else {
		d->tcp_flags = odd_flags[sim_random_below(r, ARRAY_LEN(odd_flags))];
	}
	d->seq = talk->ends[dir].seq;
	d->ack = talk->ends[dir ^ 1].seq;
	if ((d->tcp_flags & TCP_PSH) != 0)
		d->payload_bytes = 1 + sim_random_below(r, 300);
	if ((d->tcp_flags & TCP_SYN) != 0 && sim_random_chance(r, 8000))
		d->mss = (uint16_t)(500 + sim_random_below(r, 9000));
	talk->ends[dir].seq += d->payload_bytes + ((d->tcp_flags & (TCP_SYN | TCP_FIN)) != 0);
	return dir;
}

static unsigned draw_icmp(struct traffic *traffic, struct draft *d)
{
	static const uint8_t odd[] = { ICMP_TIMESTAMP, ICMP_TIMESTAMP_REPLY, 9, 17, 42,
		                       ICMP_ECHO_REPLY };
	struct sim_random *r = traffic->random;
	unsigned dir = sim_random_below(r, 2);

	d->icmp_type = dir == 0 ? ICMP_ECHO : ICMP_ECHO_REPLY;
	if (sim_random_chance(r, 500))
		d->icmp_type = odd[sim_random_below(r, ARRAY_LEN(odd))];
	d->icmp_low = (uint16_t)sim_random_below(r, 100);
	d->payload_bytes = sim_random_below(r, 100);
	return dir;
}

/* An end, or somebody on the way to it, complains about what came last. */
static bool make_error(struct traffic *traffic, struct talk *talk, unsigned dir, struct draft *d)
{
	static const struct {
		uint8_t type, code;
	} errors[] = {
		{ ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE },
		{ ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED },
		{ ICMP_TIME_EXCEEDED, ICMP_TTL_IN_TRANSIT },
		{ ICMP_PARAMETER_PROBLEM, 0 },
		{ ICMP_SOURCE_QUENCH, 0 },
	};
	struct sim_random *r = traffic->random;
	struct talk_end *end = &talk->ends[dir];
	uint32_t which = sim_random_below(r, ARRAY_LEN(errors));
	uint32_t bytes = end->quote_bytes;

	if (bytes < IP4_HEADER_BYTES + 8)
		return false;
	if (sim_random_chance(r, 6000)) /* RFC 792: the header and 8 bytes; or any length */
		bytes = sim_random_chance(r, 5000) ? IP4_HEADER_BYTES + 8
		                                   : sim_random_below(r, bytes);
	memcpy(traffic->bytes, end->quote, bytes);
	d->payload = end->quote;
	d->payload_bytes = bytes;
	d->tuple.proto = IPPROTO_ICMP;
	d->tuple.sport = d->tuple.dport = 0;
	d->icmp_type = errors[which].type;
	d->icmp_code = errors[which].code;
	d->icmp_low = which == 1 ? 1280 : 0;
	if (sim_random_chance(r, 3000))
		d->tuple.src = scene_is_wan(end->port) ? IP(192, 0, 2, 200) : IP(10, 0, 3, 200);
	return true;
}

/* --- how it goes out --- */

static void draw_size(struct traffic *traffic, struct draft *d)
{
	struct sim_random *r = traffic->random;
	uint32_t kind = sim_random_below(r, 100);

	d->dont_fragment = sim_random_chance(r, 5000);
	d->sum = sim_random_chance(r, 3000) ? DRAFT_SUM_PARTIAL : DRAFT_SUM_WHOLE;
	if (sim_random_chance(r, 1000))
		d->sum = DRAFT_SUM_NONE;
	if (kind < 4) {
		d->payload_bytes = 1300 + sim_random_below(r, 150);
	} else if (kind < 6) {
		d->payload_bytes = 1460 + sim_random_below(r, 3000);
	} else if (kind < 12 && (d->tuple.proto == IPPROTO_TCP || d->tuple.proto == IPPROTO_UDP) &&
	           (d->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0) {
		d->payload_bytes = 3000 + sim_random_below(r, 20000);
		/* Segments that do not fit and have no DF become fragments. */
		d->gso_bytes = (uint16_t)(500 + sim_random_below(r, 1000));
		d->sum = DRAFT_SUM_PARTIAL;
	}
}

/* Sound ones, damaged ones, and source routes by way of the router. */
static void draw_options(struct sim_random *r, struct draft *d)
{
	static const uint8_t sets[][12] = {
		{ 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 148, 4, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0 },
		{ 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 7, 11, 12, 1, 1, 1, 1, 2, 2, 2, 2, 0 },
		{ 68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 68, 12, 5, 3, 192, 168, 88, 1, 0, 0, 0, 0 },
		{ 68, 12, 13, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 131, 11, 4, 192, 0, 2, 9, 203, 0, 113, 9, 0 },
		{ 137, 7, 4, 203, 0, 113, 9, 0, 0, 0, 0, 0 },
		{ 131, 7, 8, 203, 0, 113, 9, 0, 0, 0, 0, 0 },
		{ 7, 99, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ 7, 11, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	};

	d->options = sets[sim_random_below(r, ARRAY_LEN(sets))];
	d->options_bytes = sizeof sets[0];
}

/* Now and then something is not as it should be. False: what comes out can't be foretold. */
static bool draw_oddity(struct traffic *traffic, struct draft *d, bool *ret_sound)
{
	struct sim_random *r = traffic->random;

	*ret_sound = true;
	if (!sim_random_chance(r, 800))
		return true;
	switch (sim_random_below(r, 8)) {
	case 0:
		d->ttl = (uint8_t)sim_random_below(r, 3);
		break;
	case 1:
		draw_options(r, d);
		break;
	case 2:
		memset(d->dst_mac.b, 0xff, 6);
		break;
	case 3:
		d->dst_mac.b[4] = 0x77;
		break;
	case 4:
		d->sum = d->gso_bytes == 0 ? DRAFT_SUM_WRONG : d->sum;
		*ret_sound = d->gso_bytes != 0;
		break;
	case 5:
		d->tos = (uint8_t)sim_random_below(r, 256);
		break;
	case 6:
		d->tuple.src = draw_router(r); /* a lie */
		break;
	default:
		d->ttl = 2;
		break;
	}
	return false;
}

/* Never 0: what came with that may leave with another identification, when its DF is cleared
 * (RFC 6864, 4.3), and its note would not be found. */
static struct traffic_note *note_new(struct traffic *traffic, struct draft *d)
{
	struct traffic_note *note;

	if (traffic->next_id == 0)
		traffic->next_id++;
	note = &traffic->notes[traffic->next_id];
	d->id = traffic->next_id++;
	*note = (struct traffic_note){
		.used = true, .talk = TRAFFIC_TALKS, .step = traffic->step, .sound = true
	};
	return note;
}

/* A frame that is cut on its way leaves as several, whose identifications count up from its own. */
static void skip_ids(struct traffic *traffic, const struct draft *d)
{
	if (d->gso_bytes == 0)
		return;
	for (uint32_t at = d->gso_bytes; at < d->payload_bytes; at += d->gso_bytes)
		traffic->notes[traffic->next_id++].used = false;
}

static void put(struct traffic *traffic, struct twin *twin, unsigned port, struct draft *d,
                struct traffic_note *note)
{
	struct offload offload;
	uint32_t len = draft_build(d, traffic->bytes, sizeof traffic->bytes, &offload);

	if (len == 0)
		return;
	skip_ids(traffic, d);
	note->port = (uint8_t)port;
	if (offload.gso_type == GSO_NONE && !offload.needs_checksum && d->payload_bytes >= 16 &&
	    sim_random_chance(traffic->random, 300)) {
		note->plain = false;
		noise_fragments(traffic->random, twin, port, traffic->bytes, len);
		return;
	}
	twin_put(twin, port, traffic->bytes, len, &offload);
	if (sim_random_chance(traffic->random, 100)) /* networks do that */
		twin_put(twin, port, traffic->bytes, len, &offload);
}

/* What the talk says next, and from which end. */
static bool draw_words(struct traffic *traffic, struct talk *talk, struct draft *d,
                       unsigned *ret_dir, bool *ret_error)
{
	uint8_t proto = talk->ends[0].sends.proto;

	d->payload = traffic->payload;
	if (proto == IPPROTO_TCP) {
		*ret_dir = draw_tcp(traffic, talk, d);
	} else if (proto == IPPROTO_ICMP) {
		*ret_dir = draw_icmp(traffic, d);
	} else {
		*ret_dir = sim_random_below(traffic->random, 2);
		d->payload_bytes = sim_random_below(traffic->random, 200);
	}
	if (!talk->ends[*ret_dir].known)
		return false;
	d->tuple = talk->ends[*ret_dir].sends;
	*ret_error =
		sim_random_chance(traffic->random, 400) && make_error(traffic, talk, *ret_dir, d);
	if (!*ret_error)
		draw_size(traffic, d);
	return true;
}

/* More of the same: segments in a row, as a download has them. */
static void put_train(struct traffic *traffic, struct twin *twin, struct talk *talk,
                      const struct traffic_note *first, struct draft *d)
{
	uint32_t more = 1 + sim_random_below(traffic->random, 8);

	for (uint32_t i = 0; i < more; i++) {
		struct traffic_note *note;

		d->seq += d->payload_bytes;
		talk->ends[first->dir].seq = d->seq + d->payload_bytes;
		if (i + 1 == more && sim_random_chance(traffic->random, 5000))
			d->tcp_flags |= TCP_PSH;
		note = note_new(traffic, d);
		*note = *first;
		put(traffic, twin, first->port, d, note);
	}
}

static bool begins_train(struct traffic *traffic, struct draft *d, bool plain)
{
	if (!plain || d->tuple.proto != IPPROTO_TCP || d->gso_bytes != 0 || d->payload_bytes == 0 ||
	    (d->tcp_flags & ~TCP_PSH) != TCP_ACK || !sim_random_chance(traffic->random, 3000))
		return false;
	d->tcp_flags = TCP_ACK;
	return true;
}

static void talk_on(struct traffic *traffic, struct scene *scene, struct twin *twin)
{
	struct talk *talk = talk_draw(traffic);
	struct draft d = { .ttl = PLAIN_TTL };
	struct traffic_note *note;
	unsigned dir, port;
	bool error, sound, plain, trains;

	if (!draw_words(traffic, talk, &d, &dir, &error))
		return;
	port = talk->ends[dir].port;
	d.dst_mac = twin->fast.ports[port].port.mac;
	d.src_mac = scene_mac(scene, port, d.tuple.src);
	plain = draw_oddity(traffic, &d, &sound);
	note = note_new(traffic, &d);
	note->talk = (uint8_t)(talk - traffic->talks);
	note->dir = (uint8_t)dir;
	note->mss = d.mss;
	note->tuple = d.tuple;
	note->related = error;
	note->sound = sound;
	note->plain =
		plain && !error && (d.tuple.proto != IPPROTO_ICMP || icmp_is_query(d.icmp_type));
	trains = !error && begins_train(traffic, &d, plain);
	put(traffic, twin, port, &d, note);
	if (trains)
		put_train(traffic, twin, talk, note, &d);
}

void traffic_send(struct traffic *traffic, struct scene *scene, struct twin *twin)
{
	if (sim_random_chance(traffic->random, 9700)) {
		talk_on(traffic, scene, twin);
		return;
	}

	struct draft d = { 0 };
	struct traffic_note *note = note_new(traffic, &d);

	note->sound = false;
	noise_put(traffic->random, scene, twin, d.id);
}

/* --- what came out --- */

static void answer_arp(struct traffic *traffic, struct scene *scene, struct twin *twin,
                       unsigned port, const struct frame *frame)
{
	struct reader r = reader_over(frame_bytes_const(frame) + ETH_HEADER_BYTES,
	                              frame->len - ETH_HEADER_BYTES);
	const struct scene_host *host;
	struct arp arp, reply;
	uint32_t len;

	if (!arp_parse(&r, &arp) || arp.operation != ARP_REQUEST)
		return;
	host = scene_host_find(scene, port, arp.target_ip);
	if (host == NULL || !host->there)
		return;
	reply = (struct arp){ .operation = ARP_REPLY,
		              .sender_mac = host->mac,
		              .sender_ip = host->addr,
		              .target_mac = arp.sender_mac,
		              .target_ip = arp.sender_ip };
	len = draft_arp(&reply, &arp.sender_mac, traffic->bytes, sizeof traffic->bytes);
	twin_put(twin, port, traffic->bytes, len, NULL);
}

/* The tuple of what stands at @ip, if it is whole or a first piece. */
static bool tuple_of(const uint8_t *ip, uint32_t len, struct tuple *ret_tuple)
{
	struct reader r = reader_over(ip, len);
	struct ip4_header header;

	if (!ip4_header_parse(&r, &header) || (header.fragment & IP4_OFFSET_MASK) != 0)
		return false;
	*ret_tuple = (struct tuple){ .src = header.src, .dst = header.dst, .proto = header.proto };
	if (header.proto == IPPROTO_TCP || header.proto == IPPROTO_UDP) {
		ret_tuple->sport = read_u16(&r);
		ret_tuple->dport = read_u16(&r);
	} else if (header.proto == IPPROTO_ICMP) {
		uint8_t type = read_u8(&r);

		read_skip(&r, 3);
		if (icmp_is_query(type))
			ret_tuple->sport = ret_tuple->dport = read_u16(&r);
	}
	return !r.failed;
}

static void talk_learn(struct traffic *traffic, const struct traffic_note *note, unsigned port,
                       const struct frame *frame, const struct tuple *tuple)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;
	uint32_t len = frame->len - ETH_HEADER_BYTES;
	struct talk_end *to = &traffic->talks[note->talk].ends[note->dir ^ 1];

	if (note->related)
		return;
	to->known = true;
	to->port = (uint8_t)port;
	to->sends = (struct tuple){ .src = tuple->dst,
		                    .dst = tuple->src,
		                    .sport = tuple->dport,
		                    .dport = tuple->sport,
		                    .proto = tuple->proto };
	to->quote_bytes = len < TRAFFIC_QUOTE_BYTES ? len : TRAFFIC_QUOTE_BYTES;
	memcpy(to->quote, ip, to->quote_bytes);
}

struct traffic_note *traffic_learn(struct traffic *traffic, struct scene *scene, struct twin *twin,
                                   unsigned port, const struct frame *frame)
{
	const uint8_t *bytes = frame_bytes_const(frame);
	const uint8_t *ip = bytes + ETH_HEADER_BYTES;
	struct traffic_note *note;
	struct tuple tuple;

	must(frame->len >= ETH_HEADER_BYTES);
	if (wire_get16(bytes + 12) == ETH_TYPE_ARP) {
		answer_arp(traffic, scene, twin, port, frame);
		return NULL;
	}
	if (frame->len < ETH_HEADER_BYTES + IP4_HEADER_BYTES || ip[IP4_AT_TTL] == OWN_TTL)
		return NULL;
	note = &traffic->notes[wire_get16(ip + IP4_AT_ID)];
	if (!note->used)
		return NULL;
	if (note->talk < TRAFFIC_TALKS && tuple_of(ip, frame->len - ETH_HEADER_BYTES, &tuple))
		talk_learn(traffic, note, port, frame, &tuple);
	return note;
}
