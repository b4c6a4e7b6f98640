/*
 * port_pps -- what packet ports cost: nanoseconds of CPU a frame, in one process.
 *
 *   g (port) ------ r0 (port) => r1 (port) ------ k (port)
 *
 * One thread plays all parts in turn: it sends a batch from g, carries what has come to r0 on to
 * r1 as a router would, and takes it at k. A veth pair delivers within the sender's own system
 * call, so that each part's time can be told from the others'. Runs in namespaces of its own:
 *
 *   unshare -Urn build/test/bench/port_pps [seconds [slots]]
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "os/afpacket.h"
#include "os/clock.h"
#include "os/program.h"

#define BATCH 64

struct bench {
	struct clock clock;
	struct port *g, *r0, *r1, *k;
	uint8_t (*bytes)[PORT_FRAME_BYTES_MAX + PORT_HEADROOM_BYTES];
	struct port_frame frames[BATCH];
};

struct cost {
	uint64_t send_ns, carry_ns, take_ns, frames, lost;
};

static void give_up(const char *what)
{
	fprintf(stderr, "port_pps: %s\n", what);
	exit(1);
}

static void make_links(void)
{
	static const char commands[] =
		"link add g type veth peer name r0\nlink add k type veth peer name r1\n";
	static const char *const argv[] = { "ip", "-batch", "-", NULL };
	char said[256];
	struct text complaint = text_into(said, sizeof said);

	if (program_run(argv, commands, &complaint) != 0)
		give_up("start it in a namespace of its own: unshare -Urn port_pps");
}

static struct port *open_port(const char *iface, unsigned slots)
{
	const struct afpacket_options options = { .name = iface, .iface = iface, .slots = slots };
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port = NULL;

	if (afpacket_open(&options, &words, &port) != 0)
		give_up(text_str(&words));
	return port;
}

/* A UDP frame of @len bytes, or (above the MTU) a TCP segment to be cut. */
static void make_frames(struct bench *b, uint32_t len)
{
	static const uint8_t start[] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\0\x45\0\0\0\0\1\x40\0\x40";

	for (unsigned i = 0; i < BATCH; i++) {
		uint8_t *at = b->bytes[i] + PORT_HEADROOM_BYTES;

		memset(at, 0, len);
		memcpy(at, start, sizeof start - 1);
		at[16] = (uint8_t)((len - 14) >> 8);
		at[17] = (uint8_t)(len - 14);
		at[23] = len > 1514 ? 6 : 17;
		at[46] = 0x50;
		b->frames[i] = (struct port_frame){ .bytes = at,
			                            .len = len,
			                            .headroom = PORT_HEADROOM_BYTES };
		if (len > 1514)
			b->frames[i].offload = (struct offload){ .needs_checksum = true,
				                                 .gso_type = GSO_TCP4,
				                                 .checksum_start = 34,
				                                 .checksum_offset = 16,
				                                 .gso_bytes = 1448,
				                                 .header_bytes = 54 };
	}
}

static unsigned carry(struct port *from, struct port *to)
{
	struct port_frame frames[PORT_BATCH];
	unsigned n = from->ops->receive(from, frames, PORT_BATCH);

	if (n > 0 && to != NULL)
		to->ops->transmit(to, frames, n);
	from->ops->release(from);
	return n;
}

static uint64_t now_ns(struct bench *b)
{
	return clock_mono(&b->clock).ns;
}

static struct cost measure(struct bench *b, uint64_t seconds)
{
	struct cost cost = { 0 };
	uint64_t end = now_ns(b) + seconds * NS_PER_S;

	for (uint64_t t0 = now_ns(b); t0 < end; t0 = now_ns(b)) {
		unsigned sent = b->g->ops->transmit(b->g, b->frames, BATCH);
		uint64_t t1 = now_ns(b);
		unsigned got = 0;

		while (carry(b->r0, b->r1) > 0) {
		}

		uint64_t t2 = now_ns(b);

		for (unsigned n; (n = carry(b->k, NULL)) > 0;)
			got += n;
		cost.send_ns += t1 - t0;
		cost.carry_ns += t2 - t1;
		cost.take_ns += now_ns(b) - t2;
		cost.frames += got;
		cost.lost += sent - got;
	}
	return cost;
}

static void print(uint32_t len, const struct cost *cost)
{
	double n = cost->frames > 0 ? (double)cost->frames : 1;
	double carry_ns = (double)cost->carry_ns / n;

	printf("%6u bytes: send %6.0f ns, carry %6.0f ns, take %6.0f ns a frame; carry alone "
	       "%.2f Mpps, %.1f Gbit/s; lost %llu of %llu\n",
	       len, (double)cost->send_ns / n, carry_ns, (double)cost->take_ns / n, 1000 / carry_ns,
	       len * 8 / carry_ns, (unsigned long long)cost->lost,
	       (unsigned long long)(cost->lost + cost->frames));
}

int main(int argc, char **argv)
{
	static const uint32_t lengths[] = { 60, 1514, 65226 };
	struct bench b = { 0 };
	uint64_t seconds = 2, slots = AFPACKET_SLOTS_DEFAULT;

	if (argc > 1 && (!text_to_u64(argv[1], strlen(argv[1]), &seconds) || seconds == 0))
		give_up("the number of seconds must be a number above 0");
	if (argc > 2 &&
	    (!text_to_u64(argv[2], strlen(argv[2]), &slots) || slots < 64 || slots > 16384))
		give_up("the number of slots must be one from 64 to 16384");
	make_links();
	clock_init(&b.clock);
	b.g = open_port("g", (unsigned)slots);
	b.r0 = open_port("r0", (unsigned)slots);
	b.r1 = open_port("r1", (unsigned)slots);
	b.k = open_port("k", (unsigned)slots);
	b.bytes = calloc(BATCH, sizeof *b.bytes);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		make_frames(&b, lengths[i]);

		struct cost cost = measure(&b, seconds);

		print(lengths[i], &cost);
	}
	b.g->ops->close(b.g);
	b.r0->ops->close(b.r0);
	b.r1->ops->close(b.r1);
	b.k->ops->close(b.k);
	free(b.bytes);
	return 0;
}
