#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "host/sock_option_table.h"
#include "tcp/connection_info.h"
#include "tcp/tcp.h"

enum {
	MSS_MIN = 88, /* Linux's TCP_MIN_MSS */
	MSS_MAX = 32767,
	MSS_UNCONNECTED = 536, /* RFC 9293, 3.7.1 */
	KEEP_MAX = 32767,
	NEVER = UINT16_MAX, /* of fin_wait_2_s: not at all */
};

static const char *const congestion_words[] = { [TCP_CUBIC] = "cubic", [TCP_RENO] = "reno" };

static int set_congestion(struct sock *sock, const struct sock_option_value *value)
{
	size_t n = strnlen(value->in, (size_t)value->len);

	for (size_t i = 0; i < ARRAY_LEN(congestion_words); i++) {
		if (strlen(congestion_words[i]) == n &&
		    memcmp(congestion_words[i], value->in, n) == 0) {
			sock->settings->tcp.congestion = (uint8_t)(i + 1);
			return 0;
		}
	}
	return n == 0 ? -EINVAL : -ENOENT;
}

static int get_congestion(struct sock *sock, struct sock_option_value *value)
{
	uint8_t chosen = sock->settings->tcp.congestion;
	size_t at = chosen != 0 ? chosen - 1U : tcp_settings(sock->host->tcp)->congestion;
	char word[16] = { 0 }; /* Linux's TCP_CA_NAME_MAX: always as many bytes, if there is room */

	memcpy(word, congestion_words[at], strlen(congestion_words[at]));
	return sock_option_give_bytes(value, word, sizeof word);
}

static int get_mss(struct sock *sock, struct sock_option_value *value)
{
	struct connection *c = sock_connection(sock);
	struct connection_info info;

	if (c != NULL && connection_state(c) != CONNECTION_CLOSED) {
		connection_info(c, &info);
		return sock_option_give(value, (int)info.snd_mss);
	}
	if (sock->settings->tcp.mss != 0)
		return sock_option_give(value, sock->settings->tcp.mss);
	return sock_option_give(value, MSS_UNCONNECTED);
}

static int set_mss(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	if (number != 0 && (number < MSS_MIN || number > MSS_MAX))
		return -EINVAL;
	sock->settings->tcp.mss = (uint16_t)number;
	return 0;
}

static int get_or(struct sock_option_value *value, int set, int by_default)
{
	return sock_option_give(value, set != 0 ? set : by_default);
}

static int get_keep_idle(struct sock *sock, struct sock_option_value *value)
{
	return get_or(value, sock->settings->tcp.keep_idle_s, 7200);
}

static int get_keep_interval(struct sock *sock, struct sock_option_value *value)
{
	return get_or(value, sock->settings->tcp.keep_interval_s, 75);
}

static int get_keep_count(struct sock *sock, struct sock_option_value *value)
{
	return get_or(value, sock->settings->tcp.keep_count, 9);
}

static int get_syn_count(struct sock *sock, struct sock_option_value *value)
{
	return get_or(value, sock->settings->tcp.syn_retries,
	              tcp_settings(sock->host->tcp)->syn_retries);
}

/* Negative: FIN-WAIT-2 is not waited for at all; 0: as the host does. */
static int set_fin_wait(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	sock->settings->tcp.fin_wait_2_s = number < 0     ? NEVER
	                                   : number > 120 ? 120
	                                                  : (uint16_t)number;
	return 0;
}

static int get_fin_wait(struct sock *sock, struct sock_option_value *value)
{
	uint16_t s = sock->settings->tcp.fin_wait_2_s;

	return sock_option_give(
		value, s == NEVER ? -1
		       : s == 0   ? (int)(tcp_settings(sock->host->tcp)->fin_wait_2_ms / 1000)
				  : s);
}

static int set_quick_ack(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	sock->settings->tcp.quick_ack = number != 0;
	if (sock_connection(sock) != NULL)
		connection_set_quick_ack(sock_connection(sock), number != 0);
	return 0;
}

static int set_defer(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	sock->settings->tcp.defer_accept_s = (uint8_t)(number < 0           ? 0
	                                               : number > UINT8_MAX ? UINT8_MAX
	                                                                    : number);
	return 0;
}

static int get_info(struct sock *sock, struct sock_option_value *value)
{
	struct connection *c = sock_connection(sock);
	struct connection_info info = { .state = sock->state == SOCK_LISTENING ? TCP_LISTEN
		                                                               : TCP_CLOSE };

	if (c != NULL) {
		connection_info(c, &info);
	} else if (sock->state == SOCK_LISTENING) { /* as Linux tells of listeners */
		info.unacked = listener_waiting(sock->listener);
		info.sacked = listener_backlog(sock->listener);
	}
	return sock_option_give_bytes(value, &info, sizeof info);
}

static const struct sock_option tcp_options[] = {
	{ TCP_NODELAY, SOCK_OPTION_AT(tcp.no_delay) },
	{ TCP_CORK, SOCK_OPTION_AT(tcp.cork) },
	{ TCP_QUICKACK, SOCK_OPTION_AT(tcp.quick_ack), .set = set_quick_ack },
	{ TCP_MAXSEG, .set = set_mss, .get = get_mss },
	{ TCP_KEEPIDLE, SOCK_OPTION_AT(tcp.keep_idle_s), .low = 1, .high = KEEP_MAX,
	  .get = get_keep_idle },
	{ TCP_KEEPINTVL, SOCK_OPTION_AT(tcp.keep_interval_s), .low = 1, .high = KEEP_MAX,
	  .get = get_keep_interval },
	{ TCP_KEEPCNT, SOCK_OPTION_AT(tcp.keep_count), .low = 1, .high = 127,
	  .get = get_keep_count },
	{ TCP_SYNCNT, SOCK_OPTION_AT(tcp.syn_retries), .low = 1, .high = 127,
	  .get = get_syn_count },
	{ TCP_USER_TIMEOUT, SOCK_OPTION_AT(tcp.user_timeout_ms), .low = 0, .high = INT32_MAX },
	{ TCP_WINDOW_CLAMP, SOCK_OPTION_AT(tcp.window_clamp), .low = 0, .high = INT32_MAX },
	{ TCP_NOTSENT_LOWAT, SOCK_OPTION_AT(tcp.unsent_low_bytes), .low = 0, .high = INT32_MAX },
	{ TCP_LINGER2, .set = set_fin_wait, .get = get_fin_wait },
	{ TCP_DEFER_ACCEPT, SOCK_OPTION_AT(tcp.defer_accept_s), .set = set_defer },
	{ TCP_CONGESTION, .set = set_congestion, .get = get_congestion },
	{ TCP_INFO, .get = get_info, .read_only = true },
};
const struct sock_options sock_options_tcp = { tcp_options, ARRAY_LEN(tcp_options), false };
