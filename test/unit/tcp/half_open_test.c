#include "unit.h"

#include "lib/must.h"
#include "tcp/half_open.h"
#include "wire/tcp_header.h"

enum {
	OURS = 5000,
	THEIRS = 9000,
	WINDOW = 1000,
	THEIR_CLOCK = 70000,
};

static const mono start = { 100 * NS_PER_S };

static const struct half_open plain = {
	.initial_sequence = OURS,
	.their_sequence = THEIRS,
	.window = WINDOW,
	.timestamp_recent = THEIR_CLOCK,
	.options = { .has_timestamps = true },
};

struct row {
	const char *what;
	struct segment segment;
	enum half_open_answer answer;
};

#define STAMP(t) .has_timestamps = true, .timestamp = (t)

static void segments_in_syn_received(void **state)
{
	static const struct row rows[] = {
		{ "the ACK",
		  { .seq = THEIRS + 1, .ack = OURS + 1, .flags = TCP_ACK },
		  HALF_OPEN_CONNECTED },
		{ "the ACK with data",
		  { .seq = THEIRS + 1, .ack = OURS + 1, .len = 100, .flags = TCP_ACK | TCP_PSH },
		  HALF_OPEN_CONNECTED },
		{ "data behind a lost ACK",
		  { .seq = THEIRS + 101, .ack = OURS + 1, .len = 100, .flags = TCP_ACK },
		  HALF_OPEN_CONNECTED },
		{ "the ACK with FIN",
		  { .seq = THEIRS + 1, .ack = OURS + 1, .flags = TCP_ACK | TCP_FIN },
		  HALF_OPEN_CONNECTED },
		{ "an ACK of too little",
		  { .seq = THEIRS + 1, .ack = OURS, .flags = TCP_ACK },
		  HALF_OPEN_RESET },
		{ "an ACK of too much",
		  { .seq = THEIRS + 1, .ack = OURS + 2, .flags = TCP_ACK },
		  HALF_OPEN_RESET },
		{ "their SYN again", { .seq = THEIRS, .flags = TCP_SYN }, HALF_OPEN_SYN_ACK },
		{ "another SYN", { .seq = THEIRS + 50000, .flags = TCP_SYN }, HALF_OPEN_ACK },
		{ "a SYN in the window", { .seq = THEIRS + 50, .flags = TCP_SYN }, HALF_OPEN_ACK },
		{ "RST at the next", { .seq = THEIRS + 1, .flags = TCP_RST }, HALF_OPEN_GONE },
		{ "RST in the window", { .seq = THEIRS + 2, .flags = TCP_RST }, HALF_OPEN_ACK },
		{ "RST outside", { .seq = THEIRS + 2 + WINDOW, .flags = TCP_RST }, HALF_OPEN_DROP },
		{ "old data",
		  { .seq = THEIRS - 50, .ack = OURS + 1, .len = 50, .flags = TCP_ACK },
		  HALF_OPEN_ACK },
		{ "older clock",
		  { .seq = THEIRS + 1, .ack = OURS + 1, .flags = TCP_ACK, STAMP(THEIR_CLOCK - 1) },
		  HALF_OPEN_ACK },
		{ "same clock",
		  { .seq = THEIRS + 1, .ack = OURS + 1, .flags = TCP_ACK, STAMP(THEIR_CLOCK) },
		  HALF_OPEN_CONNECTED },
		{ "RST with an older clock",
		  { .seq = THEIRS + 1, .flags = TCP_RST, STAMP(THEIR_CLOCK - 1) },
		  HALF_OPEN_DROP },
		{ "no ACK at all", { .seq = THEIRS + 1, .len = 4 }, HALF_OPEN_DROP },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct half_open record = plain;

		record.sent = start;
		if (half_open_segment(&record, &rows[i].segment, mono_add_s(start, 1)) !=
		    rows[i].answer)
			fail_msg("%s: another answer", rows[i].what);
	}
}

/* A loop of two confused ends, or a flood of copies of one SYN: two answers a second. */
static void answers_are_rare(void **state)
{
	static const struct segment segments[] = {
		{ .seq = THEIRS, .flags = TCP_SYN },
		{ .seq = THEIRS - 500, .ack = OURS, .len = 1, .flags = TCP_ACK },
		{ .seq = THEIRS + 7, .flags = TCP_RST },
	};

	for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
		struct half_open record = plain;
		unsigned answers = 0;

		record.sent = start;
		for (unsigned at = 0; at < 10000; at++)
			answers += half_open_segment(&record, &segments[i],
			                             mono_add_ns(start, at * 100 * NS_PER_US)) !=
			           HALF_OPEN_DROP;
		assert_int_equal(answers, 1);
	}
}

static void syn_acks_are_sent_again(void **state)
{
	static const unsigned at_s[] = { 1, 3, 7, 15, 31, 63 };
	struct half_opens half_opens;
	struct half_open *record;
	bool over = false;

	half_opens_init(&half_opens, 3, start);
	record = half_open_new(&half_opens, &plain, start);
	for (size_t i = 0; i < ARRAY_LEN(at_s); i++) {
		struct half_open *found = NULL;
		mono now = start;

		while (found == NULL) {
			now = half_open_due(&half_opens);
			found = half_open_next_due(&half_opens, 5, now, &over);
		}
		assert_ptr_equal(found, record);
		assert_in_range(now.ns - mono_add_s(start, at_s[i]).ns, 0, 10 * NS_PER_MS);
		assert_int_equal(over, i == 5);
		assert_null(half_open_next_due(&half_opens, 5, now, &over));
	}
	half_open_end(&half_opens, record);
	assert_true(half_open_due(&half_opens).ns == mono_never().ns);
	assert_int_equal(half_opens.used, 0);
	half_opens_free(&half_opens);
}

/* SYN flood, in small: records for as many as there are, then cookies; nobody is pushed out. */
static void a_flood_is_answered_by_cookies(void **state)
{
	struct half_opens half_opens;
	unsigned records = 0, cookies = 0;
	struct half_open *first = NULL;

	half_opens_init(&half_opens, 100, start);
	for (unsigned i = 0; i < 100000; i++) {
		if (half_open_admit(&half_opens, i, UINT32_MAX, true) == HALF_OPEN_COOKIE) {
			cookies++;
			continue;
		}
		records++;
		struct half_open *record = half_open_new(&half_opens, &plain, start);

		first = first != NULL ? first : record;
	}
	assert_int_equal(records, 100);
	assert_int_equal(cookies, 99900);
	assert_true(first->used);
	assert_int_equal(half_open_admit(&half_opens, 0, 10, false), HALF_OPEN_REFUSE);
	half_open_end(&half_opens, first);
	assert_int_equal(half_open_admit(&half_opens, 10, 10, true), HALF_OPEN_RECORD);
	assert_int_equal(half_open_admit(&half_opens, 11, 10, true), HALF_OPEN_COOKIE);
	assert_int_equal(half_open_admit(&half_opens, 11, 10, false), HALF_OPEN_REFUSE);
	assert_ptr_equal(half_open_new(&half_opens, &plain, start), first);
	half_opens_free(&half_opens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_in_syn_received),
		cmocka_unit_test(answers_are_rare),
		cmocka_unit_test(syn_acks_are_sent_again),
		cmocka_unit_test(a_flood_is_answered_by_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
