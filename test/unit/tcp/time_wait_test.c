#include "unit.h"

#include "lib/must.h"
#include "tcp/time_wait.h"
#include "wire/tcp_header.h"

/* What the record of these tests has sent and received. */
enum {
	SENT = 5000,
	RECEIVED = 9000,
	WINDOW = 1000,
	THEIR_CLOCK = 70000,
};

static const mono start = { 100 * NS_PER_S };

static const struct time_wait plain = {
	.send_next = SENT,
	.receive_next = RECEIVED,
	.receive_end = RECEIVED + WINDOW,
};

static const struct time_wait stamped = {
	.send_next = SENT,
	.receive_next = RECEIVED,
	.receive_end = RECEIVED + WINDOW,
	.has_timestamps = true,
	.timestamp_recent = THEIR_CLOCK,
};

struct row {
	const char *what;
	struct segment segment;
	enum time_wait_answer answer;
	bool waits_again;
};

#define STAMP(t) .has_timestamps = true, .timestamp = (t)

static void check_row(const struct time_wait *from, const struct row *row)
{
	struct time_waits waits;
	struct time_wait *wait;
	mono now = mono_add_s(start, 10);

	time_waits_init(&waits, 4, 60000);
	wait = time_wait_new(&waits, from, start);
	if (time_wait_segment(&waits, wait, &row->segment, now) != row->answer)
		fail_msg("%s: another answer", row->what);
	if ((wait->since.ns == now.ns) != row->waits_again)
		fail_msg("%s: the wait", row->what);
	time_wait_end(&waits, wait);
	time_waits_free(&waits);
}

static void segments_without_timestamps(void **state)
{
	static const struct row rows[] = {
		/* RFC 1337, 3: no RST ends it, wherever it lies. */
		{ "RST at the next", { .seq = RECEIVED, .flags = TCP_RST }, TIME_WAIT_DROP },
		{ "RST in the window", { .seq = RECEIVED + 5, .flags = TCP_RST }, TIME_WAIT_DROP },
		{ "RST below", { .seq = RECEIVED - 5, .flags = TCP_RST }, TIME_WAIT_DROP },
		{ "RST with ACK",
		  { .seq = RECEIVED, .ack = SENT, .flags = TCP_RST | TCP_ACK },
		  TIME_WAIT_DROP },
		/* RFC 9293, 3.10.7.4, eighth: their FIN again. */
		{ "FIN again",
		  { .seq = RECEIVED - 1, .ack = SENT, .flags = TCP_FIN | TCP_ACK },
		  TIME_WAIT_ACK,
		  true },
		{ "old data again",
		  { .seq = RECEIVED - 100, .len = 99, .ack = SENT, .flags = TCP_ACK },
		  TIME_WAIT_ACK },
		{ "bare ACK", { .seq = RECEIVED, .ack = SENT, .flags = TCP_ACK }, TIME_WAIT_DROP },
		{ "data behind the FIN",
		  { .seq = RECEIVED, .len = 5, .ack = SENT, .flags = TCP_ACK },
		  TIME_WAIT_ACK },
		/* RFC 9293, 3.6.1: a SYN beyond what was received. */
		{ "SYN above", { .seq = RECEIVED + 1, .flags = TCP_SYN }, TIME_WAIT_BEGIN },
		{ "SYN far above",
		  { .seq = RECEIVED + 1000000, .flags = TCP_SYN },
		  TIME_WAIT_BEGIN },
		{ "SYN at the next", { .seq = RECEIVED, .flags = TCP_SYN }, TIME_WAIT_ACK },
		{ "old SYN", { .seq = RECEIVED - 4000, .flags = TCP_SYN }, TIME_WAIT_ACK },
		{ "SYN-ACK", { .seq = RECEIVED + 50, .flags = TCP_SYN | TCP_ACK }, TIME_WAIT_ACK },
		{ "neither ACK nor SYN", { .seq = RECEIVED, .len = 3 }, TIME_WAIT_DROP },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&plain, &rows[i]);
}

static void segments_with_timestamps(void **state)
{
	static const struct row rows[] = {
		/* RFC 6191, 2: the timestamp decides, whatever the sequence number. */
		{ "SYN, newer clock, lower sequence",
		  { .seq = RECEIVED - 4000, .flags = TCP_SYN, STAMP(THEIR_CLOCK + 1) },
		  TIME_WAIT_BEGIN },
		{ "SYN, older clock, higher sequence",
		  { .seq = RECEIVED + 4000, .flags = TCP_SYN, STAMP(THEIR_CLOCK - 1) },
		  TIME_WAIT_ACK },
		{ "SYN, same clock, higher sequence",
		  { .seq = RECEIVED + 4000, .flags = TCP_SYN, STAMP(THEIR_CLOCK) },
		  TIME_WAIT_BEGIN },
		{ "SYN, same clock, same sequence",
		  { .seq = RECEIVED, .flags = TCP_SYN, STAMP(THEIR_CLOCK) },
		  TIME_WAIT_ACK },
		{ "SYN without, higher sequence",
		  { .seq = RECEIVED + 4000, .flags = TCP_SYN },
		  TIME_WAIT_BEGIN },
		{ "SYN without, lower sequence",
		  { .seq = RECEIVED - 4000, .flags = TCP_SYN },
		  TIME_WAIT_ACK },
		/* RFC 7323, 5.2: PAWS. */
		{ "FIN again, older clock",
		  { .seq = RECEIVED - 1, .flags = TCP_FIN | TCP_ACK, STAMP(THEIR_CLOCK - 5) },
		  TIME_WAIT_ACK,
		  false },
		{ "FIN again, newer clock",
		  { .seq = RECEIVED - 1, .flags = TCP_FIN | TCP_ACK, STAMP(THEIR_CLOCK + 5) },
		  TIME_WAIT_ACK,
		  true },
		{ "RST, older clock",
		  { .seq = RECEIVED, .flags = TCP_RST, STAMP(THEIR_CLOCK - 5) },
		  TIME_WAIT_DROP },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&stamped, &rows[i]);
}

static void fin_wait_2_waits_for_their_end(void **state)
{
	static const struct row rows[] = {
		{ "their FIN",
		  { .seq = RECEIVED, .ack = SENT, .flags = TCP_FIN | TCP_ACK },
		  TIME_WAIT_ACK,
		  true },
		{ "data", { .seq = RECEIVED, .len = 1, .flags = TCP_ACK }, TIME_WAIT_RESET },
		{ "data ahead",
		  { .seq = RECEIVED + 9, .len = 1, .flags = TCP_ACK },
		  TIME_WAIT_RESET },
		{ "data with FIN",
		  { .seq = RECEIVED, .len = 1, .flags = TCP_ACK | TCP_FIN },
		  TIME_WAIT_RESET },
		{ "old data", { .seq = RECEIVED - 9, .len = 9, .flags = TCP_ACK }, TIME_WAIT_ACK },
		{ "bare ACK", { .seq = RECEIVED, .flags = TCP_ACK }, TIME_WAIT_DROP },
		{ "a new SYN", { .seq = RECEIVED + 50, .flags = TCP_SYN }, TIME_WAIT_ACK },
		{ "RST in the window", { .seq = RECEIVED + 1, .flags = TCP_RST }, TIME_WAIT_ACK },
		{ "RST at the next", { .seq = RECEIVED, .flags = TCP_RST }, TIME_WAIT_GONE },
	};
	struct time_wait from = plain;

	from.fin_wait_2 = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&from, &rows[i]);
}

/* Two ends that think each other wrong: at most two answers a second (ACK loops). */
static void answers_are_rare(void **state)
{
	struct segment old = { .seq = RECEIVED - 100, .len = 10, .flags = TCP_ACK };
	struct time_waits waits;
	struct time_wait *wait;
	unsigned answers = 0;

	time_waits_init(&waits, 1, 60000);
	wait = time_wait_new(&waits, &plain, start);
	for (unsigned i = 0; i < 10000; i++) /* a second */
		answers +=
			time_wait_segment(&waits, wait, &old,
		                          mono_add_ns(start, i * 100 * NS_PER_US)) == TIME_WAIT_ACK;
	assert_in_range(answers, 2, 3);
	time_waits_free(&waits);
}

static void our_connect_takes_over(void **state)
{
	struct time_wait wait = stamped;

	wait.since = start;
	assert_false(time_wait_may_reuse(&wait, start));
	assert_false(time_wait_may_reuse(&wait, mono_add_s(start, 1)));
	assert_true(time_wait_may_reuse(&wait, mono_add_ms(start, 1001)));
	wait.fin_wait_2 = true;
	assert_false(time_wait_may_reuse(&wait, mono_add_s(start, 50)));
	wait = plain;
	wait.since = start;
	assert_false(time_wait_may_reuse(&wait, mono_add_s(start, 50)));
	/* Beyond a whole window of the old connection. */
	assert_true(time_wait_next_sequence(&wait) - SENT > 65535);
}

static void they_end_in_order_and_come_back(void **state)
{
	struct segment fin = { .seq = RECEIVED - 1, .flags = TCP_FIN | TCP_ACK };
	struct time_waits waits;
	struct time_wait *wait[3];

	time_waits_init(&waits, 3, 60000);
	assert_true(time_wait_due(&waits).ns == mono_never().ns);
	for (unsigned i = 0; i < 3; i++)
		wait[i] = time_wait_new(&waits, &plain, mono_add_s(start, i));
	assert_null(time_wait_new(&waits, &plain, mono_add_s(start, 3)));
	assert_ptr_equal(time_wait_oldest(&waits), wait[0]);
	/* The first waits anew, and so is the last now. */
	assert_int_equal(time_wait_segment(&waits, wait[0], &fin, mono_add_s(start, 5)),
	                 TIME_WAIT_ACK);
	assert_null(time_wait_expired(&waits, mono_add_ms(start, 60999)));
	assert_ptr_equal(time_wait_expired(&waits, mono_add_s(start, 61)), wait[1]);
	time_wait_end(&waits, wait[1]);
	assert_ptr_equal(time_wait_oldest(&waits), wait[2]);
	assert_true(time_wait_due(&waits).ns == mono_add_s(start, 62).ns);
	time_wait_end(&waits, wait[2]);
	assert_ptr_equal(time_wait_expired(&waits, mono_add_s(start, 65)), wait[0]);
	time_wait_end(&waits, wait[0]);
	assert_int_equal(waits.used, 0);
	assert_ptr_equal(time_wait_new(&waits, &plain, start), wait[0]);
	time_waits_free(&waits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_without_timestamps),
		cmocka_unit_test(segments_with_timestamps),
		cmocka_unit_test(fin_wait_2_waits_for_their_end),
		cmocka_unit_test(answers_are_rare),
		cmocka_unit_test(our_connect_takes_over),
		cmocka_unit_test(they_end_in_order_and_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
