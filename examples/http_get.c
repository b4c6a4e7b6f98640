/*
 * http_get.c -- a program with a TCP/IP stack of its own fetches a page through a TAP device.
 *
 *   http_get TAP ADDRESS/BITS SERVER PATH       as in: http_get tap0 10.9.0.2/24 10.9.0.1 /
 *
 * The kernel sees frames come out of TAP and nothing else: the connection, the address and the
 * answers to ARP are this program's. The page goes to standard output.
 *
 *   ip tuntap add tap0 mode tap && ip addr add 10.9.0.1/24 dev tap0 && ip link set tap0 up
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <towpath.h>

static long need(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "http_get: %s: %s\n", what, strerror((int)-result));
		exit(1);
	}
	return result;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* The world goes on a step: a frame comes or time passes; what the router has to say leaves. */
static int world(void *arg, struct towpath *t, uint64_t until)
{
	static char bytes[65536];
	struct pollfd tap = { *(int *)arg, POLLIN, 0 };
	struct towpath_frame frame = { bytes };
	uint64_t next = towpath_next(t) < until ? towpath_next(t) : until, at = now();
	ssize_t len;

	poll(&tap, 1,
	     next == TOWPATH_NEVER ? -1
	     : next > at           ? (int)((next - at) / 1000000 + 1)
	                           : 0);
	while ((len = read(tap.fd, bytes, sizeof bytes)) > 0) {
		frame = (struct towpath_frame){ bytes, (uint32_t)len };
		towpath_put(t, 0, &frame);
	}
	towpath_advance(t, now());
	while (towpath_take(t, 0, &frame) == 1) {
		if (write(tap.fd, frame.bytes, frame.len) < 0)
			perror("http_get: a frame is lost");
	}
	return 0;
}

static void random_bytes(void *arg, void *bytes, size_t len)
{
	need(getrandom(bytes, len, 0) == (ssize_t)len ? 0 : -1, "random numbers");
}

static void complain(void *arg, const char *bytes, size_t len, bool error)
{
	fwrite(bytes, 1, len, stderr);
}

static int tap_open(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: http_get TAP ADDRESS/BITS SERVER PATH\n");
		return 2;
	}
	int tap = tap_open(argv[1]);
	struct towpath_setup setup = { .size = sizeof setup,
		                       .now_ns = now(),
		                       .arg = &tap,
		                       .random = random_bytes,
		                       .wait = world };
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(80) };
	char text[4096];
	struct towpath *t;
	long n;

	need(inet_pton(AF_INET, argv[3], &server.sin_addr) == 1 ? 0 : -22, argv[3]);
	need(towpath_new(&setup, &t), "new");
	need(towpath_port_add(t, &(struct towpath_port){ .name = "ether1" }), "port");
	need(towpath_start(t), "start");
	snprintf(text, sizeof text, "/ip address add interface=ether1 address=%s", argv[2]);
	need(towpath_run(t, text, complain, NULL), text);

	int fd = (int)need(towpath_socket(t, AF_INET, SOCK_STREAM, 0), "socket");

	need(towpath_connect(t, fd, &server, sizeof server), "connect");
	n = snprintf(text, sizeof text, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", argv[4], argv[3]);
	need(towpath_send(t, fd, text, (size_t)n, 0), "send");
	while ((n = need(towpath_recv(t, fd, text, sizeof text, 0), "receive")) > 0)
		fwrite(text, 1, (size_t)n, stdout);
	towpath_close(t, fd);
	towpath_free(t);
	return 0;
}
