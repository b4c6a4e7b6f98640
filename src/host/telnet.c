#include "host/telnet.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "host/sock.h"
#include "lib/text.h"

#define BACKSPACE 8
#define CTRL_U    21
#define ESCAPE    27
#define DELETE    127

static const struct sock_owner owner = { .service = "telnet-client" };

static struct sockaddr_in end_of(ip4 addr, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(addr.v),
	};
}

/* A key is sent when it is typed; urgent data stays where it stands in the stream, so that the
 * data mark behind an IAC is there (RFC 854, "Synch"). */
static int prepare(struct telnet *telnet)
{
	const struct telnet_plan *plan = &telnet->plan;
	struct sockaddr_in from = end_of(plan->src, 0);
	int on = 1, error;

	error = sock_option_set(telnet->sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (error == 0)
		error = sock_option_set(telnet->sock, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
	if (error == 0 && plan->mark != 0)
		error = sock_option_set(telnet->sock, SOL_SOCKET, SO_MARK, &plan->mark,
		                        sizeof plan->mark);
	if (error == 0 && !ip4_is_zero(plan->src))
		error = sock_bind(telnet->sock, &from, sizeof from);
	return error;
}

int telnet_open(struct telnet *telnet, struct host *host, const struct telnet_plan *plan)
{
	struct sockaddr_in to = end_of(plan->address, plan->port);
	int error;

	*telnet = (struct telnet){ .plan = *plan };
	error = sock_open(host, AF_INET, SOCK_STREAM, 0, &telnet->sock);
	if (error != 0)
		return error;
	sock_own(telnet->sock, &owner);
	error = prepare(telnet);
	if (error == 0)
		error = sock_connect(telnet->sock, &to, sizeof to);
	if (error == -EINPROGRESS || error == 0)
		return 0;
	telnet_close(telnet);
	return error;
}

void telnet_close(struct telnet *telnet)
{
	if (telnet->sock != NULL)
		sock_close(telnet->sock);
	telnet->sock = NULL;
}

enum telnet_stage telnet_stage(const struct telnet *telnet)
{
	return telnet->stage;
}

bool telnet_was_open(const struct telnet *telnet)
{
	return telnet->opened;
}

int telnet_error(const struct telnet *telnet)
{
	return telnet->error;
}

static void end(struct telnet *telnet, int error)
{
	telnet->stage = TELNET_ENDED;
	telnet->error = error;
}

/* --- to them --- */

static struct writer out_of(struct telnet *telnet)
{
	return writer_over(telnet->out + telnet->out_len, sizeof telnet->out - telnet->out_len);
}

static void keep_out(struct telnet *telnet, const struct writer *w)
{
	telnet->out_len = (size_t)(w->at - telnet->out);
}

static void send_out(struct telnet *telnet)
{
	int64_t sent;

	while (telnet->out_len > 0) {
		sent = sock_send(telnet->sock, telnet->out, telnet->out_len, 0, NULL, 0);
		if (sent <= 0) /* a broken connection tells when it is read */
			return;
		telnet->out_len -= (size_t)sent;
		memmove(telnet->out, telnet->out + sent, telnet->out_len);
	}
}

void telnet_set_terminal(struct telnet *telnet, const char *terminal, uint16_t width,
                         uint16_t height)
{
	nvt_set_terminal(&telnet->nvt, terminal);
	telnet->width = width;
	telnet->height = height;
	telnet->resized = true;
}

static void tell_size(struct telnet *telnet)
{
	struct writer w = out_of(telnet);

	if (!telnet->resized || !nvt_resize(&telnet->nvt, telnet->width, telnet->height, &w))
		return;
	telnet->resized = false;
	keep_out(telnet, &w);
}

/* --- what is typed --- */

static void show(struct telnet *telnet, const char *bytes)
{
	size_t n = strlen(bytes);

	if (sizeof telnet->echo - telnet->echo_len < n)
		return;
	memcpy(telnet->echo + telnet->echo_len, bytes, n);
	telnet->echo_len += n;
}

/* As terminals show what is typed: a control character as "^C". */
static void show_key(struct telnet *telnet, uint8_t key)
{
	const char shown[] = { key < ' ' ? '^' : (char)key, key < ' ' ? (char)(key + '@') : '\0',
		               '\0' };

	if (key == '\r' || key == '\n')
		show(telnet, "\r\n");
	else if (key == BACKSPACE || key == DELETE)
		show(telnet, "\b \b");
	else
		show(telnet, shown);
}

/* The last character of the line goes, which may be several bytes of UTF-8. */
static void rub_out(struct telnet *telnet)
{
	if (telnet->line_len == 0)
		return;
	do
		telnet->line_len--;
	while (telnet->line_len > 0 && (telnet->line[telnet->line_len] & 0xc0) == 0x80);
	show(telnet, telnet->line[telnet->line_len] < ' ' ? "\b\b  \b\b" : "\b \b");
}

static void send_line(struct telnet *telnet)
{
	struct writer w = out_of(telnet);

	(void)nvt_say(&telnet->nvt, telnet->line, telnet->line_len, &w);
	keep_out(telnet, &w);
	telnet->line_len = 0;
	send_out(telnet);
}

static void type_into_line(struct telnet *telnet, uint8_t key)
{
	if (key == BACKSPACE || key == DELETE) {
		rub_out(telnet);
		return;
	}
	if (key == CTRL_U) {
		while (telnet->line_len > 0)
			rub_out(telnet);
		return;
	}
	show_key(telnet, key);
	telnet->line[telnet->line_len++] = key;
	if (key == '\r') /* the end of a line (RFC 854, 3) */
		telnet->line[telnet->line_len++] = '\n';
	if ((key < ' ' && key != '\t' && key != ESCAPE) || telnet->line_len + 2 > TELNET_LINE_BYTES)
		send_line(telnet);
}

static void type_key(struct telnet *telnet, uint8_t key)
{
	struct writer w = out_of(telnet);

	if (!nvt_is_echoed(&telnet->nvt))
		show_key(telnet, key);
	(void)nvt_say(&telnet->nvt, &key, 1, &w);
	keep_out(telnet, &w);
}

/* For whatever one key may make: all of the line, doubled, and "\b \b" for each of its characters.
 */
static bool can_type(const struct telnet *telnet)
{
	return sizeof telnet->out - telnet->out_len >= 2 * (size_t)TELNET_LINE_BYTES &&
	       sizeof telnet->echo - telnet->echo_len >= 3 * (telnet->line_len + 2);
}

size_t telnet_type(struct telnet *telnet, const void *keys, size_t n)
{
	const uint8_t *key = keys;
	size_t i = 0;

	if (telnet->stage != TELNET_OPEN)
		return 0;
	for (; i < n && can_type(telnet); i++) {
		bool second = key[i] == '\n' && telnet->after_return;

		telnet->after_return = key[i] == '\r';
		if (second)
			continue;
		if (nvt_takes_keys(&telnet->nvt) && telnet->line_len > 0)
			send_line(telnet); /* begun before they said so */
		if (nvt_takes_keys(&telnet->nvt))
			type_key(telnet, key[i]);
		else
			type_into_line(telnet, key[i] == '\n' ? '\r' : key[i]);
	}
	send_out(telnet);
	return i;
}

/* --- from them --- */

static void connect_on(struct telnet *telnet)
{
	struct sockaddr_in to = end_of(telnet->plan.address, telnet->plan.port);
	int error;

	if ((sock_poll(telnet->sock) & (POLLOUT | POLLERR | POLLHUP)) == 0)
		return;
	error = sock_connect(telnet->sock, &to, sizeof to);
	if (error == 0 || error == -EISCONN) {
		telnet->stage = TELNET_OPEN;
		telnet->opened = true;
	} else if (error != -EINPROGRESS && error != -EALREADY) {
		end(telnet, error);
	}
}

/* One piece of what lies there. False: there is nothing, or no room for the answers. */
static bool read_piece(struct telnet *telnet, struct writer *said)
{
	struct writer answers = out_of(telnet);
	struct iovec piece;
	struct reader r;
	size_t left;

	if (sock_spans(telnet->sock, &piece, 1) == 0)
		return false;
	r = reader_over(piece.iov_base, piece.iov_len);
	nvt_read(&telnet->nvt, &r, said, &answers);
	left = reader_left(&r);
	sock_consume(telnet->sock, piece.iov_len - left);
	keep_out(telnet, &answers);
	send_out(telnet);
	return left == 0;
}

/* Nothing is left to be read: is that their end? */
static void look_for_end(struct telnet *telnet)
{
	uint8_t byte;
	int64_t n = sock_receive(telnet->sock, &byte, 1, MSG_PEEK, NULL, NULL);

	if (n == 0 || (n < 0 && n != -EAGAIN))
		end(telnet, (int)n);
}

static bool read_them(struct telnet *telnet, struct text *out)
{
	uint8_t bytes[TELNET_SAID_BYTES];
	struct writer said = writer_over(bytes, sizeof bytes);

	while (read_piece(telnet, &said)) {
	}
	look_for_end(telnet);
	text_bytes(out, bytes, (size_t)(said.at - bytes));
	return said.at > bytes;
}

bool telnet_turn(struct telnet *telnet, struct text *out)
{
	bool more;

	if (telnet->stage == TELNET_CONNECTING)
		connect_on(telnet);
	if (telnet->stage != TELNET_OPEN)
		return false;
	tell_size(telnet);
	send_out(telnet);
	text_bytes(out, telnet->echo, telnet->echo_len);
	telnet->echo_len = 0;
	more = read_them(telnet, out);
	return more && telnet->stage == TELNET_OPEN;
}
