/*
 *   here:   the port ===== tap0, the kernel's       in a namespace of the test's own
 */
#include "lab.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>

#include "lib/text.h"
#include "os/netdev.h"
#include "os/tap.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

static int enter(void **state)
{
	lab_enter();
	return 0;
}

/* The device file may be kept from us (a container): then there is nothing to be seen. */
static void need_device(void)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		printf("skip: /dev/net/tun can't be opened: %s\n", strerror(errno));
		skip();
	}
	close(fd);
}

static struct port *open_tap(bool persistent)
{
	const struct tap_options options = { .name = "ether3",
		                             .iface = "tap0",
		                             .persistent = persistent };
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port = NULL;
	int error = tap_open(&options, &words, &port);

	if (error != 0)
		fail_msg("tap0: %s", text_str(&words));
	assert_string_equal(text_str(&words), "");
	return port;
}

static void the_device_goes_with_the_port(void **state)
{
	struct port *port;
	struct netdev netdev;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need_device();
	assert_int_equal(netdev_read(fd, "tap0", &netdev), -ENODEV);
	port = open_tap(false);
	assert_int_equal(netdev_read(fd, "tap0", &netdev), 0);
	assert_true(port->link_up);
	assert_true(port->can.checksum && port->can.gso);
	assert_int_equal(port->mtu_bytes, 1500);
	assert_string_equal(port->name, "ether3");
	assert_false(mac_equal(&port->mac, &netdev.mac)); /* two stations, two addresses */
	assert_false(mac_is_multicast(&port->mac));
	assert_int_equal(port->mac.b[0] & 2, 2);
	port->ops->close(port);
	assert_int_equal(netdev_read(fd, "tap0", &netdev), -ENODEV);
	close(fd);
}

static void a_persistent_one_stays_and_keeps_its_address(void **state)
{
	struct port *port;
	struct netdev netdev;
	struct mac mac;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need_device();
	port = open_tap(true);
	mac = port->mac;
	port->ops->close(port);
	assert_int_equal(netdev_read(fd, "tap0", &netdev), 0);
	port = open_tap(false);
	assert_true(mac_equal(&port->mac, &mac));
	port->ops->close(port);
	assert_int_equal(netdev_read(fd, "tap0", &netdev), 0);
	lab_run("ip link del tap0");
	close(fd);
}

static void its_link_is_followed(void **state)
{
	struct port *port;

	need_device();
	port = open_tap(false);
	assert_false(port->ops->poll_link(port));
	lab_run("ip link set tap0 mtu 1400");
	assert_true(port->ops->poll_link(port));
	assert_int_equal(port->mtu_bytes, 1400);
	lab_run("ip link set tap0 down");
	assert_true(port->ops->poll_link(port));
	assert_false(port->link_up);
	lab_run("ip link set tap0 up");
	assert_true(port->ops->poll_link(port));
	assert_true(port->link_up);
	lab_run("ip link set tap0 address 02:00:00:00:00:77");
	assert_true(port->ops->poll_link(port));
	assert_int_equal(port->mac.b[0], 0x42);
	assert_int_equal(port->mac.b[5], 0x77);
	port->ops->close(port);
}

/* A device that somebody takes away is made again, and the same descriptor goes on. */
static void a_device_taken_away_is_made_again(void **state)
{
	struct port *port;
	struct port_frame frames[PORT_BATCH];
	struct pollfd p;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need_device();
	port = open_tap(false);
	lab_run("ip link del tap0");
	(void)port->ops->poll_link(port);
	assert_true(port->link_up);
	p = (struct pollfd){ .fd = tap_fd(port), .events = POLLIN };
	while (port->ops->receive(port, frames, PORT_BATCH) > 0)
		port->ops->release(port);
	lab_run("ip addr add 10.0.0.1/24 dev tap0");
	lab_run("ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev tap0");
	to.sin_addr.s_addr = htonl(0x0a000002);
	assert_int_equal(sendto(fd, "hello", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(p.revents, POLLIN);
	port->ops->close(port);
	close(fd);
}

/* --- frames --- */

struct ends {
	struct port *port;
	int udp;
};

static struct ends ends_make(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(7000) };
	struct ends e = { .port = open_tap(false) };

	lab_run("ip addr add 10.0.0.1/24 dev tap0");
	lab_run("ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev tap0");
	e.udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(e.udp, (struct sockaddr *)&at, sizeof at), 0);
	return e;
}

static void ends_free(struct ends *e)
{
	close(e->udp);
	e->port->ops->close(e->port);
}

/* The next UDP datagram that the kernel sends by tap0; what else it has to say is passed over. */
static struct port_frame next_udp(struct port *port, uint8_t *bytes)
{
	struct pollfd p = { .fd = tap_fd(port), .events = POLLIN };
	struct port_frame frame;

	for (int tries = 0; tries < 200; tries++) {
		if (port->ops->receive(port, &frame, 1) == 0) {
			port->ops->release(port);
			poll(&p, 1, 10);
			continue;
		}
		assert_true(frame.headroom >= PORT_HEADROOM_BYTES);
		memcpy(bytes, frame.bytes, frame.len);
		memset(frame.bytes - frame.headroom, 0xee, frame.headroom);
		memset(frame.bytes + frame.len, 0xee, frame.tailroom);
		port->ops->release(port);
		if (frame.len > 42 && wire_get16(bytes + 12) == ETH_TYPE_IP4 &&
		    bytes[14 + IP4_AT_PROTO] == IPPROTO_UDP)
			return frame;
	}
	fail_msg("no datagram came");
	abort();
}

static void what_the_kernel_sends_comes_in(void **state)
{
	static uint8_t got[PORT_FRAME_BYTES_MAX], sent[1400];
	struct ends e;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	need_device();
	e = ends_make();
	to.sin_addr.s_addr = htonl(0x0a000002);
	for (uint32_t len = 1; len <= sizeof sent; len += 37) {
		struct port_frame frame;

		memset(sent, (int)len, len);
		assert_int_equal(sendto(e.udp, sent, len, 0, (struct sockaddr *)&to, sizeof to),
		                 len);
		frame = next_udp(e.port, got);
		assert_int_equal(frame.len, 42 + len);
		assert_memory_equal(got + 42, sent, len);
		assert_true(frame.offload.needs_checksum); /* left to a card, and so to us */
		assert_int_equal(frame.offload.checksum_start, 34);
		assert_int_equal(frame.offload.checksum_offset, 6);
	}
	ends_free(&e);
}

/* A datagram for the kernel's socket, with its checksum whole, partial or wrong. */
static uint32_t make_udp(const struct ends *e, uint8_t *bytes, uint32_t data_bytes, bool partial)
{
	struct netdev netdev;
	struct writer w = writer_over(bytes, PORT_FRAME_BYTES_MAX);
	uint32_t l4_bytes = UDP_HEADER_BYTES + data_bytes;
	uint32_t pseudo = sum_pseudo((ip4){ 0x0a000002 }, (ip4){ 0x0a000001 }, IPPROTO_UDP,
	                             (uint16_t)l4_bytes);

	assert_int_equal(netdev_read(e->udp, "tap0", &netdev), 0);
	eth_build(&w, &(struct eth_header){ netdev.mac, e->port->mac, ETH_TYPE_IP4 });
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = (uint16_t)(20 + l4_bytes),
	                                           .ttl = 64,
	                                           .proto = IPPROTO_UDP,
	                                           .src = { 0x0a000002 },
	                                           .dst = { 0x0a000001 } });
	udp_header_build(&w, &(struct udp_header){ 9, 7000, (uint16_t)l4_bytes, 0 });
	for (uint32_t i = 0; i < data_bytes; i++)
		write_u8(&w, (uint8_t)(i * 3));
	wire_put16(bytes + 34 + UDP_AT_CHECKSUM,
	           partial ? sum_fold(pseudo)
	                   : sum_finish(sum_bytes(pseudo, bytes + 34, l4_bytes)));
	return 34 + l4_bytes;
}

static bool socket_gets(int fd, uint32_t data_bytes)
{
	uint8_t got[2048];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, 100) != 1)
		return false;
	assert_int_equal(recv(fd, got, sizeof got, 0), data_bytes);
	for (uint32_t i = 0; i < data_bytes; i++)
		assert_int_equal(got[i], (uint8_t)(i * 3));
	return true;
}

static void what_is_sent_comes_to_the_kernel(void **state)
{
	static uint8_t memory[64 + PORT_FRAME_BYTES_MAX];
	struct ends e;

	need_device();
	e = ends_make();
	for (unsigned partial = 0; partial < 2; partial++) {
		struct port_frame frame = { .bytes = memory + 64, .headroom = 64 };

		frame.len = make_udp(&e, frame.bytes, 1000, partial != 0);
		if (partial)
			frame.offload = (struct offload){ .needs_checksum = true,
				                          .checksum_start = 34,
				                          .checksum_offset = 6 };
		assert_int_equal(e.port->ops->transmit(e.port, &frame, 1), 1);
		assert_true(socket_gets(e.udp, 1000));
		frame.bytes[34 + UDP_AT_CHECKSUM] ^= 1; /* the kernel looks at whole ones */
		assert_int_equal(e.port->ops->transmit(e.port, &frame, 1), 1);
		if (!partial)
			assert_false(socket_gets(e.udp, 1000));
		else
			(void)socket_gets(e.udp, 1000);
	}
	ends_free(&e);
}

/* Three datagrams in one frame, if this kernel knows such. */
static void a_frame_that_is_to_be_cut_is_cut(void **state)
{
	static uint8_t memory[64 + PORT_FRAME_BYTES_MAX];
	struct ends e;
	struct port_frame frame = { .bytes = memory + 64, .headroom = 64 };

	need_device();
	e = ends_make();
	frame.len = make_udp(&e, frame.bytes, 2500, true);
	frame.offload = (struct offload){ .needs_checksum = true,
		                          .gso_type = GSO_UDP4,
		                          .checksum_start = 34,
		                          .checksum_offset = 6,
		                          .gso_bytes = 1000,
		                          .header_bytes = 42 };
	if (e.port->ops->transmit(e.port, &frame, 1) == 1) {
		uint8_t got[2048];

		assert_int_equal(recv(e.udp, got, sizeof got, 0), 1000);
		assert_int_equal(recv(e.udp, got, sizeof got, 0), 1000);
		assert_int_equal(recv(e.udp, got, sizeof got, 0), 500);
	} else {
		printf("this kernel takes no datagrams in a row\n");
	}
	ends_free(&e);
}

static void what_the_kernel_refuses_is_counted(void **state)
{
	static uint8_t memory[64 + PORT_FRAME_BYTES_MAX];
	struct ends e;
	struct port_frame frames[2] = { { .bytes = memory, .len = 100 },
		                        { .bytes = memory, .len = 100 } };
	struct port_stats stats;

	need_device();
	e = ends_make();
	frames[0].offload = (struct offload){ .gso_type = GSO_OTHER, .gso_bytes = 10 };
	assert_int_equal(e.port->ops->transmit(e.port, frames, 2), 1);
	e.port->ops->stats(e.port, &stats);
	assert_int_equal(stats.tx_errors, 1);
	lab_run("ip link set tap0 down");
	assert_int_equal(e.port->ops->transmit(e.port, frames, 2), 0);
	ends_free(&e);
}

/* --- errors --- */

static void assert_refused(const char *iface, int error, const char *sentence)
{
	const struct tap_options options = { .name = "ether3", .iface = iface };
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port = NULL;

	assert_int_equal(tap_open(&options, &words, &port), error);
	assert_null(port);
	if (strstr(text_str(&words), sentence) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text_str(&words), sentence);
}

static void errors_say_what_is_missing(void **state)
{
	struct port *port;

	need_device();
	assert_refused("a/b", -EINVAL, "can't be a TAP device");
	lab_run("ip link add v0 type veth peer name v1");
	assert_refused("v0", -EINVAL, "v0 is no TAP device");
	port = open_tap(false);
	assert_refused("tap0", -EBUSY, "another program is at the end of the TAP device tap0");
	port->ops->close(port);
}

/* Root of a user namespace has no capability in a network namespace of another one. */
static void without_the_capability_it_says_so(void **state)
{
	int status;
	pid_t pid;

	need_device();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) != 0)
			_exit(0);
		if (open("/dev/net/tun", O_RDWR | O_CLOEXEC) < 0)
			_exit(0);
		assert_refused("tap9", -EPERM, "CAP_NET_ADMIN");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_goes_with_the_port),
		cmocka_unit_test(a_persistent_one_stays_and_keeps_its_address),
		cmocka_unit_test(its_link_is_followed),
		cmocka_unit_test(a_device_taken_away_is_made_again),
		cmocka_unit_test(what_the_kernel_sends_comes_in),
		cmocka_unit_test(what_is_sent_comes_to_the_kernel),
		cmocka_unit_test(a_frame_that_is_to_be_cut_is_cut),
		cmocka_unit_test(what_the_kernel_refuses_is_counted),
		cmocka_unit_test(errors_say_what_is_missing),
		cmocka_unit_test(without_the_capability_it_says_so),
	};

	return cmocka_run_group_tests(tests, enter, NULL);
}
