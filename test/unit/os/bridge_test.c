/*
 *   client namespace          here                       server namespace
 *   c0 10.9.0.1 ------ c1 (port)   (port) s1 ------ s0 10.9.0.2
 *
 * Two kernels talk TCP; the test carries every frame from one port to the other, straight from the
 * ring, as the router does with what it forwards.
 */
#include "lab.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/text.h"
#include "os/afpacket.h"

#define TRANSFER_BYTES (24u << 20)

static struct sockaddr_in server_address(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons(8080),
		                     .sin_addr.s_addr = htonl(0x0a090002) };
}

/* Bytes that show where they belong: no shifted or repeated stretch looks right. */
static uint8_t pattern(uint32_t at)
{
	return (uint8_t)(at * 2654435761u >> 24);
}

/* Child: take one connection, check what comes, say how it was. Exits 0 when all was right. */
static void serve(int listener)
{
	static uint8_t bytes[65536];
	uint32_t at = 0;
	int fd = accept(listener, NULL, NULL);

	for (;;) {
		ssize_t n = read(fd, bytes, sizeof bytes);

		if (n <= 0)
			_exit(n == 0 && at == TRANSFER_BYTES ? 0 : 1);
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != pattern(at++))
				_exit(2);
		}
	}
}

static void send_all(int fd)
{
	static uint8_t bytes[65536];
	uint32_t at = 0;

	while (at < TRANSFER_BYTES) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = pattern(at + (uint32_t)i);
		for (size_t done = 0; done < sizeof bytes;) {
			ssize_t n = write(fd, bytes + done, sizeof bytes - done);

			if (n <= 0)
				_exit(3);
			done += (size_t)n;
		}
		at += sizeof bytes;
	}
	_exit(0);
}

static pid_t start_server(int net)
{
	struct sockaddr_in address = server_address();
	int here = lab_here();

	lab_go(net);
	lab_run("ip addr add 10.9.0.2/24 dev s0");
	lab_run("ip link set s0 up");

	int listener = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 1), 0);

	pid_t pid = fork();

	if (pid == 0)
		serve(listener);
	close(listener);
	lab_go(here);
	close(here);
	return pid;
}

static pid_t start_client(int net)
{
	struct sockaddr_in address = server_address();
	int here = lab_here();

	lab_go(net);
	lab_run("ip addr add 10.9.0.1/24 dev c0");
	lab_run("ip link set c0 up");

	pid_t pid = fork();

	if (pid == 0) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
			_exit(4);
		send_all(fd);
	}
	lab_go(here);
	close(here);
	return pid;
}

static struct port *open_port(const char *iface)
{
	const struct afpacket_options options = { .name = "ether1", .iface = iface, .slots = 256 };
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port = NULL;

	if (afpacket_open(&options, &words, &port) != 0)
		fail_msg("%s", text_str(&words));
	return port;
}

struct seen {
	uint64_t frames, partial, gso, longest;
};

static void look_at(const struct port_frame *frame, struct seen *seen)
{
	seen->frames++;
	seen->partial += frame->offload.needs_checksum;
	if (frame->len > seen->longest)
		seen->longest = frame->len;
	if (frame->offload.gso_type == GSO_NONE) {
		assert_true(frame->len <= 1514);
		return;
	}
	seen->gso++;
	assert_int_equal(frame->offload.gso_type, GSO_TCP4);
	assert_true(frame->offload.needs_checksum);
	assert_int_equal(frame->offload.checksum_start, 34);
	assert_int_equal(frame->offload.checksum_offset, 16);
	assert_int_equal(frame->offload.gso_bytes, 1448); /* 1500 - 40 - 12 of timestamps */
	assert_int_equal(frame->offload.header_bytes, 66);
}

static bool carry(struct port *from, struct port *to, struct seen *seen)
{
	struct port_frame frames[PORT_BATCH];
	unsigned n = from->ops->receive(from, frames, PORT_BATCH);

	for (unsigned i = 0; i < n; i++)
		look_at(&frames[i], seen);
	if (n > 0)
		to->ops->transmit(to, frames, n);
	from->ops->release(from);
	return n > 0;
}

/* Until @pid has ended; its exit status, or -1 after a minute. */
static int carry_until(pid_t pid, struct port *a, struct port *b, struct seen *seen)
{
	struct pollfd p[] = { { .fd = afpacket_fd(a), .events = POLLIN },
		              { .fd = afpacket_fd(b), .events = POLLIN } };
	int status, idle = 0;

	while (idle < 6000) {
		bool any = carry(a, b, seen);

		any |= carry(b, a, seen);
		if (any)
			continue;
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		idle += poll(p, 2, 10) == 0;
	}
	return -1;
}

static void tcp_crosses_in_whole_segments(void **state)
{
	struct seen seen = { 0 };
	struct port_stats stats;
	int status;

	lab_enter();

	int client_net = lab_new(), server_net = lab_new();

	lab_run("ip link add c0 type veth peer name c1");
	lab_run("ip link add s0 type veth peer name s1");
	lab_move("c0", client_net);
	lab_move("s0", server_net);

	struct port *a = open_port("c1"), *b = open_port("s1");
	pid_t server = start_server(server_net), client = start_client(client_net);

	assert_int_equal(carry_until(server, a, b, &seen), 0);
	assert_int_equal(waitpid(client, &status, 0), client);
	assert_int_equal(status, 0);

	/* 24 MiB are 17,380 segments of 1448 bytes, and came in far fewer frames. */
	assert_true(seen.gso > 100 && seen.partial >= seen.gso);
	assert_true(seen.longest > 20000);
	assert_true(seen.frames < 17380);
	a->ops->stats(a, &stats);
	assert_int_equal(stats.tx_errors, 0);
	b->ops->stats(b, &stats);
	assert_int_equal(stats.tx_errors, 0);
	a->ops->close(a);
	b->ops->close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_crosses_in_whole_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
