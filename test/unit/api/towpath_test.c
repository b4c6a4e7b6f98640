#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/text.h"
#include "towpath.h"

static void collect(void *arg, const char *bytes, size_t len, bool error)
{
	text_bytes(arg, bytes, len);
}

struct pair {
	struct towpath *a, *b;
	uint64_t now_ns;
	struct text out;
};

/* Both are done with what is due now; then the clock goes on to what comes first. */
static int step(struct pair *p, uint64_t until_ns)
{
	uint64_t next;

	do {
		(void)towpath_advance(p->a, p->now_ns);
		(void)towpath_advance(p->b, p->now_ns);
		next = towpath_next(p->a) < towpath_next(p->b) ? towpath_next(p->a)
		                                               : towpath_next(p->b);
	} while (next <= p->now_ns);
	p->now_ns = next < until_ns ? next : until_ns;
	(void)towpath_advance(p->a, p->now_ns);
	(void)towpath_advance(p->b, p->now_ns);
	return 0;
}

static int wait_for(void *arg, struct towpath *t, uint64_t until_ns)
{
	struct pair *p = arg;

	return step(p, until_ns < p->now_ns + 1000000000ULL ? until_ns : p->now_ns + 1000000000ULL);
}

static struct towpath *make(struct pair *p, uint64_t seed, const char *address)
{
	struct towpath_setup setup = {
		.size = sizeof setup, .seed = seed, .now_ns = p->now_ns, .arg = p, .wait = wait_for
	};
	struct text line = { 0 };
	struct towpath *t;

	assert_int_equal(towpath_new(&setup, &t), 0);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "ether1" }), 0);
	assert_int_equal(towpath_start(t), 0);
	text_printf(&line, "/ip address add address=%s interface=ether1", address);
	assert_int_equal(towpath_run(t, text_str(&line), collect, &p->out), 0);
	text_free(&line);
	return t;
}

static void pair_open(struct pair *p)
{
	*p = (struct pair){ .now_ns = 5000000000ULL };
	p->a = make(p, 1, "10.0.0.1/24");
	p->b = make(p, 2, "10.0.0.2/24");
	assert_int_equal(towpath_join(p->a, 0, p->b, 0), 0);
}

static void pair_close(struct pair *p)
{
	towpath_free(p->a);
	towpath_free(p->b);
	text_free(&p->out);
}

static void test_ping_between_two(void **state)
{
	struct pair p;

	pair_open(&p);
	assert_int_equal(towpath_run(p.a, "/ping 10.0.0.2 count=3", collect, &p.out), 0);
	assert_non_null(strstr(text_str(&p.out), "received=3"));
	/* Three of them take two seconds, of the router's time. */
	assert_true(p.now_ns >= 7000000000ULL && p.now_ns < 9000000000ULL);
	assert_int_equal(towpath_now(p.a), p.now_ns);
	pair_close(&p);
}

static void test_setups_that_cannot_be(void **state)
{
	struct towpath_setup setup = { .size = sizeof setup };
	struct towpath *t;

	assert_int_equal(towpath_new(NULL, &t), -EINVAL);
	setup.size--;
	assert_int_equal(towpath_new(&setup, &t), -EINVAL);
	setup.size++;
	setup.budget.flows = 3;
	assert_int_equal(towpath_new(&setup, &t), -EINVAL);
	setup.budget.flows = 0;
	assert_int_equal(towpath_new(&setup, &t), 0);
	towpath_free(t);
	towpath_free(NULL);
}

static void test_ports_that_cannot_be(void **state)
{
	struct towpath_setup setup = { .size = sizeof setup };
	struct towpath *t;
	uint8_t bytes[64] = { 0 };
	struct towpath_frame frame = { .bytes = bytes, .len = sizeof bytes };

	assert_int_equal(towpath_new(&setup, &t), 0);
	assert_int_equal(towpath_port_add(t, NULL), -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "" }), -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "0123456789abcdef" }),
	                 -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "x", .mtu = 67 }),
	                 -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "x", .gso = true }),
	                 -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "x", .mac = { 1 } }),
	                 -EINVAL);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "ether1" }), 0);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "ether1" }), -EEXIST);
	assert_int_equal(towpath_put(t, 1, &frame), -ENODEV);
	assert_int_equal(towpath_put(t, -1, &frame), -ENODEV);
	assert_int_equal(towpath_take(t, 7, &frame), -ENODEV);
	frame.len = 13;
	assert_int_equal(towpath_put(t, 0, &frame), -EMSGSIZE);
	frame.len = 60;
	frame.needs_checksum = true;
	frame.checksum_start = 50;
	frame.checksum_offset = 9;
	assert_int_equal(towpath_put(t, 0, &frame), -EINVAL);
	frame.checksum_offset = 8;
	assert_int_equal(towpath_put(t, 0, &frame), 0);
	frame.gso = TOWPATH_GSO_TCP4;
	assert_int_equal(towpath_put(t, 0, &frame), -EINVAL);
	assert_int_equal(towpath_link(t, 0, false), 0);
	assert_int_equal(towpath_put(t, 0, &frame), -ENETDOWN);
	assert_int_equal(towpath_join(t, 0, t, 0), -EINVAL);
	assert_int_equal(towpath_start(t), 0);
	assert_int_equal(towpath_start(t), -EALREADY);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "y" }), -EALREADY);
	towpath_free(t);
}

static void test_time_does_not_go_back(void **state)
{
	struct towpath_setup setup = { .size = sizeof setup, .now_ns = 1000 };
	struct towpath *t;

	assert_int_equal(towpath_new(&setup, &t), 0);
	assert_int_equal(towpath_run(t, "/ip address print", NULL, NULL), -ENETDOWN);
	assert_int_equal(towpath_start(t), 0);
	assert_int_equal(towpath_advance(t, 999), -EINVAL);
	assert_int_equal(towpath_advance(t, TOWPATH_NEVER), -EINVAL);
	assert_int_equal(towpath_advance(t, 1000), 0);
	assert_true(towpath_next(t) > 1000);
	towpath_free(t);
}

static void test_lines_answer(void **state)
{
	struct towpath_setup setup = { .size = sizeof setup, .wall_ns = 1700000000000000000 };
	struct text out = { 0 };
	struct towpath *t;

	assert_int_equal(towpath_new(&setup, &t), 0);
	assert_int_equal(towpath_start(t), 0);
	assert_int_equal(towpath_run(t, ":put (6*7)\n/no such menu", collect, &out), -EINVAL);
	text_clear(&out);
	assert_int_equal(towpath_run(t, ":put (6*7)", collect, &out), 0);
	assert_string_equal(text_str(&out), "42\n");
	text_clear(&out);
	assert_int_equal(
		towpath_run(t, "/ip address add address=1.2.3.4/24 interface=nope", collect, &out),
		-EINVAL);
	assert_non_null(strstr(text_str(&out), "interface"));
	/* Without wait() what takes time goes on as the clock does. */
	text_clear(&out);
	assert_int_equal(towpath_run(t, ":put one; :delay 1s; :put two", collect, &out),
	                 -EINPROGRESS);
	assert_string_equal(text_str(&out), "one\n");
	assert_int_equal(towpath_run(t, ":put three", collect, &out), -EBUSY);
	assert_int_equal(towpath_advance(t, 999999999), 0);
	assert_int_equal(towpath_run_result(t), -EINPROGRESS);
	assert_int_equal(towpath_next(t), 1000000000);
	assert_int_equal(towpath_advance(t, 1000000000), 0);
	assert_string_equal(text_str(&out), "one\ntwo\n");
	assert_int_equal(towpath_run_result(t), 0);
	assert_int_equal(towpath_run(t, ":delay 1d", collect, &out), -EINPROGRESS);
	towpath_run_interrupt(t);
	(void)towpath_advance(t, 1000000001);
	assert_int_equal(towpath_run_result(t), -EINTR);
	text_free(&out);
	towpath_free(t);
}

static uint64_t trace_of(uint64_t seed)
{
	struct pair p = { .now_ns = 1 };
	uint64_t hash = 14695981039346656037ULL;

	p.a = make(&p, seed, "10.0.0.1/24");
	p.b = make(&p, seed + 1, "10.0.0.2/24");
	assert_int_equal(towpath_join(p.a, 0, p.b, 0), 0);
	assert_int_equal(
		towpath_run(p.a, "/ping 10.0.0.2 count=2\n/ip arp print detail", collect, &p.out),
		0);
	for (size_t i = 0; i < p.out.len; i++)
		hash = (hash ^ (uint8_t)p.out.bytes[i]) * 1099511628211ULL;
	pair_close(&p);
	return hash ^ p.now_ns;
}

static void test_same_seed_same_bytes(void **state)
{
	uint64_t once = trace_of(3);

	assert_int_equal(trace_of(3), once);
	assert_int_not_equal(trace_of(4), once);
}

static void append(void *arg, const void *bytes, size_t len)
{
	text_bytes(arg, bytes, len);
}

static void test_capture_is_pcapng(void **state)
{
	struct text file = { 0 };
	struct pair p;
	size_t at = 0, blocks = 0;

	pair_open(&p);
	assert_int_equal(towpath_capture(p.a, append, &file), 0);
	assert_int_equal(towpath_capture(p.a, append, &file), -EBUSY);
	assert_int_equal(towpath_run(p.a, "/ping 10.0.0.2 count=1", NULL, NULL), 0);
	assert_int_equal(towpath_capture(p.a, NULL, NULL), 0);
	/* Section and interface once, then packets: each as long as it says, twice. */
	while (at < file.len) {
		const uint8_t *b = (const uint8_t *)file.bytes + at;
		size_t len = (size_t)b[4] << 24 | (size_t)b[5] << 16 | (size_t)b[6] << 8 | b[7];

		assert_true(len >= 12 && at + len <= file.len);
		assert_memory_equal(b + 4, b + len - 4, 4);
		assert_int_equal(b[3], blocks == 0 ? 0x0a : blocks == 1 ? 1 : 6);
		at += len;
		blocks++;
	}
	/* The question for the neighbour, its answer, echo and its reply. */
	assert_true(blocks >= 6);
	text_free(&file);
	pair_close(&p);
}

static void test_link_goes_with_the_cable(void **state)
{
	struct pair p;

	pair_open(&p);
	assert_int_equal(towpath_link(p.a, 0, false), 0);
	assert_int_equal(towpath_run(p.b, "/ping 10.0.0.1 count=1", collect, &p.out), 0);
	assert_null(strstr(text_str(&p.out), "received=1"));
	assert_int_equal(towpath_link(p.b, 0, true), 0);
	assert_int_equal(towpath_run(p.b, "/ping 10.0.0.1 count=1", collect, &p.out), 0);
	assert_non_null(strstr(text_str(&p.out), "received=1"));
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ping_between_two),
		cmocka_unit_test(test_setups_that_cannot_be),
		cmocka_unit_test(test_ports_that_cannot_be),
		cmocka_unit_test(test_time_does_not_go_back),
		cmocka_unit_test(test_lines_answer),
		cmocka_unit_test(test_same_seed_same_bytes),
		cmocka_unit_test(test_capture_is_pcapng),
		cmocka_unit_test(test_link_goes_with_the_cable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
