#include "script/names.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

#define ERROR(name)                                                                                \
	{                                                                                          \
#name, name                                                                        \
	}

const struct word_value names_errors[] = {
	ERROR(EPERM),        ERROR(ENOENT),       ERROR(EINTR),           ERROR(EBADF),
	ERROR(EAGAIN),       ERROR(ENOMEM),       ERROR(EACCES),          ERROR(EFAULT),
	ERROR(EBUSY),        ERROR(ENODEV),       ERROR(EINVAL),          ERROR(EPIPE),
	ERROR(EDOM),         ERROR(ENOTSOCK),     ERROR(EDESTADDRREQ),    ERROR(EMSGSIZE),
	ERROR(EPROTOTYPE),   ERROR(ENOPROTOOPT),  ERROR(EPROTONOSUPPORT), ERROR(ESOCKTNOSUPPORT),
	ERROR(EOPNOTSUPP),   ERROR(EAFNOSUPPORT), ERROR(EADDRINUSE),      ERROR(EADDRNOTAVAIL),
	ERROR(ENETDOWN),     ERROR(ENETUNREACH),  ERROR(ECONNABORTED),    ERROR(ECONNRESET),
	ERROR(ENOBUFS),      ERROR(EISCONN),      ERROR(ENOTCONN),        ERROR(ETIMEDOUT),
	ERROR(ECONNREFUSED), ERROR(EHOSTDOWN),    ERROR(EHOSTUNREACH),    ERROR(EALREADY),
	ERROR(EINPROGRESS),  ERROR(EPROTO),       ERROR(ENONET),          { NULL, 0 },
};

const struct word_value names_poll[] = {
	{ "in", POLLIN },       { "out", POLLOUT }, { "err", POLLERR }, { "hup", POLLHUP },
	{ "rdhup", POLLRDHUP }, { "pri", POLLPRI }, { NULL, 0 },
};

const struct word_value names_message_flags[] = {
	{ "oob", MSG_OOB },           { "peek", MSG_PEEK },           { "more", MSG_MORE },
	{ "dontwait", MSG_DONTWAIT }, { "waitall", MSG_WAITALL },     { "trunc", MSG_TRUNC },
	{ "errqueue", MSG_ERRQUEUE }, { "dontroute", MSG_DONTROUTE }, { NULL, 0 },
};

const struct word_value names_tcp_flags[] = {
	{ "FIN", TCP_FIN }, { "SYN", TCP_SYN }, { "RST", TCP_RST },
	{ "PSH", TCP_PSH }, { "ACK", TCP_ACK }, { "URG", TCP_URG },
	{ "ECE", TCP_ECE }, { "CWR", TCP_CWR }, { NULL, 0 },
};

const struct word_value names_unreachable[] = {
	{ "net-unreachable", ICMP_NET_UNREACHABLE },
	{ "host-unreachable", ICMP_HOST_UNREACHABLE },
	{ "protocol-unreachable", ICMP_PROTOCOL_UNREACHABLE },
	{ "port-unreachable", ICMP_PORT_UNREACHABLE },
	{ "fragmentation-needed", ICMP_FRAGMENT_NEEDED },
	{ "source-route-failed", ICMP_SOURCE_ROUTE_FAILED },
	{ "net-prohibited", ICMP_NET_PROHIBITED },
	{ "host-prohibited", ICMP_HOST_PROHIBITED },
	{ "admin-prohibited", ICMP_ADMIN_PROHIBITED },
	{ NULL, 0 },
};

/* Linux's numbers of states, as struct tcp_info has them. */
const struct word_value names_states[] = {
	{ "established", 1 }, { "syn-sent", 2 },  { "syn-received", 3 }, { "fin-wait-1", 4 },
	{ "fin-wait-2", 5 },  { "time-wait", 6 }, { "closed", 7 },       { "close-wait", 8 },
	{ "last-ack", 9 },    { "listen", 10 },   { "closing", 11 },     { NULL, 0 },
};

#define OPTION(level, name, type)                                                                  \
	{                                                                                          \
#name, level, name, type                                                           \
	}

static const struct option_name options[] = {
	OPTION(SOL_SOCKET, SO_ERROR, OPTION_ERROR),
	OPTION(SOL_SOCKET, SO_TYPE, OPTION_INT),
	OPTION(SOL_SOCKET, SO_PROTOCOL, OPTION_INT),
	OPTION(SOL_SOCKET, SO_DOMAIN, OPTION_INT),
	OPTION(SOL_SOCKET, SO_ACCEPTCONN, OPTION_INT),
	OPTION(SOL_SOCKET, SO_REUSEADDR, OPTION_INT),
	OPTION(SOL_SOCKET, SO_REUSEPORT, OPTION_INT),
	OPTION(SOL_SOCKET, SO_KEEPALIVE, OPTION_INT),
	OPTION(SOL_SOCKET, SO_BROADCAST, OPTION_INT),
	OPTION(SOL_SOCKET, SO_DONTROUTE, OPTION_INT),
	OPTION(SOL_SOCKET, SO_OOBINLINE, OPTION_INT),
	OPTION(SOL_SOCKET, SO_SNDBUF, OPTION_INT),
	OPTION(SOL_SOCKET, SO_RCVBUF, OPTION_INT),
	OPTION(SOL_SOCKET, SO_RCVLOWAT, OPTION_INT),
	OPTION(SOL_SOCKET, SO_PRIORITY, OPTION_INT),
	OPTION(SOL_SOCKET, SO_LINGER, OPTION_LINGER),
	OPTION(SOL_SOCKET, SO_SNDTIMEO, OPTION_TIME),
	OPTION(SOL_SOCKET, SO_RCVTIMEO, OPTION_TIME),
	OPTION(SOL_SOCKET, SO_BINDTODEVICE, OPTION_TEXT),
	OPTION(IPPROTO_IP, IP_TOS, OPTION_BYTE),
	OPTION(IPPROTO_IP, IP_TTL, OPTION_BYTE),
	OPTION(IPPROTO_IP, IP_MTU, OPTION_INT),
	OPTION(IPPROTO_IP, IP_MTU_DISCOVER, OPTION_INT),
	OPTION(IPPROTO_IP, IP_RECVERR, OPTION_INT),
	OPTION(IPPROTO_IP, IP_FREEBIND, OPTION_INT),
	OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, OPTION_INT),
	OPTION(IPPROTO_IP, IP_OPTIONS, OPTION_BYTES),
	OPTION(IPPROTO_IP, IP_MINTTL, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_NODELAY, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_CORK, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_MAXSEG, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_KEEPIDLE, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_KEEPINTVL, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_KEEPCNT, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_SYNCNT, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_LINGER2, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_QUICKACK, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, OPTION_INT),
	OPTION(IPPROTO_TCP, TCP_CONGESTION, OPTION_TEXT),
	OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT, OPTION_INT),
};

#define INFO(word, field)                                                                          \
	{                                                                                          \
		word, offsetof(struct tcp_info, field), sizeof(((struct tcp_info *)0)->field), 0,  \
			0                                                                          \
	}

static const struct info_field infos[] = {
	INFO("state", tcpi_state),
	INFO("congestion-state", tcpi_ca_state),
	INFO("retransmits", tcpi_retransmits),
	INFO("probes", tcpi_probes),
	INFO("backoff", tcpi_backoff),
	INFO("options", tcpi_options),
	{ "send-scale", offsetof(struct tcp_info, tcpi_options) + 1, 1, 0, 15 },
	{ "receive-scale", offsetof(struct tcp_info, tcpi_options) + 1, 1, 4, 15 },
	INFO("rto", tcpi_rto),
	INFO("ato", tcpi_ato),
	INFO("send-mss", tcpi_snd_mss),
	INFO("receive-mss", tcpi_rcv_mss),
	INFO("unacked", tcpi_unacked),
	INFO("sacked", tcpi_sacked),
	INFO("lost", tcpi_lost),
	INFO("retransmitted", tcpi_retrans),
	INFO("path-mtu", tcpi_pmtu),
	INFO("rtt", tcpi_rtt),
	INFO("rtt-variance", tcpi_rttvar),
	INFO("ssthresh", tcpi_snd_ssthresh),
	INFO("cwnd", tcpi_snd_cwnd),
	INFO("advertised-mss", tcpi_advmss),
	INFO("reordering", tcpi_reordering),
	INFO("total-retransmitted", tcpi_total_retrans),
	INFO("bytes-acked", tcpi_bytes_acked),
	INFO("bytes-received", tcpi_bytes_received),
	INFO("segments-out", tcpi_segs_out),
	INFO("segments-in", tcpi_segs_in),
	INFO("not-sent", tcpi_notsent_bytes),
	INFO("min-rtt", tcpi_min_rtt),
};

static const struct setting_name settings[] = {
	{ "mtu", SETTING_MTU, NULL, 1, 1 },
	{ "timestamps", SETTING_NUMBER, "tcp_timestamps", 1, 1 },
	{ "sack", SETTING_NUMBER, "tcp_sack", 1, 1 },
	{ "duplicate-sack", SETTING_NUMBER, "tcp_dsack", 1, 1 },
	{ "window-scaling", SETTING_NUMBER, "tcp_window_scaling", 1, 1 },
	{ "ecn", SETTING_NUMBER, "tcp_ecn", 1, 1 },
	{ "syn-retries", SETTING_NUMBER, "tcp_syn_retries", 1, 1 },
	{ "syn-linear-timeouts", SETTING_NUMBER, "tcp_syn_linear_timeouts", 1, 1 },
	{ "syn-ack-retries", SETTING_NUMBER, "tcp_synack_retries", 1, 1 },
	{ "retries", SETTING_NUMBER, "tcp_retries2", 1, 1 },
	{ "orphan-retries", SETTING_NUMBER, "tcp_orphan_retries", 1, 1 },
	{ "syn-cookies", SETTING_NUMBER, "tcp_syncookies", 1, 1 },
	{ "fin-timeout", SETTING_NUMBER, "tcp_fin_timeout", 1, 1 },
	{ "time-wait-reuse", SETTING_NUMBER, "tcp_tw_reuse", 1, 1 },
	{ "time-wait-ignores-reset", SETTING_NUMBER, "tcp_rfc1337", 1, 1 },
	{ "abort-on-overflow", SETTING_NUMBER, "tcp_abort_on_overflow", 1, 1 },
	{ "slow-start-after-idle", SETTING_NUMBER, "tcp_slow_start_after_idle", 1, 1 },
	{ "tail-loss-probe", SETTING_NUMBER, "tcp_early_retrans", 1, 1 },
	{ "rack", SETTING_NUMBER, "tcp_recovery", 1, 1 },
	{ "frto", SETTING_NUMBER, "tcp_frto", 1, 1 },
	{ "mtu-probing", SETTING_NUMBER, "tcp_mtu_probing", 1, 1 },
	{ "autotune", SETTING_NUMBER, "tcp_moderate_rcvbuf", 1, 1 },
	{ "listen-max", SETTING_NUMBER, "../core/somaxconn", 1, 1 },
	{ "route", SETTING_ROUTE, NULL, 2, 6 },
	{ "address", SETTING_ADDRESS, NULL, 1, 1 },
	{ "silent", SETTING_SILENT, NULL, 1, 1 },
	{ "default-route", SETTING_DEFAULT_ROUTE, NULL, 1, 1 },
	{ "local-ports", SETTING_LOCAL_PORTS, NULL, 2, 2 },
	{ "filter", SETTING_FILTER, NULL, 2, 2 },
};

static bool same(const char *known, const char *word, size_t len)
{
	return strlen(known) == len && memcmp(known, word, len) == 0;
}

bool names_value(const struct word_value *table, const char *word, size_t len, int *ret_value)
{
	for (; table->word != NULL; table++)
		if (same(table->word, word, len)) {
			*ret_value = table->value;
			return true;
		}
	return false;
}

const char *names_word(const struct word_value *table, int value)
{
	for (; table->word != NULL; table++)
		if (table->value == value)
			return table->word;
	return NULL;
}

const struct option_name *names_option(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (same(options[i].word, word, len))
			return &options[i];
	return NULL;
}

const struct info_field *names_info(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++)
		if (same(infos[i].word, word, len))
			return &infos[i];
	return NULL;
}

const struct setting_name *names_setting(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		if (same(settings[i].word, word, len))
			return &settings[i];
	return NULL;
}
