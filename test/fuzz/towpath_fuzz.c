/*
 * towpath_fuzz.c -- a whole embedded router in hostile hands, through the door of
 * include/towpath.h.
 *
 * The bytes are a program: frames for its ports, time that passes, lines for its console, links
 * that flap, calls for sockets with any arguments, questions. At ether1 there is another router,
 * whose answers come back. It is run twice: the same seed and the same calls give the same bytes,
 * and what was asked in one of the runs only changes nothing.
 *
 *   0pppkkkk  a step: kkkk says what, ppp how; then as read below
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "fuzz.h"
#include "lib/must.h"
#include "towpath.h"
#include "wire/checksum.h"
#include "wire/cursor.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"

enum {
	STEPS_MAX = 48,
	FRAME_MAX = 1600,
	SOCKETS = 6,
	LINES_MAX = 200,
};

struct fuzz {
	struct reader r;
	struct towpath *t, *peer;
	uint64_t now_ns;
	uint64_t trace;
	bool asks; /* this run asks about each frame before it is given */
};

static void note(struct fuzz *f, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		f->trace = (f->trace ^ at[i]) * 1099511628211ULL;
}

static void note_number(struct fuzz *f, int64_t number)
{
	note(f, &number, sizeof number);
}

static void printed(void *arg, const char *bytes, size_t len, bool error)
{
	note(arg, bytes, len);
}

static bool left(void *arg, const struct towpath_frame *frame)
{
	note(arg, frame->bytes, frame->len);
	return true;
}

static void step_told(void *arg, const char *stage, const char *text)
{
	must(stage[0] != '\0' && text[0] != '\0');
}

static struct towpath *make(struct fuzz *f, uint64_t seed, const char *lines)
{
	struct towpath_setup setup = {
		.size = sizeof setup,
		.seed = seed,
		.now_ns = f->now_ns,
		.budget = { .packets = 32,
		            .packets_64k = 2,
		            .neighbours = 16,
		            .flows = 16,
		            .descriptors = SOCKETS },
	};
	const struct towpath_port one = { .name = "ether1",
		                          .mac = { 2, 0, 0, 0, 0, (uint8_t)seed },
		                          .queue_bytes = 1 << 18,
		                          .checksum = true,
		                          .gso = true };
	const struct towpath_port two = { .name = "ether2",
		                          .mac = { 2, 0, 0, 0, 1, (uint8_t)seed },
		                          .queue_bytes = 1 << 18,
		                          .transmit = left,
		                          .arg = f };
	struct towpath *t;

	must(towpath_new(&setup, &t) == 0);
	must(towpath_port_add(t, &one) == 0 && towpath_port_add(t, &two) == 1);
	must(towpath_start(t) == 0);
	must(towpath_run(t, lines, NULL, NULL) == 0);
	return t;
}

static void advance(struct fuzz *f, uint64_t ns)
{
	f->now_ns += ns;
	for (unsigned i = 0; i < 4; i++) {
		int more = towpath_advance(f->t, f->now_ns);

		must(more == 0 || more == 1);
		(void)towpath_advance(f->peer, f->now_ns);
	}
	note_number(f, (int64_t)towpath_next(f->t));
	must(towpath_next(f->t) >= f->now_ns);
}

static size_t take(struct fuzz *f, uint8_t *bytes, size_t max)
{
	size_t want = read_u8(&f->r) * 4U, there = reader_left(&f->r);
	const uint8_t *from;

	want = want < there ? want : there;
	want = want < max ? want : max;
	from = reader_take(&f->r, want);
	if (want > 0)
		memcpy(bytes, from, want);
	return want;
}

/* Any bytes behind an Ethernet header; @how makes them IPv4 as far as it takes to be read on. */
static void put_frame(struct fuzz *f, unsigned how)
{
	uint8_t bytes[ETH_HEADER_BYTES + FRAME_MAX] = { 2, 0, 0, 0, (uint8_t)(how & 1), 1, 2, 9,
		                                        9, 9, 9, 9 };
	uint8_t *ip = bytes + ETH_HEADER_BYTES;
	size_t len = take(f, ip, FRAME_MAX);
	struct towpath_frame frame = { .bytes = bytes, .len = (uint32_t)(ETH_HEADER_BYTES + len) };
	int port = (int)(how & 1), error;

	wire_put16(bytes + 12, (how & 4) != 0 ? ETH_TYPE_ARP : ETH_TYPE_IP4);
	if ((how & 2) != 0 && len >= IP4_HEADER_BYTES && (ip[0] & 0xfU) * 4 <= len) {
		wire_put16(ip + IP4_AT_CHECKSUM, 0);
		wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, (ip[0] & 0xfU) * 4));
		frame.checked = true;
	}
	if (len > 4 && ip[1] == 0xff) {
		frame.needs_checksum = true;
		frame.checksum_start = ip[2];
		frame.checksum_offset = ip[3];
		frame.gso = ip[4] & 3;
		frame.gso_bytes = ip[0];
		frame.header_bytes = 54;
	}
	if (f->asks)
		(void)towpath_explain(f->t, port, &frame, step_told, NULL);
	error = towpath_put(f->t, port, &frame);
	must(error == 0 || error == -ENOBUFS || error == -EINVAL || error == -ENETDOWN);
	note_number(f, error);
}

/* Lines that take no time of their own, and what was typed. */
static void run_line(struct fuzz *f, unsigned how)
{
	static const char *const lines[] = {
		"/ip firewall nat add chain=srcnat action=masquerade",
		"/ip firewall filter add chain=input action=drop protocol=udp",
		"/ip firewall filter remove [find]",
		"/ip route add dst-address=0.0.0.0/0 gateway=10.0.0.2",
		"/ip route remove [find static]",
		"/ip address remove [find]",
		"/ip address add address=10.0.0.1/24 interface=ether1",
	};
	char typed[LINES_MAX + 1];
	size_t len;
	int error;

	if (how < ARRAY_LEN(lines)) {
		error = towpath_run(f->t, lines[how], printed, f);
	} else {
		len = take(f, (uint8_t *)typed, LINES_MAX);
		typed[len] = '\0';
		error = towpath_run(f->t, typed, printed, f);
	}
	note_number(f, error);
	if (error == -EINPROGRESS)
		advance(f, 1000000);
	towpath_run_interrupt(f->t);
	advance(f, 1);
	must(towpath_run_result(f->t) != -EINPROGRESS);
}

static void flap(struct fuzz *f, unsigned how)
{
	must(towpath_link(f->t, (int)(how & 1), (how & 2) != 0) == 0);
	if ((how & 4) != 0)
		note_number(f, towpath_mtu(f->t, (int)(how & 1), read_u8(&f->r) * 8U));
}

static void ask(struct fuzz *f, unsigned how)
{
	static const char *const questions[] = { "/ip firewall connection print detail",
		                                 "/ip arp print detail", "/interface print stats",
		                                 "/export" };

	(void)towpath_run(f->t, questions[how % ARRAY_LEN(questions)], NULL, NULL);
}

/* An address that somebody may have, or nobody; a port of a few. */
static struct sockaddr_in any_address(struct fuzz *f)
{
	static const uint32_t addresses[] = { 0x0a000001, 0x0a000002, 0xc0a85801, 0,
		                              0x7f000001, 0xe0000001, 0xffffffff, 0x08080808 };
	uint8_t which = read_u8(&f->r);

	return (struct sockaddr_in){
		.sin_family = which == 0xff ? AF_UNSPEC : AF_INET,
		.sin_addr.s_addr = htonl(addresses[which & 7]),
		.sin_port = htons(which >> 3 & 3),
	};
}

static void open_socket(struct fuzz *f, struct towpath *t)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_STREAM | SOCK_NONBLOCK,
		                     SOCK_RAW };
	uint8_t how = read_u8(&f->r);

	note_number(f, towpath_socket(t, (how & 0x80) != 0 ? how : AF_INET, types[how & 3],
	                              (how >> 2 & 1) != 0 ? IPPROTO_ICMP : 0));
}

static void call_names(struct fuzz *f, struct towpath *t, int fd, unsigned how)
{
	struct sockaddr_in addr = any_address(f);
	socklen_t len = (socklen_t)(sizeof addr - (how >> 2));

	switch (how & 3) {
	case 0:
		note_number(f, towpath_bind(t, fd, &addr, len));
		break;
	case 1:
		note_number(f, towpath_connect(t, fd, &addr, len));
		break;
	case 2:
		note_number(f, towpath_getsockname(t, fd, &addr, &len));
		note_number(f, towpath_getpeername(t, fd, &addr, &len));
		break;
	default:
		note_number(f, towpath_sendto(t, fd, "some bytes", 10, read_u8(&f->r), &addr, len));
		break;
	}
}

static void call_option(struct fuzz *f, struct towpath *t, int fd)
{
	static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP };
	uint8_t value[64] = { 0 };
	uint8_t what = read_u8(&f->r), name = read_u8(&f->r);
	socklen_t len = (socklen_t)take(f, value, sizeof value);

	note_number(f, towpath_setsockopt(t, fd, levels[what & 3], name, value, len));
	len = what >> 2;
	note_number(f, towpath_getsockopt(t, fd, levels[what & 3], name, value, &len));
	must(len <= sizeof value);
}

/* What comes and goes by TCP and UDP, and how it ends. */
static void call_bytes(struct fuzz *f, struct towpath *t, int fd, unsigned how)
{
	uint8_t bytes[512];
	struct iovec spans[4];
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };
	ssize_t n;

	switch (how) {
	case 0:
		note_number(f, towpath_listen(t, fd, (int8_t)read_u8(&f->r)));
		break;
	case 1:
		note_number(f, towpath_accept(t, fd, NULL, NULL, 0));
		break;
	case 2:
	case 3:
		n = towpath_recv(t, fd, bytes, read_u8(&f->r), how == 2 ? 0 : read_u8(&f->r));
		note_number(f, n);
		note(f, bytes, n > 0 ? (size_t)n : 0);
		break;
	case 4:
		n = towpath_spans(t, fd, spans, 4);
		note_number(f, n);
		if (n > 0)
			note_number(f, towpath_consume(t, fd, spans[0].iov_len));
		break;
	case 5:
		note_number(f, towpath_shutdown(t, fd, read_u8(&f->r) % 4));
		break;
	case 6:
		note_number(f, towpath_close(t, fd));
		break;
	default:
		n = (ssize_t)take(f, bytes, sizeof bytes);
		note_number(f, towpath_send(t, fd, bytes, (size_t)n, 0));
		break;
	}
	note_number(f, towpath_poll(t, &p, 1, 0));
	note_number(f, p.revents);
}

/* The other router has sockets too, so that connections come about. */
static void call_socket(struct fuzz *f, unsigned how)
{
	uint8_t which = read_u8(&f->r);
	struct towpath *t = (which & 0x80) != 0 ? f->peer : f->t;
	int fd = which & 7;

	if ((which & 0x70) == 0)
		open_socket(f, t);
	else if ((which & 0x70) == 0x10)
		call_names(f, t, fd, how);
	else if ((which & 0x70) == 0x20)
		call_option(f, t, fd);
	else
		call_bytes(f, t, fd, how);
	advance(f, 1000);
}

static void one_step(struct fuzz *f)
{
	uint8_t op = read_u8(&f->r);
	unsigned how = op >> 4 & 7;

	switch (op & 15) {
	case 0:
		advance(f, (uint64_t)read_u8(&f->r) << (how * 5));
		break;
	case 1:
		run_line(f, how);
		break;
	case 2:
		flap(f, how);
		break;
	case 3:
		ask(f, how);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		call_socket(f, how);
		break;
	default:
		put_frame(f, how);
		advance(f, 1000);
		break;
	}
}

static void count(void *arg, const char *bytes, size_t len, bool error)
{
	bool *none = arg;

	*none = len == 2 && memcmp(bytes, "0\n", 2) == 0;
}

/* However it went, in the end nothing is left of it. */
static void end(struct fuzz *f)
{
	bool none = false;

	for (int i = 0; i < 2; i++)
		must(towpath_link(f->t, i, true) == 0);
	for (int fd = 0; fd < SOCKETS; fd++)
		note_number(f, towpath_close(f->t, fd));
	for (unsigned day = 0; day < 3; day++)
		advance(f, 86400000000000ULL);
	must(towpath_run(f->t, "/ip firewall connection print count-only", count, &none) == 0);
	must(none);
	towpath_free(f->t);
	towpath_free(f->peer);
}

static uint64_t run(const uint8_t *data, size_t size, bool asks)
{
	struct fuzz f = { .r = reader_over(data, size), .now_ns = 1000000000, .asks = asks };

	f.trace = 14695981039346656037ULL;
	f.peer = make(&f, 2, "/ip address add address=10.0.0.2/24 interface=ether1");
	f.t = make(&f, 1,
	           "/ip address add address=10.0.0.1/24 interface=ether1\n"
	           "/ip address add address=192.168.88.1/24 interface=ether2\n"
	           "/ip route add dst-address=0.0.0.0/0 gateway=10.0.0.2");
	must(towpath_join(f.t, 0, f.peer, 0) == 0);
	for (unsigned i = 0; i < STEPS_MAX && reader_left(&f.r) > 0; i++)
		one_step(&f);
	end(&f);
	return f.trace;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t once = run(data, size, false);
	uint64_t again = run(data, size, true);

	must(once == again);
	return 0;
}
