/*
 * full_table_test.c -- a connection table filled to the brim, and twice as many new connections.
 *
 * What has been answered and is open loses no packet: each one is sent by one end and looked for at
 * the other. Only what was never answered or is closing gives way, which is told once a second; and
 * whoever chooses the new ones so that they would collide in a table without a key gains nothing.
 */
#include "bench.h"

#include "fw/flow_list.h"

#define FLOWS   4096u
#define TALKS   3600u /* open TCP connections */
#define ASKED   240u  /* answered UDP */
#define WEAK    (FLOWS - TALKS - ASKED)
#define SECONDS 8u
#define NEW     (FLOWS * 2)
#define HOSTS   4u
#define NAT     "203.0.113.2"

/* One connection as its two ends see it. */
struct talk {
	struct tuple there, back; /* as they are sent: inside, outside */
	uint32_t seq[2];          /* the next byte of each end */
};

struct table {
	struct bench *b;
	struct talk talks[TALKS + ASKED];
	struct hash_key guess; /* what the one who chooses believes the key to be */
	uint64_t drawn;        /* tuples of strangers so far */
	uint32_t serial;       /* of the last packet */
	uint64_t told[64];     /* log lines about the table, by seconds since the start */
	mono start;
	char text[LOG_TEXT_BYTES]; /* the last of them */
};

static void note_line(void *arg, const struct log_line *line)
{
	struct table *t = arg;
	uint64_t second = mono_since_ns(t->b->now, t->start) / NS_PER_S;
	struct text text = text_into(t->text, sizeof t->text);

	if (strstr(line->text, "connection table full") == NULL)
		return;
	assert_true(second < ARRAY_LEN(t->told));
	t->told[second]++;
	text_clear(&text);
	text_add(&text, line->text);
}

static void wait_ms(struct table *t, uint64_t ms)
{
	t->b->now = mono_add_ms(t->b->now, ms);
	while (router_turn(t->b->router, t->b->now))
		;
}

/* One packet goes in by @port, and it alone comes out by the other one; how it came out. */
static struct tuple passes(struct table *t, unsigned port, struct draft *d)
{
	uint8_t serial[4];
	struct tuple left = { 0 };
	struct frame *frame;

	wire_put32(serial, ++t->serial);
	if ((d->tcp_flags & TCP_SYN) == 0) {
		d->payload = serial;
		d->payload_bytes = sizeof serial;
	}
	bench_offer(t->b, port, d);
	frame = bench_take(t->b, port == LAN ? WAN : LAN, &left);
	if (frame == NULL)
		fail_msg("packet %u is lost", t->serial);
	if (d->payload_bytes > 0)
		assert_memory_equal(frame_bytes(frame) + frame->len - 4, serial, 4);
	frame_free(frame);
	bench_silent(t->b);
	return left;
}

/* A segment of the end inside (0) or outside (1). */
static struct tuple says(struct table *t, struct talk *talk, unsigned end, uint8_t flags)
{
	struct draft d = { .tuple = end == 0 ? talk->there : talk->back,
		           .tcp_flags = flags,
		           .seq = talk->seq[end],
		           .ack = flags == TCP_SYN ? 0 : talk->seq[end ^ 1] };
	struct tuple left = passes(t, end == 0 ? LAN : WAN, &d);

	talk->seq[end] += d.payload_bytes + ((flags & (TCP_SYN | TCP_FIN)) != 0);
	return left;
}

static struct tuple inside(uint8_t proto, uint32_t i, uint32_t dst)
{
	return (struct tuple){ .src = { A("192.168.88.2").v + i % HOSTS },
		               .dst = { dst },
		               .sport = (uint16_t)(1024 + i / HOSTS),
		               .dport = 443,
		               .proto = proto };
}

static void exchange(struct table *t, struct talk *talk)
{
	bool tcp = talk->there.proto == IPPROTO_TCP;
	struct tuple left = says(t, talk, 0, tcp ? TCP_ACK | TCP_PSH : 0);

	left = tuple_reverse(&left);
	assert_true(tuple_equal(&left, &talk->back));
	left = says(t, talk, 1, tcp ? TCP_ACK | TCP_PSH : 0);
	left = tuple_reverse(&left);
	assert_true(tuple_equal(&left, &talk->there));
}

static void open_talk(struct table *t, struct talk *talk, uint32_t i)
{
	struct tuple left;

	talk->there = inside(IPPROTO_TCP, i, A("192.0.2.7").v + i % 7);
	talk->seq[0] = i * 77777;
	talk->seq[1] = ~i * 33333;
	left = says(t, talk, 0, TCP_SYN);
	talk->back = tuple_reverse(&left);
	(void)says(t, talk, 1, TCP_SYN | TCP_ACK);
	(void)says(t, talk, 0, TCP_ACK);
}

static void ask(struct table *t, struct talk *talk, uint32_t i)
{
	struct tuple left;

	talk->there = inside(IPPROTO_UDP, i, A("192.0.2.7").v + i % 7);
	left = says(t, talk, 0, 0);
	talk->back = tuple_reverse(&left);
	(void)says(t, talk, 1, 0);
}

/* Which of the table's records a weak connection has: a third each closing, opening, unanswered. */
static void fill_weak(struct table *t)
{
	for (uint32_t i = 0; i < WEAK; i++) {
		struct talk talk = { .there = inside(i % 3 == 2 ? IPPROTO_UDP : IPPROTO_TCP, i,
			                             A("198.51.100.9").v) };

		if (i % 3 == 0) {
			open_talk(t, &talk, TALKS + i);
			(void)says(t, &talk, 0, TCP_FIN | TCP_ACK);
		} else {
			(void)says(t, &talk, 0, i % 3 == 1 ? TCP_SYN : 0);
		}
	}
}

static struct table *table_new(void)
{
	struct table *t = mem_new(1, sizeof *t);

	t->b = bench_new(7, FLOWS);
	t->start = t->b->now;
	t->b->log.sink = note_line;
	t->b->log.sink_arg = t;
	bench_masquerade(t->b);
	for (uint32_t i = 0; i < TALKS; i++)
		open_talk(t, &t->talks[i], i);
	for (uint32_t i = 0; i < ASKED; i++)
		ask(t, &t->talks[TALKS + i], i);
	return t;
}

static struct flows *flows_of(struct table *t)
{
	return t->b->router->fw.flows;
}

static void hold(struct table *t)
{
	flows_must_hold(flows_of(t), &t->b->router->net);
}

/* Time takes what is left: no flow, no mapping, no port. */
static void table_end(struct table *t)
{
	for (unsigned hours = 0; hours < 25; hours++)
		wait_ms(t, 3600 * 1000);
	hold(t);
	assert_int_equal(flows_of(t)->used, 0);
	assert_int_equal(flows_of(t)->mappings, 0);
	assert_int_equal(ports_used(t->b->router->net.ports), 0);
	bench_free(t->b);
	mem_free(t);
}

/* --- the strangers --- */

typedef struct tuple stranger(struct table *t);

static struct tuple any_stranger(struct table *t)
{
	uint64_t i = t->drawn++;
	uint64_t z = (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	return (struct tuple){ .src = { A("192.168.88.2").v + i % HOSTS },
		               .dst = { 0x64000000 | (uint32_t)(z >> 40) },
		               .sport = (uint16_t)(z >> 16 | 1024),
		               .dport = (uint16_t)(z | 1),
		               .proto = i % 2 == 0 ? IPPROTO_UDP : IPPROTO_TCP };
}

/* One in 1024: all fall into a few buckets, with the key that the chooser believes in. */
static struct tuple chosen_stranger(struct table *t)
{
	struct flows guess = { .key = t->guess };
	struct tuple tuple;

	do {
		tuple = any_stranger(t);
	} while (flow_hash(&guess, &tuple) % 1024 != 0);
	return tuple;
}

/* All the same to a hash that joins the words of the tuple by exclusive or. */
static struct tuple folded_stranger(struct table *t)
{
	uint32_t i = (uint32_t)t->drawn++;
	uint32_t ports = (1024 + i) << 16 | 443;
	uint32_t src = A("192.168.88.2").v + i % HOSTS;

	return (struct tuple){ .src = { src },
		               .dst = { 0x90000000 ^ A("192.168.0.0").v ^ src ^ ports },
		               .sport = (uint16_t)(1024 + i),
		               .dport = 443,
		               .proto = i % 2 == 0 ? IPPROTO_UDP : IPPROTO_TCP };
}

static void come(struct table *t, stranger *draw)
{
	struct draft d = { .tuple = draw(t) };

	d.tcp_flags = d.tuple.proto == IPPROTO_TCP ? TCP_SYN : 0;
	bench_offer(t->b, LAN, &d);
	bench_forget(t->b); /* passed or refused: they are not what is counted */
}

/* Records in the longest chain of a bucket. */
static uint32_t longest_chain(struct table *t)
{
	const struct flows *flows = flows_of(t);
	uint32_t longest = 0;

	for (uint64_t bucket = 0; bucket <= flows->bucket_mask; bucket++) {
		uint32_t link = flows_buckets_const(flows)[bucket], n = 0;

		for (; link != 0; n++)
			link = flow_at_const(flows, flow_link_index(link))
			               ->next[flow_link_dir(link)];
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* Twice as many as the table holds, in SECONDS; those who talk go on all the while. */
static void overload(struct table *t, stranger *draw)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < NEW; i++) {
		come(t, draw);
		if (i % 2 == 0)
			exchange(t, &t->talks[at++ % (TALKS + ASKED)]);
		if ((i + 1) % (NEW / SECONDS) == 0) {
			hold(t);
			wait_ms(t, 1000);
		}
	}
	assert_true(at >= TALKS + ASKED);
}

/* Those who talked at the start are all there, on their own records. */
static void all_talk(struct table *t)
{
	for (uint32_t i = 0; i < TALKS + ASKED; i++) {
		uint8_t dir;
		uint32_t index = flow_find(flows_of(t), &t->talks[i].there,
		                           flow_hash(flows_of(t), &t->talks[i].there), &dir);

		assert_int_equal(index, i);
		exchange(t, &t->talks[i]);
	}
}

/* One line in each second of the overload (and one behind it, with the last sums), and no more. */
static void told_each_second(struct table *t, uint64_t from, uint64_t gave_way, uint64_t refused)
{
	char sums[128];
	struct text text = text_into(sums, sizeof sums);

	text_printf(&text, "%llu unanswered or closing ones gave way to new ones so far, %llu new",
	            (unsigned long long)gave_way, (unsigned long long)refused);
	for (uint64_t second = 0; second < ARRAY_LEN(t->told); second++)
		assert_int_equal(t->told[second], second >= from && second <= from + SECONDS);
	if (strstr(t->text, sums) == NULL)
		fail_msg("\"%s\" and not %s", t->text, sums);
}

static void overloaded_by(stranger *draw)
{
	struct table *t = table_new();

	fill_weak(t);
	hold(t);
	assert_int_equal(flows_of(t)->used, FLOWS);
	assert_int_equal(flows_of(t)->gave_way, 0);
	overload(t, draw);
	assert_int_equal(flows_of(t)->used, FLOWS);
	assert_int_equal(flows_of(t)->gave_way, NEW);
	assert_int_equal(flows_of(t)->refused, 0);
	assert_in_range(longest_chain(t), 1, 12);
	told_each_second(t, 0, NEW, 0);
	all_talk(t);
	table_end(t);
}

static void random_strangers(void **state)
{
	(void)state;
	overloaded_by(any_stranger);
}

static void chosen_strangers(void **state)
{
	(void)state;
	overloaded_by(chosen_stranger);
}

static void folded_strangers(void **state)
{
	(void)state;
	overloaded_by(folded_stranger);
}

/* Where all have been answered nobody gives way: the new ones are refused, and that is counted. */
static void nobody_is_weak(void **state)
{
	struct table *t = table_new();
	struct talk talk = { 0 };

	(void)state;
	for (uint32_t i = 0; i < WEAK; i++)
		open_talk(t, &talk, TALKS + i);
	overload(t, any_stranger);
	assert_int_equal(flows_of(t)->gave_way, 0);
	assert_int_equal(flows_of(t)->refused, NEW);
	assert_int_equal(t->b->router->net.drops[DROP_FLOW_FULL], NEW);
	told_each_second(t, 0, 0, NEW);
	all_talk(t);
	table_end(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_strangers),
		cmocka_unit_test(chosen_strangers),
		cmocka_unit_test(folded_strangers),
		cmocka_unit_test(nobody_is_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
