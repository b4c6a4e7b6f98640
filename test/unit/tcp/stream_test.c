/* Two of our own ends: what one writes the other reads, and all that they used comes back. */
#include "lib/must.h"
#include "tcp/side.h"

struct pair {
	struct side a, b;
	struct listener *l;
	struct connection *ca, *cb;
};

static struct pair *pair_new(void)
{
	struct pair *p = mem_new(1, sizeof *p);
	struct listener_plan listen = { .port = 80, .backlog = 4, .owner = &p->b.told };
	struct connection_plan plan;

	p->a = side_new_with("192.0.2.1", &(struct tcp_budget){ .connections = 4,
	                                                        .chunks = 512,
	                                                        .half_open = 4,
	                                                        .time_wait = 4,
	                                                        .listeners = 2,
	                                                        .flights = 512 });
	p->b = side_new_with("192.0.2.9", &(struct tcp_budget){ .connections = 4,
	                                                        .chunks = 512,
	                                                        .half_open = 4,
	                                                        .time_wait = 4,
	                                                        .listeners = 2,
	                                                        .flights = 512 });
	listen.owner = &p->b.told;
	assert_int_equal(listener_open(p->b.tcp, &listen, &p->l), 0);
	plan = side_plan(&p->a);
	assert_int_equal(connection_open(p->a.tcp, &plan, &p->ca), 0);
	plan.owner = &p->a.events;
	side_settle(&p->a, &p->b);
	assert_int_equal(p->b.told, 1);
	p->cb = listener_take(p->l, &p->b.events);
	assert_non_null(p->cb);
	return p;
}

static void pair_free(struct pair *p)
{
	struct tcp_use use;

	listener_close(p->l);
	side_run_ms(&p->a, &p->b, 200000);
	for (unsigned i = 0; i < 2; i++) {
		use = tcp_use(i == 0 ? p->a.tcp : p->b.tcp);
		assert_int_equal(use.connections, 0);
		assert_int_equal(use.half_open, 0);
		assert_int_equal(use.time_wait, 0);
		assert_int_equal(use.chunks, 0);
		assert_int_equal(use.flights, 0);
		assert_int_equal(use.listeners, 0);
	}
	side_free(&p->a);
	side_free(&p->b);
	mem_free(p);
}

static void hello(void **unused)
{
	struct pair *p = pair_new();
	char text[16];

	assert_int_equal(connection_state(p->ca), CONNECTION_ESTABLISHED);
	assert_int_equal(connection_state(p->cb), CONNECTION_ESTABLISHED);
	assert_true(p->a.events & CONNECTION_CONNECTED);
	assert_int_equal(connection_send(p->ca, "hello", 5, 0), 5);
	side_settle(&p->a, &p->b);
	assert_true(p->b.events & CONNECTION_READABLE);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), -EAGAIN);
	assert_int_equal(connection_send(p->cb, "world!", 6, 0), 6);
	side_settle(&p->a, &p->b);
	assert_int_equal(connection_receive(p->ca, text, sizeof text, 0), 6);
	assert_memory_equal(text, "world!", 6);
	connection_close(p->ca, -1);
	side_settle(&p->a, &p->b);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), 0);
	assert_int_equal(connection_state(p->cb), CONNECTION_CLOSE_WAIT);
	connection_close(p->cb, -1);
	side_settle(&p->a, &p->b);
	pair_free(p);
}

/* 8 MiB each way at once. */
static void much(void **unused)
{
	struct pair *p = pair_new();
	const uint32_t total = 8U << 20;
	static uint8_t out[65536], in[65536];
	uint32_t sent[2] = { 0 }, got[2] = { 0 };
	struct connection *c[2] = { p->ca, p->cb };
	unsigned rounds = 0;

	while (got[0] < total || got[1] < total) {
		assert_true(rounds++ < 100000);
		for (unsigned i = 0; i < 2; i++) {
			int64_t n;

			for (uint32_t j = 0; j < sizeof out; j++)
				out[j] = (uint8_t)((sent[i] + j) * 7 + i);
			n = sent[i] < total
			            ? connection_send(c[i], out,
			                              total - sent[i] < sizeof out ? total - sent[i]
			                                                           : sizeof out,
			                              0)
			            : 0;
			if (n > 0)
				sent[i] += (uint32_t)n;
			n = connection_receive(c[i], in, sizeof in, 0);
			if (n > 0) {
				for (uint32_t j = 0; j < n; j++)
					assert_int_equal(in[j], (uint8_t)((got[i] + j) * 7 + !i));
				got[i] += (uint32_t)n;
			}
		}
		side_run_ms(&p->a, &p->b, 1);
	}
	connection_close(p->ca, -1);
	connection_close(p->cb, -1);
	pair_free(p);
}

static void reset(void **unused)
{
	struct pair *p = pair_new();
	char text[16];

	assert_int_equal(connection_send(p->ca, "hello", 5, 0), 5);
	side_settle(&p->a, &p->b);
	connection_abort(p->ca);
	side_settle(&p->a, &p->b);
	assert_true(p->b.events & CONNECTION_FAILED);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), 5);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), -ECONNRESET);
	assert_int_equal(connection_receive(p->cb, text, sizeof text, 0), 0);
	assert_int_equal(connection_send(p->cb, "x", 1, 0), -EPIPE);
	connection_close(p->cb, -1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello),
		cmocka_unit_test(much),
		cmocka_unit_test(reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
