/*
 * path.c -- a long way between two interfaces: rate, delay, a queue, loss, as many kernels have it
 * in netem and this one may not.
 *
 *   path IFACE IFACE [WORD=NUMBER]...     until it gets SIGTERM; then what it did, on stdout
 *
 *     rate=KBIT       bits a second in 1000s, Ethernet header included; 0: no limit
 *     delay=US        microseconds that each frame takes, one way
 *     queue=BYTES     what waits for the rate at most; what comes then is lost (default 1 MB)
 *     loss=N          so many in 10,000 IP packets are lost,
 *     duplicate=N     come twice,
 *     reorder=N       come late by `late` microseconds (default 5000), behind those that follow
 *     seed=N          which ones: of the n-th packet of a direction, the seed decides
 *
 * A word holds for both directions; with `there.` or `back.` in front (there: from the first
 * interface to the second) for one. So each run has the same pattern of losses, whoever sends.
 * Frames are taken from and given to the interfaces as they are: their senders are to finish sums
 * and cut segments themselves (ethtool -K tx off tso off gso off gro off).
 */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tool.h"

enum {
	FRAME_BYTES = 1600,
	FRAMES = 1 << 16, /* under way in a direction */
	BATCH = 64,
	TICK_NS = 250000, /* how late a frame may be: so often the program wakes at most */
};

struct quality {
	uint64_t rate_kbit, delay_us, queue_bytes, late_us;
	unsigned loss, duplicate, reorder, seed;
};

struct frame {
	uint64_t due_ns;
	uint64_t number; /* of those that are due together the first goes first */
	uint32_t len;
	uint8_t bytes[FRAME_BYTES];
};

struct direction {
	const char *name;
	struct quality quality;
	int from, to; /* sockets */
	struct frame *frames;
	uint32_t heap[FRAMES]; /* of frames: the one that is due first is at 0 */
	uint32_t heap_n, free[FRAMES], free_n;
	uint64_t free_at_ns; /* when the wire has sent what it was given */
	uint64_t numbers, packets;
	uint64_t passed, lost, doubled, late, full, not_sent;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* SplitMix64 (Steele, Lea, Flood 2014) of which packet, of what about it, and the seed. */
static unsigned draw(const struct direction *d, uint64_t packet, unsigned what)
{
	uint64_t z =
		(packet * 4 + what + 1) * 0x9e3779b97f4a7c15ULL + ((uint64_t)d->quality.seed << 32);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (unsigned)((z ^ z >> 31) % 10000);
}

static bool before(const struct direction *d, uint32_t a, uint32_t b)
{
	const struct frame *one = &d->frames[a], *other = &d->frames[b];

	return one->due_ns != other->due_ns ? one->due_ns < other->due_ns
	                                    : one->number < other->number;
}

static void heap_put(struct direction *d, uint32_t frame)
{
	uint32_t at = d->heap_n++;

	while (at > 0 && before(d, frame, d->heap[(at - 1) / 2])) {
		d->heap[at] = d->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	d->heap[at] = frame;
}

static uint32_t heap_take(struct direction *d)
{
	uint32_t first = d->heap[0], last = d->heap[--d->heap_n], at = 0;

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= d->heap_n)
			break;
		if (child + 1 < d->heap_n && before(d, d->heap[child + 1], d->heap[child]))
			child++;
		if (!before(d, d->heap[child], last))
			break;
		d->heap[at] = d->heap[child];
		at = child;
	}
	d->heap[at] = last;
	return first;
}

static void frame_put(struct direction *d, const uint8_t *bytes, uint32_t len, uint64_t due_ns)
{
	struct frame *frame;
	uint32_t place;

	if (d->free_n == 0) {
		d->full++;
		return;
	}
	place = d->free[--d->free_n];
	frame = &d->frames[place];
	frame->due_ns = due_ns;
	frame->number = d->numbers++;
	frame->len = len;
	memcpy(frame->bytes, bytes, len);
	heap_put(d, place);
}

/* When the last bit of @len bytes has left; 0: they found no room. */
static uint64_t wire_take(struct direction *d, uint32_t len, uint64_t now)
{
	uint64_t rate = d->quality.rate_kbit;

	if (rate == 0)
		return now;
	if (d->free_at_ns < now)
		d->free_at_ns = now;
	if ((d->free_at_ns - now) * rate / 8000000 > d->quality.queue_bytes)
		return 0;
	d->free_at_ns += (uint64_t)len * 8000000 / rate;
	return d->free_at_ns;
}

static void arrive(struct direction *d, const uint8_t *bytes, uint32_t len, uint64_t now)
{
	bool ip = len > 14 && bytes[12] == 8 && bytes[13] == 0;
	uint64_t packet = d->packets, sent = wire_take(d, len, now), due;

	d->packets += ip;
	if (sent == 0) {
		d->full++;
		return;
	}
	due = sent + d->quality.delay_us * 1000;
	if (ip && draw(d, packet, 0) < d->quality.loss) {
		d->lost++;
		return;
	}
	if (ip && draw(d, packet, 1) < d->quality.reorder) {
		d->late++;
		due += d->quality.late_us * 1000;
	}
	frame_put(d, bytes, len, due);
	if (ip && draw(d, packet, 2) < d->quality.duplicate) {
		d->doubled++;
		frame_put(d, bytes, len, due);
	}
}

static void take_in(struct direction *d)
{
	static uint8_t bytes[BATCH][FRAME_BYTES];
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec pieces[BATCH];
	uint64_t now;
	int n;

	for (int i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ bytes[i], FRAME_BYTES };
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(d->from, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
	now = now_ns();
	for (int i = 0; i < n; i++) {
		if (messages[i].msg_len > FRAME_BYTES)
			d->full++; /* a segment that was to be cut is no frame */
		else
			arrive(d, bytes[i], messages[i].msg_len, now);
	}
}

/* Send what is due, in order, a batch a call. True: perhaps there is more. */
static bool send_due(struct direction *d, uint64_t now)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec pieces[BATCH];
	uint32_t places[BATCH];
	int n = 0, sent;

	while (n < BATCH && d->heap_n > 0 && d->frames[d->heap[0]].due_ns <= now) {
		struct frame *frame = &d->frames[places[n] = heap_take(d)];

		pieces[n] = (struct iovec){ frame->bytes, frame->len };
		messages[n].msg_hdr.msg_iov = &pieces[n];
		messages[n].msg_hdr.msg_iovlen = 1;
		n++;
	}
	sent = n > 0 ? sendmmsg(d->to, messages, (unsigned)n, 0) : 0;
	d->passed += (uint64_t)(sent > 0 ? sent : 0);
	d->not_sent += (uint64_t)(sent > 0 ? n - sent : n);
	for (int i = 0; i < n; i++)
		d->free[d->free_n++] = places[i];
	return n == BATCH;
}

static void let_out(struct direction *d, uint64_t now)
{
	while (send_due(d, now))
		;
}

static int open_iface(const char *iface)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	const int room = 64 << 20, one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	at.sll_ifindex = (int)if_nametoindex(iface);
	if (at.sll_ifindex == 0 || fd < 0)
		tool_fail(iface);
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one))
		tool_fail("PACKET_IGNORE_OUTGOING");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(fd, (struct sockaddr *)&at, sizeof at))
		tool_fail("bind");
	return fd;
}

static bool word_set(struct quality *q, const char *word, const char *value)
{
	unsigned number = tool_number(value, 0, 1000000000);

	if (strcmp(word, "rate") == 0)
		q->rate_kbit = number;
	else if (strcmp(word, "delay") == 0)
		q->delay_us = number;
	else if (strcmp(word, "queue") == 0)
		q->queue_bytes = number;
	else if (strcmp(word, "late") == 0)
		q->late_us = number;
	else if (strcmp(word, "loss") == 0)
		q->loss = number;
	else if (strcmp(word, "duplicate") == 0)
		q->duplicate = number;
	else if (strcmp(word, "reorder") == 0)
		q->reorder = number;
	else if (strcmp(word, "seed") == 0)
		q->seed = number;
	else
		return false;
	return true;
}

static void option_read(struct direction ways[2], const char *option)
{
	const char *is = strchr(option, '='), *from = option;
	unsigned first = 0, last = 1;
	char word[16];

	if (strncmp(option, "there.", 6) == 0)
		last = 0, from += 6;
	else if (strncmp(option, "back.", 5) == 0)
		first = 1, from += 5;
	if (is != NULL && (size_t)(is - from) < sizeof word) {
		memcpy(word, from, (size_t)(is - from));
		word[is - from] = '\0';
		while (first <= last && word_set(&ways[first].quality, word, is + 1))
			first++;
	}
	if (first <= last) {
		fprintf(stderr, "path: %s: no such word; they stand at the head of path.c\n",
		        option);
		exit(2);
	}
}

static void direction_init(struct direction *d, const char *name, int from, int to)
{
	d->name = name;
	d->from = from;
	d->to = to;
	d->frames = calloc(FRAMES, sizeof *d->frames);
	if (d->frames == NULL)
		tool_fail("memory");
	for (uint32_t i = 0; i < FRAMES; i++)
		d->free[d->free_n++] = FRAMES - 1 - i;
}

/* Until a frame comes or one is due; at most a tick later than that. */
static void wait_next(const struct direction ways[2])
{
	struct pollfd fds[2] = { { ways[0].from, POLLIN, 0 }, { ways[1].from, POLLIN, 0 } };
	struct timespec time;
	uint64_t due = UINT64_MAX, now = now_ns(), wait;

	for (int i = 0; i < 2; i++) {
		if (ways[i].heap_n > 0 && ways[i].frames[ways[i].heap[0]].due_ns < due)
			due = ways[i].frames[ways[i].heap[0]].due_ns;
	}
	wait = due == UINT64_MAX ? 1000000000 : due > now ? due - now : 0;
	if (wait < TICK_NS) {
		/* What comes meanwhile is stamped a tick late at most, and wakes nobody. */
		time = (struct timespec){ 0, TICK_NS };
		(void)ppoll(NULL, 0, &time, NULL);
		return;
	}
	time = (struct timespec){ (time_t)(wait / 1000000000), (long)(wait % 1000000000) };
	(void)ppoll(fds, 2, &time, NULL);
}

static void report(const struct direction *d)
{
	printf("%s: packets %llu passed %llu lost %llu full %llu doubled %llu late %llu unsent "
	       "%llu\n",
	       d->name, (unsigned long long)d->packets, (unsigned long long)d->passed,
	       (unsigned long long)d->lost, (unsigned long long)d->full,
	       (unsigned long long)d->doubled, (unsigned long long)d->late,
	       (unsigned long long)d->not_sent);
}

int main(int argc, char **argv)
{
	static struct direction ways[2];
	struct sigaction act = { .sa_handler = stop };
	int a, b;

	if (argc < 3) {
		fprintf(stderr, "usage: path IFACE IFACE [WORD=NUMBER]...\n");
		return 2;
	}
	for (int i = 0; i < 2; i++) {
		ways[i].quality.queue_bytes = 1000000;
		ways[i].quality.late_us = 5000;
	}
	for (int i = 3; i < argc; i++)
		option_read(ways, argv[i]);
	a = open_iface(argv[1]);
	b = open_iface(argv[2]);
	direction_init(&ways[0], "there", a, b);
	direction_init(&ways[1], "back", b, a);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	prctl(PR_SET_TIMERSLACK, 1);
	printf("path: ready\n");
	fflush(stdout);
	while (!stopped) {
		wait_next(ways);
		for (int i = 0; i < 2; i++) {
			take_in(&ways[i]);
			let_out(&ways[i], now_ns());
		}
	}
	report(&ways[0]);
	report(&ways[1]);
	return 0;
}
