/* stream_speed_test.c -- how much of a long or lossy path a connection of ours fills (G8). */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>

#include "lib/mem.h"
#include "sim/stream_net.h"
#include "tcp/connection_info.h"
#include "tcp/listener.h"
#include "tcp/tcp.h"

#define PORT 1000

struct speed {
	struct stream_net *net;
	struct connection *from, *to;
	struct listener *listener;
	uint64_t got;
};

/* All that there is room for; the bytes do not matter here. */
static void write_all(struct speed *speed)
{
	static const uint8_t bytes[65536];

	while (connection_send(speed->from, bytes, sizeof bytes, 0) > 0)
		continue;
	world_wake(speed->net->hosts[0]);
}

static void read_all(struct speed *speed)
{
	struct iovec spans[8];
	unsigned n;

	while ((n = connection_spans(speed->to, spans, 8)) > 0) {
		size_t taken = 0;

		for (unsigned i = 0; i < n; i++)
			taken += spans[i].iov_len;
		connection_consume(speed->to, taken);
		speed->got += taken;
	}
	world_wake(speed->net->hosts[1]);
}

static void changed(void *owner, struct connection *c, unsigned events)
{
	struct speed *speed = owner;

	if (c == speed->from && (events & (CONNECTION_CONNECTED | CONNECTION_WRITABLE)) != 0)
		write_all(speed);
	if (c == speed->to)
		read_all(speed);
}

static void listener_changed(void *owner, struct listener *l)
{
	struct speed *speed = owner;

	speed->to = listener_take(l, speed);
	read_all(speed);
}

static const struct tcp_owner owner = { .changed = changed, .listener_changed = listener_changed };

static void connect_them(struct speed *speed, uint8_t congestion)
{
	struct router *from = speed->net->hosts[0]->router, *to = speed->net->hosts[1]->router;
	struct connection_settings settings = { .congestion = (uint8_t)(congestion + 1) };
	struct listener_plan listen = { .port = PORT, .backlog = 1, .owner = speed };
	struct connection_plan plan = {
		.ends = { .src = speed->net->own[0],
		          .dst = speed->net->seen[1],
		          .sport = 40000,
		          .dport = PORT,
		          .proto = IPPROTO_TCP },
		.initial_sequence = 0xffff0000U,
		.timestamp_offset = 77,
		.settings = &settings,
		.owner = speed,
	};
	struct route_key key = { .dst = plan.ends.dst };

	tcp_set_owner(from->host.tcp, &owner);
	tcp_set_owner(to->host.tcp, &owner);
	assert_int_equal(listener_open(to->host.tcp, &listen, &speed->listener), 0);
	from->net.now = timeline_now(&speed->net->world->timeline);
	assert_int_equal(route_lookup(&from->net, &key, &plan.route, NULL), 0);
	assert_int_equal(connection_open(from->host.tcp, &plan, &speed->from), 0);
	world_wake(speed->net->hosts[0]);
}

static struct speed speed_new(uint64_t seed, const struct link_quality *quality)
{
	struct stream_net_plan plan = {
		.layout = STREAM_DIRECT,
		.start = { .now = { 1000 * NS_PER_S } },
		.budget = { .connections = 4,
		            .half_open = 4,
		            .time_wait = 4,
		            .listeners = 4,
		            .chunks = 8192,
		            .flights = 16384 },
	};
	struct speed speed = { .net = stream_net_new(seed, &plan) };

	*link_quality(speed.net->links[0]) = *quality;
	return speed;
}

/* Megabits a second of payload, over @seconds. */
static double speed_run(struct speed *speed, uint8_t congestion, unsigned seconds, const char *what)
{
	struct connection_info info;
	double megabits;

	connect_them(speed, congestion);
	world_run_ms(speed->net->world, seconds * 1000ULL);
	megabits = (double)speed->got * 8 / 1e6 / seconds;
	connection_info(speed->from, &info);
	print_message("%s: %.2f Mbit/s, rtt %u us, cwnd %u, %u sent again, timeouts %u\n", what,
	              megabits, info.rtt, info.snd_cwnd, info.total_retrans, info.backoff);
	connection_abort(speed->from);
	connection_abort(speed->to);
	listener_close(speed->listener);
	world_run_ms(speed->net->world, 1000);
	stream_net_free(speed->net);
	return megabits;
}

/* 300 ms there and back, 100 Mbit/s, a queue of about half of what the path holds. */
static void a_long_path_is_filled(void **state)
{
	struct link_quality quality = { .delay_ns = 150 * NS_PER_MS,
		                        .bytes_per_second = 12500000,
		                        .queue_frames = 1300 };
	struct speed speed = speed_new(1, &quality);
	double megabits = speed_run(&speed, TCP_CUBIC, 60, "300 ms, 100 Mbit/s");

	(void)state;
	assert_true(megabits >= 0.9 * 100 * 1448 / 1514);
}

/* A window of 12.2 segments on the average is what RFC 9438, 4.3 makes of 1 %. */
static void a_lossy_path_is_near_theory(void **state)
{
	struct link_quality quality = { .delay_ns = 50 * NS_PER_MS,
		                        .bytes_per_second = 12500000,
		                        .loss = 100 };
	double theory = 12.2 * 1448 * 8 * 10 / 1e6;
	struct speed speed = speed_new(2, &quality);
	double megabits = speed_run(&speed, TCP_CUBIC, 600, "100 ms, 1 % loss");

	(void)state;
	assert_true(megabits >= 0.8 * theory && megabits <= 1.6 * theory);
	speed = speed_new(3, &quality);
	megabits = speed_run(&speed, TCP_RENO, 600, "the same, Reno");
	assert_true(megabits >= 0.8 * theory && megabits <= 1.6 * theory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_path_is_filled),
		cmocka_unit_test(a_lossy_path_is_near_theory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
