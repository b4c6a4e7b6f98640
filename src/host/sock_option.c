#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>

#include "host/sock_option_table.h"

enum {
	BUFFER_MIN = 2304,           /* of SO_RCVBUF and SO_SNDBUF as read */
	BUFFER_MAX = 4 * 1024 * 1024 /* as set */
};

int sock_option_number(const struct sock_option_value *value, int *ret_number)
{
	if (value->len < (int)sizeof *ret_number)
		return -EINVAL;
	memcpy(ret_number, value->in, sizeof *ret_number);
	return 0;
}

int sock_option_give_bytes(struct sock_option_value *value, const void *bytes, size_t n)
{
	if (value->len < 0)
		return -EINVAL;
	if (n > (size_t)value->len)
		n = (size_t)value->len;
	if (n > 0)
		memcpy(value->out, bytes, n);
	value->len = (int)n;
	return 0;
}

int sock_option_give(struct sock_option_value *value, int number)
{
	return sock_option_give_bytes(value, &number, sizeof number);
}

/* --- SOL_SOCKET --- */

static int get_type(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, sock->ops->type);
}

static int get_protocol(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, sock->ops->proto);
}

static int get_domain(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, AF_INET);
}

static int get_error(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, -sock->ops->take_error(sock));
}

static int get_listening(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, sock->state == SOCK_LISTENING);
}

static int get_one(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give(value, 1);
}

static int get_peer(struct sock *sock, struct sock_option_value *value)
{
	return sock_peer_name(sock, value->out, &value->len);
}

/* Linux doubles what is asked for, for what each packet costs beside its bytes. */
static int read_buffer(const struct sock_option_value *value, uint32_t *ret_bytes)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	number = number < 0 || number > BUFFER_MAX ? BUFFER_MAX : number;
	*ret_bytes = (uint32_t)number * 2 < BUFFER_MIN ? BUFFER_MIN : (uint32_t)number * 2;
	return 0;
}

static int set_send_buffer(struct sock *sock, const struct sock_option_value *value)
{
	uint32_t bytes;
	int error = read_buffer(value, &bytes);

	if (error != 0)
		return error;
	sock->settings->send_bytes = bytes;
	sock->settings->tcp.send_bytes = bytes / 2;
	return 0;
}

static int set_receive_buffer(struct sock *sock, const struct sock_option_value *value)
{
	uint32_t bytes;
	int error = read_buffer(value, &bytes);

	if (error != 0)
		return error;
	sock->settings->receive_bytes = bytes;
	sock->settings->tcp.receive_bytes = bytes / 2;
	return 0;
}

static int set_linger(struct sock *sock, const struct sock_option_value *value)
{
	struct linger linger;

	if (value->len < (int)sizeof linger)
		return -EINVAL;
	memcpy(&linger, value->in, sizeof linger);
	sock->settings->linger = linger.l_onoff != 0;
	if (linger.l_onoff != 0)
		sock->settings->linger_s = linger.l_linger < 0 ? INT32_MAX : linger.l_linger;
	return 0;
}

static int get_linger(struct sock *sock, struct sock_option_value *value)
{
	struct linger linger = { .l_onoff = sock->settings->linger,
		                 .l_linger = sock->settings->linger_s };

	return sock_option_give_bytes(value, &linger, sizeof linger);
}

/* A timeout; 0 means for ever. */
static int set_timeout(int64_t *timeout_us, const struct sock_option_value *value)
{
	struct timeval t;

	if (value->len < (int)sizeof t)
		return -EINVAL;
	memcpy(&t, value->in, sizeof t);
	if (t.tv_usec < 0 || t.tv_usec >= 1000000)
		return -EDOM;
	if (t.tv_sec < 0) /* in the past: does not wait at all */
		*timeout_us = -1;
	else if (t.tv_sec > INT64_MAX / 1000000 - 1)
		*timeout_us = 0;
	else
		*timeout_us = t.tv_sec * 1000000 + t.tv_usec;
	return 0;
}

static int get_timeout(int64_t timeout_us, struct sock_option_value *value)
{
	struct timeval t = { .tv_sec = timeout_us < 0 ? 0 : timeout_us / 1000000,
		             .tv_usec = timeout_us < 0 ? 0 : timeout_us % 1000000 };

	return sock_option_give_bytes(value, &t, sizeof t);
}

static int set_send_timeout(struct sock *sock, const struct sock_option_value *value)
{
	return set_timeout(&sock->settings->send_timeout_us, value);
}

static int get_send_timeout(struct sock *sock, struct sock_option_value *value)
{
	return get_timeout(sock->settings->send_timeout_us, value);
}

static int set_receive_timeout(struct sock *sock, const struct sock_option_value *value)
{
	return set_timeout(&sock->settings->receive_timeout_us, value);
}

static int get_receive_timeout(struct sock *sock, struct sock_option_value *value)
{
	return get_timeout(sock->settings->receive_timeout_us, value);
}

int64_t sock_timeout_ms(const struct sock *sock, bool sending)
{
	int64_t us = sending ? sock->settings->send_timeout_us : sock->settings->receive_timeout_us;

	return us == 0 ? -1 : us < 0 ? 0 : (us + 999) / 1000;
}

/* An interface by its name; "" for none. */
static int set_device(struct sock *sock, const struct sock_option_value *value)
{
	char name[IFACE_NAME_BYTES] = { 0 };
	const struct iface *iface;
	size_t n = value->len < 0 ? 0 : strnlen(value->in, (size_t)value->len);

	if (value->len < 0)
		return -EINVAL;
	if (n >= sizeof name)
		return -ENODEV;
	memcpy(name, value->in, n);
	iface = n > 0 ? iface_by_name(sock_net(sock), name) : NULL;
	if (n > 0 && iface == NULL)
		return -ENODEV;
	sock->settings->tcp.bound = iface != NULL ? iface->id : IFACE_NONE;
	return 0;
}

static int get_device(struct sock *sock, struct sock_option_value *value)
{
	const struct iface *iface = iface_get_const(sock_net(sock), sock->settings->tcp.bound);

	if (iface == NULL)
		return sock_option_give_bytes(value, "", 0);
	if (value->len < (int)strlen(iface->name) + 1)
		return -EINVAL;
	return sock_option_give_bytes(value, iface->name, strlen(iface->name) + 1);
}

static int set_device_index(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);

	if (error != 0)
		return error;
	if (number < 0)
		return -EINVAL;
	if (number > 0 &&
	    (number > UINT16_MAX || iface_get(sock_net(sock), (iface_id)number) == NULL))
		return -ENODEV;
	sock->settings->tcp.bound = (iface_id)number;
	return 0;
}

static const struct sock_option socket_options[] = {
	{ SO_REUSEADDR, SOCK_OPTION_AT(reuse_addr) },
	{ SO_REUSEPORT, SOCK_OPTION_AT(reuse_port) },
	{ SO_KEEPALIVE, SOCK_OPTION_AT(tcp.keep_alive) },
	{ SO_BROADCAST, SOCK_OPTION_AT(broadcast) },
	{ SO_DONTROUTE, SOCK_OPTION_AT(dont_route) },
	{ SO_OOBINLINE, SOCK_OPTION_AT(tcp.urgent_inline) },
	{ SO_TIMESTAMP, SOCK_OPTION_AT(timestamp) },
	{ SO_PRIORITY, SOCK_OPTION_AT(priority), .low = INT32_MIN, .high = INT32_MAX },
	{ SO_MARK, SOCK_OPTION_AT(tcp.mark), .high = INT32_MAX },
	{ SO_RCVLOWAT, SOCK_OPTION_AT(receive_low), .low = 0, .high = INT32_MAX },
	{ SO_SNDLOWAT, .get = get_one, .read_only = true },
	{ SO_SNDBUF, SOCK_OPTION_AT(send_bytes), .set = set_send_buffer },
	{ SO_SNDBUFFORCE, SOCK_OPTION_AT(send_bytes), .set = set_send_buffer },
	{ SO_RCVBUF, SOCK_OPTION_AT(receive_bytes), .set = set_receive_buffer },
	{ SO_RCVBUFFORCE, SOCK_OPTION_AT(receive_bytes), .set = set_receive_buffer },
	{ SO_LINGER, .set = set_linger, .get = get_linger },
	{ SO_SNDTIMEO, .set = set_send_timeout, .get = get_send_timeout },
	{ SO_RCVTIMEO, .set = set_receive_timeout, .get = get_receive_timeout },
	{ SO_BINDTODEVICE, .set = set_device, .get = get_device },
	{ SO_BINDTOIFINDEX, SOCK_OPTION_AT(tcp.bound), .set = set_device_index },
	{ SO_TYPE, .get = get_type, .read_only = true },
	{ SO_PROTOCOL, .get = get_protocol, .read_only = true },
	{ SO_DOMAIN, .get = get_domain, .read_only = true },
	{ SO_ERROR, .get = get_error, .read_only = true },
	{ SO_ACCEPTCONN, .get = get_listening, .read_only = true },
	{ SO_PEERNAME, .get = get_peer, .read_only = true },
};
const struct sock_options sock_options_socket = { socket_options, ARRAY_LEN(socket_options),
	                                          false };

/* --- any level --- */

static const struct sock_option *find(const struct sock *sock, int level, int name,
                                      bool *ret_bytes_too)
{
	const struct sock_options *options;

	if (level == SOL_SOCKET)
		options = &sock_options_socket;
	else if (level == IPPROTO_IP)
		options = &sock_options_ip;
	else if (level == IPPROTO_TCP && sock->ops->proto == IPPROTO_TCP)
		options = &sock_options_tcp;
	else
		return NULL;
	*ret_bytes_too = options->bytes_too;
	for (size_t i = 0; i < options->n; i++) {
		const struct sock_option *o = &options->all[i];

		if (o->name == name && (o->proto == 0 || o->proto == sock->ops->proto))
			return o;
	}
	return NULL;
}

static int read_number(const struct sock_option_value *value, bool bytes_too, int *ret_number)
{
	if (!bytes_too || value->len >= (int)sizeof *ret_number)
		return sock_option_number(value, ret_number);
	*ret_number = value->len >= 1 ? ((const uint8_t *)value->in)[0] : 0;
	return 0;
}

static int put_number(struct sock *sock, const struct sock_option *o, int number)
{
	uint8_t *at = (uint8_t *)sock->settings + o->at;

	if (o->low == 0 && o->high == 0)
		number = number != 0;
	else if (number < o->low || number > o->high)
		return -EINVAL;
	switch (o->size) {
	case 1:
		*at = (uint8_t)number;
		return 0;
	case 2:
		memcpy(at, &(uint16_t){ (uint16_t)number }, 2);
		return 0;
	default:
		must(o->size == 4);
		memcpy(at, &number, 4);
		return 0;
	}
}

static int get_number(const struct sock *sock, const struct sock_option *o)
{
	const uint8_t *at = (const uint8_t *)sock->settings + o->at;
	uint16_t half;
	int number;

	switch (o->size) {
	case 1:
		return *at;
	case 2:
		memcpy(&half, at, 2);
		return half;
	default:
		must(o->size == 4);
		memcpy(&number, at, 4);
		return number;
	}
}

int sock_option_set(struct sock *sock, int level, int name, const void *value, int len)
{
	struct sock_option_value v = { .in = value, .len = len };
	bool bytes_too = false;
	const struct sock_option *o = find(sock, level, name, &bytes_too);
	int number, error;

	if (o == NULL || o->read_only)
		return -ENOPROTOOPT;
	if (len < 0)
		return -EINVAL;
	(void)sock_settings_own(sock);
	if (o->set != NULL) {
		error = o->set(sock, &v);
	} else {
		error = read_number(&v, bytes_too, &number);
		if (error == 0)
			error = put_number(sock, o, number);
	}
	if (error == 0 && sock->ops->settings_changed != NULL)
		sock->ops->settings_changed(sock);
	return error;
}

int sock_option_get(struct sock *sock, int level, int name, void *value, int *len)
{
	struct sock_option_value v = { .out = value, .len = *len };
	bool bytes_too = false;
	const struct sock_option *o = find(sock, level, name, &bytes_too);
	int number, error;

	if (o ==
	    NULL) /* of a level that is nobody's, Linux's ip_getsockopt() says it in other words */
		return level == SOL_SOCKET || level == IPPROTO_IP || level == sock->ops->proto
		               ? -ENOPROTOOPT
		               : -EOPNOTSUPP;
	if (*len < 0)
		return -EINVAL;
	if (o->get != NULL) {
		error = o->get(sock, &v);
	} else {
		number = get_number(sock, o);
		if (bytes_too && v.len > 0 && v.len < (int)sizeof number && number >= 0 &&
		    number <= UINT8_MAX)
			error = sock_option_give_bytes(&v, &(uint8_t){ (uint8_t)number }, 1);
		else
			error = sock_option_give(&v, number);
	}
	if (error == 0)
		*len = v.len;
	return error;
}
