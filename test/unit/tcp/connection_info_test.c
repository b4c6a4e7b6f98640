/* struct connection_info is Linux's struct tcp_info, byte by byte; and what it says is so. */
#include <linux/tcp.h>

#include "tcp/connection_info.h"
#include "tcp/side.h"

#define SAME(field)                                                                                \
	assert_int_equal(offsetof(struct connection_info, field),                                  \
	                 offsetof(struct tcp_info, tcpi_##field))

static void layout(void **unused)
{
	SAME(state);
	SAME(options);
	SAME(rto);
	SAME(ato);
	SAME(rcv_mss);
	SAME(unacked);
	SAME(fackets);
	SAME(last_ack_recv);
	SAME(pmtu);
	SAME(rttvar);
	SAME(snd_cwnd);
	SAME(reordering);
	SAME(rcv_space);
	SAME(total_retrans);
	SAME(pacing_rate);
	SAME(bytes_acked);
	SAME(segs_out);
	SAME(notsent_bytes);
	SAME(data_segs_out);
	SAME(delivery_rate);
	SAME(sndbuf_limited);
	SAME(delivered_ce);
	SAME(bytes_retrans);
	SAME(rcv_ooopack);
	SAME(snd_wnd);
	assert_int_equal(offsetof(struct connection_info, scales),
	                 offsetof(struct tcp_info, tcpi_options) + 1);
}

static void truth(void **unused)
{
	struct side s = side_new();
	struct connection *c = side_connect_with(&s, NULL);
	struct connection_info info;
	struct side_segment seg;

	connection_info(c, &info);
	assert_int_equal(info.state, 2);
	assert_true(side_next(&s, &seg));
	s.net->now = mono_add_ms(s.net->now, 30);
	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                        .seq = 1,
	                                        .ack = 1001,
	                                        .window = 100,
	                                        .options_n = 8,
	                                        .raw_options = { 2, 4, 4, 0, 1, 3, 3, 4 } });
	assert_int_equal(connection_send(c, "hello", 5, 0), 5);
	assert_true(side_next(&s, &seg));
	while (side_next(&s, &seg))
		;
	connection_info(c, &info);
	assert_int_equal(info.state, 1);
	assert_int_equal(info.options, TCPI_OPT_WSCALE);
	assert_int_equal(info.scales, 4 | 7 << 4);
	assert_int_equal(info.rtt, 30000);
	assert_int_equal(info.snd_mss, 1024);
	assert_int_equal(info.advmss, 1460);
	assert_int_equal(info.pmtu, 1500);
	assert_int_equal(info.snd_cwnd, 10);
	assert_int_equal(info.unacked, 1);
	assert_int_equal(info.bytes_sent, 5);
	assert_int_equal(info.bytes_acked, 0);
	assert_int_equal(info.snd_wnd, 100);
	side_arrive(&s, &(struct side_segment){
				.flags = TCP_ACK, .seq = 2, .ack = 1006, .window = 100 });
	connection_info(c, &info);
	assert_int_equal(info.bytes_acked, 5);
	assert_int_equal(info.unacked, 0);
	assert_int_equal(info.snd_wnd, 1600);
	connection_abort(c);
	side_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
