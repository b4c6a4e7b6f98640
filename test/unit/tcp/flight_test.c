#include "unit.h"

#include "seeded.h"
#include "tcp/flight.h"
#include "tcp/flight_inside.h"
#include "tcp/seq.h"

enum {
	SPAN = 600,
	GONE = 0,
	ON_WAY,
	SACKED,
	LOST,
};

/* What is known of each byte by itself. */
struct naive_byte {
	int state;
	uint64_t
		sent_ns; /* 0: it was sacked once, and no longer is: that doesn't matter any more */
	bool resent;
};

struct naive {
	struct naive_byte bytes[SPAN];
	uint32_t start, una, next;
};

struct bench {
	struct flight flight;
	struct flight_pool *pool;
	struct naive naive;
	struct seeded seeded;
	uint64_t now_ns;
	bool is_exact; /* the pool is large enough for all */
};

static uint32_t draw(struct bench *bench, uint32_t below)
{
	return random_below(&bench->seeded.random, below);
}

static struct naive_byte *byte_at(struct bench *bench, uint32_t seq)
{
	assert_true(seq - bench->naive.start < SPAN);
	return &bench->naive.bytes[seq - bench->naive.start];
}

/* In order, in balance with its parents; returns how many. */
static unsigned check_tree(const struct bench *bench, uint32_t at, uint32_t parent,
                           uint32_t *previous)
{
	const struct flight_record *all = bench->pool->records;
	unsigned count = 1;

	if (at == 0)
		return 0;
	assert_int_equal(all[at].parent, parent);
	count += check_tree(bench, all[at].left, at, previous);
	assert_int_equal(all[at].previous, *previous);
	*previous = at;
	return count + check_tree(bench, all[at].right, at, previous);
}

static unsigned check_list(const struct bench *bench, const struct flight_list *list, bool by_time)
{
	const struct flight_record *all = bench->pool->records;
	uint32_t earlier = 0;
	unsigned count = 0;

	for (uint32_t at = list->first; at != 0; at = all[at].later) {
		assert_int_equal(all[at].earlier, earlier);
		if (by_time && earlier != 0)
			assert_true(all[earlier].sent_at.ns <= all[at].sent_at.ns);
		earlier = at;
		count++;
	}
	assert_int_equal(list->last, earlier);
	return count;
}

static void check_structure(const struct bench *bench)
{
	const struct flight *flight = &bench->flight;
	const struct flight_record *all = bench->pool->records;
	uint32_t seq = flight->una, previous = 0, sacked = 0, lost = 0;
	unsigned count = 0, listed = 0;

	for (uint32_t at = flight->first; at != 0; at = all[at].next) {
		assert_int_equal(all[at].seq, seq);
		assert_true(seq_gt(all[at].end, seq));
		seq = all[at].end;
		count++;
		sacked += all[at].flags & FLIGHT_SACKED ? all[at].end - all[at].seq : 0;
		lost += all[at].flags & FLIGHT_LOST ? all[at].end - all[at].seq : 0;
		listed += (all[at].flags & FLIGHT_SACKED) == 0;
	}
	assert_int_equal(seq, flight->next);
	assert_int_equal(count, flight->records);
	assert_int_equal(count, flight_pool_used(bench->pool));
	assert_int_equal(sacked, flight->sacked_bytes);
	assert_int_equal(lost, flight->lost_bytes);
	assert_int_equal(check_tree(bench, flight->root, 0, &previous), count);
	assert_int_equal(check_list(bench, &flight->on_way, true) +
	                         check_list(bench, &flight->lost, false),
	                 listed);
}

static int state_of(const struct flight_record *record)
{
	if (record->flags & FLIGHT_SACKED)
		return SACKED;
	return record->flags & FLIGHT_LOST ? LOST : ON_WAY;
}

static void check(struct bench *bench)
{
	const struct flight_record *all = bench->pool->records;

	check_structure(bench);
	if (!bench->is_exact)
		return;
	assert_int_equal(bench->flight.una, bench->naive.una);
	assert_int_equal(bench->flight.next, bench->naive.next);
	for (uint32_t at = bench->flight.first; at != 0; at = all[at].next) {
		for (uint32_t seq = all[at].seq; seq != all[at].end; seq++) {
			const struct naive_byte *byte = byte_at(bench, seq);

			assert_int_equal(byte->state, state_of(&all[at]));
			if (byte->state == SACKED || byte->sent_ns == 0)
				continue;
			assert_int_equal(byte->sent_ns, all[at].sent_at.ns);
			assert_int_equal(byte->resent, (all[at].flags & FLIGHT_RESENT) != 0);
		}
	}
}

static void send_some(struct bench *bench)
{
	uint32_t room = bench->naive.start + SPAN - bench->naive.next;
	uint32_t n = 1 + draw(bench, 60);

	if (n > room || !flight_has_room(&bench->flight, bench->pool))
		return;
	assert_true(flight_sent(&bench->flight, bench->pool, bench->naive.next + n,
	                        (mono){ bench->now_ns }));
	for (uint32_t i = 0; i < n; i++)
		*byte_at(bench, bench->naive.next + i) =
			(struct naive_byte){ ON_WAY, bench->now_ns, false };
	bench->naive.next += n;
}

static void resend_some(struct bench *bench)
{
	struct flight_range range;
	uint32_t lowest = bench->naive.next;

	if (!flight_lost(&bench->flight, bench->pool, &range)) {
		for (uint32_t seq = bench->naive.una; bench->is_exact && seq != bench->naive.next;
		     seq++)
			assert_int_not_equal(byte_at(bench, seq)->state, LOST);
		return;
	}
	for (uint32_t seq = bench->naive.next; seq != bench->naive.una; seq--) {
		if (byte_at(bench, seq - 1)->state == LOST)
			lowest = seq - 1;
	}
	if (bench->is_exact)
		assert_true(seq_geq(range.begin, lowest));
	if (draw(bench, 2))
		range.end = range.begin + 1 + draw(bench, range.end - range.begin);
	flight_resent(&bench->flight, bench->pool, &range, (mono){ bench->now_ns });
	for (uint32_t seq = range.begin; seq != range.end; seq++)
		*byte_at(bench, seq) = (struct naive_byte){ ON_WAY, bench->now_ns, true };
}

/* What the news must say of the bytes in @range that arrive now. */
static void naive_deliver(struct bench *bench, struct flight_range range, int to,
                          struct flight_news *news)
{
	for (uint32_t seq = range.begin; seq != range.end; seq++) {
		struct naive_byte *byte = byte_at(bench, seq);

		if (byte->state != SACKED) {
			news->delivered_bytes++;
			news->lost_delivered_bytes += byte->state == LOST;
			news->highest_end = seq + 1;
			if (!news->has_newest || byte->sent_ns >= news->newest_at.ns) {
				news->has_newest = true;
				news->newest_at.ns = byte->sent_ns;
				news->newest_end = seq + 1;
				news->newest_resent = byte->resent;
			}
			if (!byte->resent &&
			    (!news->has_once || byte->sent_ns < news->once_first_at.ns))
				news->once_first_at.ns = byte->sent_ns;
			news->has_once |= !byte->resent;
			news->sacked_bytes += to == SACKED;
		}
		byte->state = to;
	}
}

static bool is_blurred(struct bench *bench, struct flight_range range)
{
	for (uint32_t seq = range.begin; seq != range.end; seq++) {
		if (byte_at(bench, seq)->sent_ns == 0)
			return true;
	}
	return false;
}

static void check_news(const struct flight_news *news, const struct flight_news *wanted)
{
	assert_int_equal(news->delivered_bytes, wanted->delivered_bytes);
	assert_int_equal(news->lost_delivered_bytes, wanted->lost_delivered_bytes);
	assert_int_equal(news->sacked_bytes, wanted->sacked_bytes);
	assert_int_equal(news->has_newest, wanted->has_newest);
	if (!news->has_newest)
		return;
	assert_int_equal(news->highest_end, wanted->highest_end);
	assert_int_equal(news->newest_at.ns, wanted->newest_at.ns);
	assert_int_equal(news->newest_end, wanted->newest_end);
	assert_int_equal(news->newest_resent, wanted->newest_resent);
	assert_int_equal(news->has_once, wanted->has_once);
	if (news->has_once)
		assert_int_equal(news->once_first_at.ns, wanted->once_first_at.ns);
}

static void ack_some(struct bench *bench)
{
	struct flight_range range = { bench->naive.una, bench->naive.una };
	struct flight_news news = { 0 }, wanted = { 0 };
	bool blurred;

	range.end += draw(bench, bench->naive.next - bench->naive.una + 1);
	blurred = is_blurred(bench, range);
	flight_ack(&bench->flight, bench->pool, range.end, &news);
	naive_deliver(bench, range, GONE, &wanted);
	assert_int_equal(news.acked_bytes, range.end - range.begin);
	if (bench->is_exact && !blurred)
		check_news(&news, &wanted);
	bench->naive.una = range.end;
	/* The window of the model moves on with it. */
	memmove(bench->naive.bytes, bench->naive.bytes + (range.end - bench->naive.start),
	        (bench->naive.start + SPAN - range.end) * sizeof bench->naive.bytes[0]);
	bench->naive.start = range.end;
}

static void sack_some(struct bench *bench)
{
	uint32_t span = bench->naive.next - bench->naive.una;
	struct flight_range range = { bench->naive.una, bench->naive.una };
	struct flight_news news = { 0 }, wanted = { 0 };
	bool blurred;

	range.begin += draw(bench, span + 1);
	range.end = range.begin + draw(bench, 80);
	if (!seq_lt(range.begin, range.end) || seq_gt(range.end, bench->naive.next)) {
		assert_false(flight_sack(&bench->flight, bench->pool, &range, 1, &news));
		return;
	}
	blurred = is_blurred(bench, range);
	assert_true(flight_sack(&bench->flight, bench->pool, &range, 1, &news));
	naive_deliver(bench, range, SACKED, &wanted);
	if (bench->is_exact && !blurred)
		check_news(&news, &wanted);
}

static void lose_some(struct bench *bench)
{
	const struct flight_record *all = bench->pool->records;
	uint32_t at = bench->flight.on_way.first;
	struct flight_range range;

	for (uint32_t i = draw(bench, 4); i > 0 && at != 0; i--)
		at = all[at].later;
	if (at == 0)
		return;
	range = (struct flight_range){ all[at].seq, all[at].end };
	flight_lose(&bench->flight, bench->pool, at);
	for (uint32_t seq = range.begin; seq != range.end; seq++)
		byte_at(bench, seq)->state = LOST;
}

static void change_all(struct bench *bench, int from, int to, bool blur)
{
	for (uint32_t seq = bench->naive.una; seq != bench->naive.next; seq++) {
		struct naive_byte *byte = byte_at(bench, seq);

		if (byte->state != from)
			continue;
		byte->state = to;
		if (blur)
			byte->sent_ns = 0;
	}
}

static void change_much(struct bench *bench)
{
	switch (draw(bench, 3)) {
	case 0:
		flight_lose_all(&bench->flight, bench->pool, 0);
		change_all(bench, ON_WAY, LOST, false);
		break;
	case 1:
		flight_find_all(&bench->flight, bench->pool);
		change_all(bench, LOST, ON_WAY, false);
		break;
	default:
		flight_unsack(&bench->flight, bench->pool);
		change_all(bench, SACKED, LOST, true);
		break;
	}
}

static void step(struct bench *bench)
{
	uint32_t what = draw(bench, 100);

	bench->now_ns += 1 + draw(bench, 3);
	if (what < 30)
		send_some(bench);
	else if (what < 50)
		resend_some(bench);
	else if (what < 60)
		ack_some(bench);
	else if (what < 80)
		sack_some(bench);
	else if (what < 97)
		lose_some(bench);
	else
		change_much(bench);
}

static void run(uint64_t seed, uint32_t records, bool is_exact)
{
	struct bench bench = { .seeded = seeded_make(seed), .now_ns = 1000, .is_exact = is_exact };

	bench.pool = flight_pool_new(records);
	/* Half of the runs cross the end of the numbers. */
	bench.naive.start = seed % 2 ? 0xffffff00U : 77;
	bench.naive.una = bench.naive.next = bench.naive.start;
	flight_start(&bench.flight, bench.naive.start);
	for (int i = 0; i < 1500; i++) {
		step(&bench);
		check(&bench);
	}
	flight_forget(&bench.flight, bench.pool);
	assert_int_equal(flight_pool_used(bench.pool), 0);
	assert_true(flight_is_empty(&bench.flight));
	flight_pool_free(bench.pool);
}

static void test_like_naive(void **state)
{
	for (uint64_t seed = 1; seed <= 40; seed++)
		run(seed, 2000, true);
}

/* When records run out less is known, but nothing is wrong, and none is lost. */
static void test_small_pool(void **state)
{
	for (uint64_t seed = 1; seed <= 40; seed++)
		run(seed, 8, false);
}

/* A peer that names parts of segments is believed about whole ones only (CVE-2019-11477). */
static void test_whole_segments(void **state)
{
	struct flight_pool *pool = flight_pool_new(100);
	struct flight flight;
	struct flight_news news = { 0 };

	flight_start(&flight, 1000);
	assert_true(flight_sent(&flight, pool, 1000 + 10 * 100 + 50, (mono){ 1 }));
	assert_true(flight_sack(&flight, pool, &(struct flight_range){ 1010, 1099 }, 100, &news));
	assert_int_equal(flight.sacked_bytes, 0);
	assert_int_equal(flight.records, 1);
	assert_true(flight_sack(&flight, pool, &(struct flight_range){ 1150, 1450 }, 100, &news));
	assert_int_equal(flight.sacked_bytes, 200); /* 1200 to 1399 */
	assert_int_equal(flight.records, 3);
	/* The last one is shorter than others and still whole. */
	assert_true(flight_sack(&flight, pool, &(struct flight_range){ 2000, 2050 }, 100, &news));
	assert_int_equal(flight.sacked_bytes, 250);
	/* What touches becomes one record. */
	assert_true(flight_sack(&flight, pool, &(struct flight_range){ 1400, 1500 }, 100, &news));
	assert_int_equal(flight.records, 4);
	assert_int_equal(flight.sacked_bytes, 350);
	flight_forget(&flight, pool);
	flight_pool_free(pool);
}

static unsigned depth_of(const struct flight_pool *pool, uint32_t at)
{
	unsigned left, right;

	if (at == 0)
		return 0;
	left = depth_of(pool, pool->records[at].left);
	right = depth_of(pool, pool->records[at].right);
	return 1 + (left > right ? left : right);
}

/* The worst that SACK can do: every other segment of the smallest size (CVE-2018-5390 seen from the
 * sender; CVE-2019-11478). Records stay within their bound, and the tree flat. */
static void test_holes_everywhere(void **state)
{
	struct flight_pool *pool = flight_pool_new(100000);
	struct flight flight;
	struct flight_news news = { 0 };
	uint32_t sent = 0;

	flight_start(&flight, 0);
	while (flight_has_room(&flight, pool)) {
		assert_true(flight_sent(&flight, pool, flight.next + 48 * 4, (mono){ sent }));
		sent++;
	}
	assert_true(sent >= FLIGHT_RECORDS_MAX / 2);
	for (uint32_t seq = 0; seq < flight.next; seq += 96)
		(void)flight_sack(&flight, pool, &(struct flight_range){ seq, seq + 48 }, 48,
		                  &news);
	assert_true(flight.records <= FLIGHT_RECORDS_MAX);
	assert_true(flight.records > FLIGHT_RECORDS_MAX - 4);
	assert_true(depth_of(pool, flight.root) < 50);
	/* All of it: one record then. */
	assert_true(
		flight_sack(&flight, pool, &(struct flight_range){ 0, flight.next }, 48, &news));
	assert_int_equal(flight.records, 1);
	flight_forget(&flight, pool);
	assert_int_equal(flight_pool_used(pool), 0);
	flight_pool_free(pool);
}

/* A pool that busy connections have nearly used up still has a record for each idle one. */
static void test_reserve(void **state)
{
	struct flight_pool *pool = flight_pool_new(64);
	struct flight busy, idle;

	flight_start(&busy, 0);
	flight_start(&idle, 0);
	while (flight_has_room(&busy, pool))
		assert_true(flight_sent(&busy, pool, busy.next + 1, (mono){ 0 }));
	assert_int_equal(busy.records, 60);
	assert_true(flight_has_room(&idle, pool));
	assert_true(flight_sent(&idle, pool, 1, (mono){ 0 }));
	assert_false(flight_has_room(&idle, pool));
	flight_forget(&busy, pool);
	flight_forget(&idle, pool);
	flight_pool_free(pool);
}

static void test_tail(void **state)
{
	struct flight_pool *pool = flight_pool_new(64);
	struct flight flight;
	struct flight_news news = { 0 };
	struct flight_range range;

	flight_start(&flight, 0);
	assert_false(flight_tail(&flight, pool, 100, &range));
	assert_true(flight_sent(&flight, pool, 250, (mono){ 0 }));
	assert_true(flight_tail(&flight, pool, 100, &range));
	assert_int_equal(range.begin, 200);
	assert_int_equal(range.end, 250);
	assert_true(flight_sack(&flight, pool, &(struct flight_range){ 200, 250 }, 100, &news));
	assert_true(flight_tail(&flight, pool, 100, &range));
	assert_int_equal(range.begin, 100);
	assert_int_equal(range.end, 200);
	flight_forget(&flight, pool);
	flight_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_naive),     cmocka_unit_test(test_small_pool),
		cmocka_unit_test(test_whole_segments), cmocka_unit_test(test_holes_everywhere),
		cmocka_unit_test(test_reserve),        cmocka_unit_test(test_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
