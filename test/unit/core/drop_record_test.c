/* The last packets lost: which are kept, what of them, in which order. */
#include "core/drop_record.h"

#include "core/fixture.h"

static const struct drop_record *all[DROP_COUNT * DROP_RECORDS];

static unsigned sorted(struct fixture *f)
{
	return drop_records_sort(f->net->drop_records, all);
}

static void what_is_kept(void **unused)
{
	struct fixture *f = fixture_new(2);
	struct pkt *p;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 300);
	p = fixture_input(f, 1);
	assert_int_equal(sorted(f), 0);
	fixture_sleep_ms(f, 7);
	(void)pkt_drop(f->net, p, DROP_NO_ROUTE);
	assert_int_equal(sorted(f), 1);
	assert_int_equal(all[0]->reason, DROP_NO_ROUTE);
	assert_int_equal(all[0]->in, 1);
	assert_int_equal(all[0]->at.ns, f->net->now.ns);
	assert_int_equal(all[0]->arrived.src.v, A("10.0.0.2").v);
	assert_int_equal(all[0]->arrived.dport, 53);
	assert_int_equal(all[0]->len, f->in.len);
	assert_int_equal(all[0]->kept, DROP_RECORD_BYTES);
	assert_true(all[0]->framed);
	assert_memory_equal(all[0]->bytes, bytes_of(&f->in), DROP_RECORD_BYTES);
	fixture_free(f);
}

/* What did what it was sent for is no loss, and what is only asked about changes nothing. */
static void what_is_not(void **unused)
{
	struct fixture *f = fixture_new(2);
	struct pkt *p;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 10);
	p = fixture_input(f, 1);
	(void)pkt_drop(f->net, p, DROP_LOCAL_CONSUMED);
	p = fixture_input(f, 1);
	p->asked_only = true;
	(void)pkt_drop(f->net, p, DROP_FILTER);
	assert_int_equal(sorted(f), 0);
	assert_int_equal(f->net->drops[DROP_FILTER], 0);
	fixture_free(f);
}

/* One that this router has made, and a frame that is hardly one: all there is, and no more. */
static void short_ones(void **unused)
{
	struct fixture *f = fixture_new(2);
	struct pkt *p = pkt_new(f->net, 30);

	assert_non_null(p);
	(void)pkt_drop(f->net, p, DROP_LINK_DOWN);
	f->in.len = 5;
	(void)pkt_drop(f->net, fixture_frame(f, 1), DROP_FRAME_SHORT);
	assert_int_equal(sorted(f), 2);
	assert_false(all[0]->framed);
	assert_int_equal(all[0]->kept, 30);
	assert_int_equal(all[0]->in, IFACE_NONE);
	assert_true(all[1]->framed);
	assert_int_equal(all[1]->kept, 5);
	assert_int_equal(all[1]->arrived.src.v, 0);
	fixture_free(f);
}

/* Against a list of all that were ever lost: the last of each reason, in order. */
static void the_last_of_each(void **unused)
{
	enum {
		DROPS = 2000
	};
	static const enum drop_reason reasons[] = { DROP_FILTER, DROP_NO_ROUTE, DROP_TTL_EXPIRED };
	struct fixture *f = fixture_new(2);
	uint8_t was[DROPS];
	unsigned left[ARRAY_LEN(reasons)] = { 0 }, n;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 10);
	for (unsigned i = 0; i < DROPS; i++) { /* a flood of one, now and then another */
		was[i] = i % 97 == 0 ? 1 : i == 3 ? 2 : 0;
		(void)pkt_drop(f->net, fixture_input(f, 1), reasons[was[i]]);
	}
	n = sorted(f);
	assert_int_equal(n, 2 * DROP_RECORDS + 1);
	for (unsigned i = DROPS; i-- > 0;) {
		if (left[was[i]]++ >= DROP_RECORDS)
			continue;
		assert_true(n > 0);
		n--;
		assert_int_equal(all[n]->number, i + 1);
		assert_int_equal(all[n]->reason, reasons[was[i]]);
	}
	assert_int_equal(n, 0);
	fixture_free(f);
}

static void counted_from_zero_again(void **unused)
{
	struct fixture *f = fixture_new(2);

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 10);
	(void)pkt_drop(f->net, fixture_input(f, 1), DROP_FILTER);
	(void)pkt_drop(f->net, fixture_input(f, 1), DROP_FILTER);
	net_drops_reset(f->net);
	assert_int_equal(sorted(f), 0);
	assert_int_equal(net_drops(f->net, DROP_FILTER), 0);
	(void)pkt_drop(f->net, fixture_input(f, 1), DROP_FILTER);
	assert_int_equal(net_drops(f->net, DROP_FILTER), 1);
	assert_int_equal(f->net->drops[DROP_FILTER], 3); /* what adds up goes on */
	assert_int_equal(sorted(f), 1);
	assert_int_equal(all[0]->number, 3);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept),
		cmocka_unit_test(what_is_not),
		cmocka_unit_test(short_ones),
		cmocka_unit_test(the_last_of_each),
		cmocka_unit_test(counted_from_zero_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
