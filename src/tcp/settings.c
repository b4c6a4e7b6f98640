#include "tcp/autotune.h"
#include "tcp/tcp.h"

struct tcp_budget tcp_budget_small(void)
{
	return (struct tcp_budget){ .connections = 128,
		                    .half_open = 64,
		                    .time_wait = 128,
		                    .listeners = 16,
		                    .chunks = 2048,
		                    .flights = 2048 };
}

struct tcp_settings tcp_settings_default(void)
{
	return (struct tcp_settings){
		.option_order = TCP_ORDER_LINUX,
		.syn_schedule = TCP_SYN_DOUBLING,
		.syn_retries = 6,
		.syn_ack_retries = 5,
		.retries = 15,
		.orphan_retries = 8,
		.congestion = TCP_CUBIC,
		.initial_window = 10, /* RFC 6928 */
		.timestamps = true,
		.sack = true,
		.window_scaling = true,
		.syn_cookies = true,
		.fatal_icmp = true,
		.mtu_floor_bytes = 552,
		.rto_min_ms = 200,
		.rto_initial_ms = 1000, /* RFC 6298, 2.1 */
		.rto_max_ms = 120000,
		.delayed_ack_ms = 40,
		.time_wait_ms = 60000,
		.fin_wait_2_ms = 60000,
		.receive_bytes = 128 * 1024,
		.receive_bytes_max = 6 * 1024 * 1024,
		.send_bytes = 64 * 1024,
		.send_bytes_max = SEND_BUFFER_MOST,
	};
}
