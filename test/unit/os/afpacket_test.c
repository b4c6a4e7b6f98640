/*
 *   here:   pa ------ pb        a veth pair in a namespace of the test's own; a port on each, or
 *                               a port on pa and the kernel's stack behind pb
 */
#include "lab.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>

#include "lib/text.h"
#include "os/afpacket.h"
#include "os/link.h"
#include "os/netdev.h"

static struct port *open_with(const struct afpacket_options *options)
{
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port = NULL;
	int error = afpacket_open(options, &words, &port);

	if (error != 0)
		fail_msg("%s: %s", options->iface, text_str(&words));
	assert_string_equal(text_str(&words), "");
	return port;
}

static struct port *open_port(const char *iface)
{
	const struct afpacket_options options = { .name = "ether1", .iface = iface, .slots = 64 };

	return open_with(&options);
}

static int enter(void **state)
{
	lab_enter();
	return 0;
}

static int set_up(void **state)
{
	lab_run("ip link add pa type veth peer name pb");
	return 0;
}

static int tear_down(void **state)
{
	lab_run("ip link del pa");
	return 0;
}

/* The kernel tells of a link some time after it has changed: up to a second. */
static void wait_for_link(struct port *port, bool up)
{
	for (int tries = 0; tries < 300; tries++) {
		port->ops->poll_link(port);
		if (port->link_up == up)
			return;
		poll(NULL, 0, 10);
	}
	fail_msg("the link of %s does not go %s", port->name, up ? "up" : "down");
}

/* The next frame, copied to @bytes; fails when none comes within a second. */
static struct port_frame receive_one(struct port *port, uint8_t *bytes, size_t size)
{
	struct port_frame frame;
	struct pollfd p = { .fd = afpacket_fd(port), .events = POLLIN };

	for (int tries = 0; tries < 100; tries++) {
		if (port->ops->receive(port, &frame, 1) == 1) {
			assert_true(frame.len <= size);
			assert_true(frame.headroom >= PORT_HEADROOM_BYTES);
			memcpy(bytes, frame.bytes, frame.len);
			memset(frame.bytes - frame.headroom, 0xee, frame.headroom);
			memset(frame.bytes + frame.len, 0xee, frame.tailroom);
			port->ops->release(port);
			return frame;
		}
		port->ops->release(port);
		poll(&p, 1, 10);
	}
	fail_msg("no frame came");
	abort();
}

static bool nothing_comes(struct port *port)
{
	struct port_frame frame;
	struct pollfd p = { .fd = afpacket_fd(port), .events = POLLIN };

	poll(&p, 1, 30);

	bool nothing = port->ops->receive(port, &frame, 1) == 0;

	port->ops->release(port);
	return nothing;
}

/* An ordinary frame of an EtherType for experiments. */
static struct port_frame make_frame(uint8_t *bytes, uint32_t headroom, uint32_t len)
{
	uint8_t *at = bytes + headroom;

	for (uint32_t i = 0; i < len; i++)
		at[i] = (uint8_t)(i * 7 + len);
	memset(at, 0xff, 6);
	memcpy(at + 6, "\2\0\0\0\0\1\x88\xb5", 8);
	return (struct port_frame){ .bytes = at, .len = len, .headroom = headroom };
}

static void frames_cross_in_both_directions(void **state)
{
	static uint8_t sent[PORT_FRAME_BYTES_MAX + 64], got[PORT_FRAME_BYTES_MAX];
	struct port *ports[] = { open_port("pa"), open_port("pb") };

	for (unsigned i = 0; i < 200; i++) {
		struct port *from = ports[i % 2], *to = ports[1 - i % 2];
		/* Headroom of 0 takes the way in which the header lies beside the frame. */
		struct port_frame frame = make_frame(sent, i % 3 == 0 ? 0 : 64, 60 + i * 7);

		assert_int_equal(from->ops->transmit(from, &frame, 1), 1);

		struct port_frame back = receive_one(to, got, sizeof got);

		assert_int_equal(back.len, frame.len);
		assert_memory_equal(got, frame.bytes, frame.len);
		assert_int_equal(back.offload.gso_type, GSO_NONE);
		assert_false(back.offload.needs_checksum);
	}
	assert_true(nothing_comes(ports[0]) && nothing_comes(ports[1]));
	ports[0]->ops->close(ports[0]);
	ports[1]->ops->close(ports[1]);
}

/* More than the ring holds, so that it wraps; in batches, and sent straight from the ring. */
static void batches_are_sent_on_from_the_ring(void **state)
{
	static uint8_t sent[PORT_BATCH][128], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frames[PORT_BATCH];
	struct port_stats stats;

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 30; i++)
			frames[i] = make_frame(sent[i], 16, 60 + i + round);
		assert_int_equal(a->ops->transmit(a, frames, 30), 30);

		unsigned n = b->ops->receive(b, frames, PORT_BATCH);

		assert_int_equal(n, 30);
		assert_int_equal(b->ops->transmit(b, frames, n), n); /* back again */
		b->ops->release(b);
		for (unsigned i = 0; i < 30; i++) {
			struct port_frame back = receive_one(a, got, sizeof got);

			assert_int_equal(back.len, 60 + i + round);
			assert_memory_equal(got, sent[i] + 16, back.len);
		}
	}
	a->ops->stats(a, &stats);
	assert_int_equal(stats.tx_errors + stats.rx_lost, 0);
	a->ops->close(a);
	b->ops->close(b);
}

static void a_full_ring_loses_and_counts(void **state)
{
	static uint8_t sent[PORT_BATCH][128];
	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frames[PORT_BATCH];
	struct port_stats stats;
	unsigned got = 0, n;

	for (unsigned round = 0; round < 10; round++) {
		for (unsigned i = 0; i < PORT_BATCH; i++)
			frames[i] = make_frame(sent[i], 16, 60);
		assert_int_equal(a->ops->transmit(a, frames, PORT_BATCH), PORT_BATCH);
	}
	while ((n = b->ops->receive(b, frames, PORT_BATCH)) > 0) {
		got += n;
		b->ops->release(b);
	}
	b->ops->release(b);
	b->ops->stats(b, &stats);
	assert_in_range(got, 64, 128);
	assert_int_equal(got + stats.rx_lost, 10 * PORT_BATCH);
	b->ops->stats(b, &stats); /* reading it again adds nothing */
	assert_int_equal(got + stats.rx_lost, 10 * PORT_BATCH);
	a->ops->close(a);
	b->ops->close(b);
}

/* An IPv4 TCP header with the pseudo-header's sum in its checksum field, as a sender leaves it. */
static struct port_frame make_segment(uint8_t *bytes, uint32_t payload)
{
	struct port_frame frame = make_frame(bytes, 64, 54 + payload);
	uint8_t *ip = frame.bytes + 14;
	uint16_t total = (uint16_t)(40 + payload);

	memcpy(frame.bytes + 12, "\x08\x00", 2);
	memcpy(ip,
	       "\x45\0\0\0\0\1\x40\0\x40\6\0\0\x0a\0\0\1\x0a\0\0\2" /* IPv4 */
	       "\x30\x39\0\x50\0\0\0\1\0\0\0\1\x50\x10\xff\xff\0\0\0\0",
	       40);
	ip[2] = (uint8_t)(total >> 8);
	ip[3] = (uint8_t)total;
	frame.offload = (struct offload){ .needs_checksum = true,
		                          .checksum_start = 34,
		                          .checksum_offset = 16 };
	if (payload > 1460) {
		frame.offload.gso_type = GSO_TCP4;
		frame.offload.gso_bytes = 1460;
		frame.offload.header_bytes = 54;
	}
	return frame;
}

static void offloads_survive_the_way(void **state)
{
	static uint8_t sent[PORT_FRAME_BYTES_MAX + 64], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa"), *b = open_port("pb");
	static const uint32_t payloads[] = { 1, 1460, 1461, 20000, 65000 };

	for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
		struct port_frame frame = make_segment(sent, payloads[i]);

		assert_int_equal(a->ops->transmit(a, &frame, 1), 1);

		struct port_frame back = receive_one(b, got, sizeof got);

		assert_int_equal(back.len, frame.len);
		assert_true(back.offload.needs_checksum);
		assert_int_equal(back.offload.checksum_start, 34);
		assert_int_equal(back.offload.checksum_offset, 16);
		assert_int_equal(back.offload.gso_type, frame.offload.gso_type);
		assert_int_equal(back.offload.gso_bytes, frame.offload.gso_bytes);
		assert_memory_equal(got, frame.bytes, frame.len);
	}
	a->ops->close(a);
	b->ops->close(b);
}

/* A card that can't cut segments: the kernel must, although we go past its queues. */
static void segments_leave_by_a_card_without_gso(void **state)
{
	static uint8_t sent[PORT_FRAME_BYTES_MAX + 64], got[PORT_FRAME_BYTES_MAX];
	uint32_t payload = 0;

	lab_run("ip link set pa gso_max_segs 1");
	lab_run("ethtool -K pa tso off gso off tx off");

	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frame = make_segment(sent, 14600);
	struct port_stats stats;

	wait_for_link(a, true); /* before it the kernel's queues drop everything */
	assert_int_equal(a->ops->transmit(a, &frame, 1), 1);
	while (payload < 14600) {
		struct port_frame back = receive_one(b, got, sizeof got);

		assert_int_equal(back.len, 54 + 1460);
		assert_memory_equal(got + 54, frame.bytes + 54 + payload, 1460);
		assert_false(back.offload.needs_checksum);
		payload += 1460;
	}
	frame = make_segment(sent, 2920);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 1);
	receive_one(b, got, sizeof got);
	receive_one(b, got, sizeof got);
	a->ops->stats(a, &stats);
	assert_int_equal(stats.tx_errors, 0);
	a->ops->close(a);
	b->ops->close(b);
}

static void one_bad_frame_does_not_stop_the_others(void **state)
{
	static uint8_t sent[4][9000], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frames[4];
	struct port_stats stats;

	frames[0] = make_frame(sent[0], 16, 100);
	frames[1] = make_frame(sent[1], 16, 8000); /* above the MTU, and no GSO */
	frames[2] = make_frame(sent[2], 16, 100);
	frames[2].offload = (struct offload){ .gso_type = GSO_OTHER, .gso_bytes = 10 };
	frames[3] = make_frame(sent[3], 16, 103);
	assert_int_equal(a->ops->transmit(a, frames, 4), 2);
	assert_int_equal(receive_one(b, got, sizeof got).len, 100);
	assert_int_equal(receive_one(b, got, sizeof got).len, 103);
	a->ops->stats(a, &stats);
	assert_int_equal(stats.tx_errors, 2);
	a->ops->close(a);
	b->ops->close(b);
}

/* Tagged frames are seen with their tag, where the kernel keeps it beside the frame. */
static void a_vlan_tag_is_there(void **state)
{
	static uint8_t sent[200], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frame = make_frame(sent, 16, 104);

	memcpy(frame.bytes + 12, "\x81\x00\x20\x64\x08\x00", 6);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 1);

	struct port_frame back = receive_one(b, got, sizeof got);

	assert_int_equal(back.len, frame.len);
	assert_memory_equal(got, frame.bytes, frame.len);
	a->ops->close(a);
	b->ops->close(b);
}

static void link_changes_are_seen(void **state)
{
	struct port *a = open_port("pa");
	int watch = link_open();
	struct pollfd p = { .fd = watch, .events = POLLIN };

	assert_true(watch >= 0);
	lab_run("ip link set pb up");
	wait_for_link(a, true);
	assert_int_equal(a->mtu_bytes, 1500);
	assert_false(a->ops->poll_link(a));
	while (poll(&p, 1, 50) > 0)
		assert_true(link_changed(watch));
	assert_false(link_changed(watch));

	lab_run("ip link set pb down"); /* the cable is out */
	while (!a->ops->poll_link(a)) { /* nothing but the kernel's word makes us look */
		assert_int_equal(poll(&p, 1, 5000), 1);
		assert_true(link_changed(watch));
	}
	assert_false(a->link_up);
	lab_run("ip link set pb up");
	wait_for_link(a, true);
	lab_run("ip link set pa mtu 1400");
	assert_true(a->ops->poll_link(a));
	assert_int_equal(a->mtu_bytes, 1400);
	lab_run("ip link set pa address 02:00:00:00:00:aa");
	assert_true(a->ops->poll_link(a));
	assert_int_equal(a->mac.b[5], 0xaa);
	assert_false(a->ops->poll_link(a));
	close(watch);
	a->ops->close(a);
}

/* Down and up again by hand: the socket's error must not stay, and frames come again. */
static void a_port_outlives_its_interface_being_down(void **state)
{
	static uint8_t sent[200], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa"), *b = open_port("pb");
	struct port_frame frame = make_frame(sent, 16, 104);
	struct pollfd p = { .fd = afpacket_fd(a), .events = POLLIN };

	wait_for_link(a, true);
	lab_run("ip link set pa down");
	assert_true(a->ops->poll_link(a));
	assert_false(a->link_up);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 0);
	assert_true(nothing_comes(a));
	assert_int_equal(poll(&p, 1, 0), 0);
	lab_run("ip link set pa up");
	wait_for_link(a, true);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 1);
	assert_int_equal(receive_one(b, got, sizeof got).len, 104);
	assert_int_equal(b->ops->transmit(b, &frame, 1), 1);
	assert_int_equal(receive_one(a, got, sizeof got).len, 104);
	a->ops->close(a);
	b->ops->close(b);
}

static void a_port_takes_its_interface_up_again_when_it_is_made_anew(void **state)
{
	static uint8_t sent[200], got[PORT_FRAME_BYTES_MAX];
	struct port *a = open_port("pa");
	struct port_frame frame = make_frame(sent, 16, 104);

	lab_run("ip link del pa");
	a->ops->poll_link(a);
	assert_false(a->link_up);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 0);
	lab_run("ip link add pa address 02:00:00:00:00:aa type veth peer name pb");

	struct port *b = open_port("pb");

	wait_for_link(a, true);
	assert_int_equal(a->mac.b[5], 0xaa);
	assert_int_equal(a->ops->transmit(a, &frame, 1), 1);
	assert_int_equal(receive_one(b, got, sizeof got).len, 104);
	assert_int_equal(b->ops->transmit(b, &frame, 1), 1);
	assert_int_equal(receive_one(a, got, sizeof got).len, 104);
	a->ops->close(a);
	b->ops->close(b);
}

/*
 * The kernel has 10.9.0.1 on pa (",keep"). From pb come questions that it would answer: ARP, an
 * echo, a SYN to a closed port.
 */
static unsigned answers_to(struct port *b, const struct mac *to)
{
	static uint8_t arp[64 + 16], echo[64 + 16], syn[64 + 16];
	struct port_frame frames[3] = { make_frame(arp, 16, 60), make_frame(echo, 16, 60),
		                        make_frame(syn, 16, 60) };
	static const uint8_t question[] = "\x08\x06\0\1\x08\0\6\4\0\1\2\0\0\0\0\1\x0a\x09\0\2"
					  "\0\0\0\0\0\0\x0a\x09\0\1";
	static const uint8_t ping[] = "\x08\0\x45\0\0\x1c\0\1\0\0\x40\1\x66\xcc\x0a\x09\0\2"
				      "\x0a\x09\0\1\x08\0\xf7\xfd\0\1\0\1";
	static const uint8_t hello[] = "\x08\0\x45\0\0\x28\0\1\0\0\x40\6\x66\xbb\x0a\x09\0\2"
				       "\x0a\x09\0\1\x30\x39\0\x50\0\0\0\1\0\0\0\0\x50\2\xff\xff"
				       "\0\0\0\0";
	unsigned answers = 0;

	memset(arp + 16 + 12, 0, 48);
	memcpy(arp + 16 + 12, question, sizeof question - 1);
	memcpy(echo + 16, to->b, 6);
	memcpy(echo + 16 + 12, ping, sizeof ping - 1);
	memcpy(syn + 16, to->b, 6);
	memcpy(syn + 16 + 12, hello, sizeof hello - 1);
	frames[2].offload = (struct offload){ .checked = true };
	assert_int_equal(b->ops->transmit(b, frames, 3), 3);
	for (unsigned quiet = 0; quiet < 2;) {
		if (nothing_comes(b))
			quiet++;
		else
			answers++;
	}
	return answers;
}

static void the_kernel_is_silent_while_a_port_is_open(void **state)
{
	const struct afpacket_options options = {
		.name = "ether1", .iface = "pa", .slots = 64, .keep_address = true
	};
	static uint8_t got[PORT_FRAME_BYTES_MAX];
	struct netdev netdev;
	struct port *b = open_port("pb");

	lab_run("ip addr add 10.9.0.1/24 dev pa");
	lab_run("ip link set pa up");
	lab_run("ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:01 dev pa");
	assert_int_equal(netdev_read(afpacket_fd(b), "pa", &netdev), 0);
	wait_for_link(b, true);
	poll(NULL, 0, 100);
	while (!nothing_comes(b)) { /* what IPv6 says when a link comes up */
	}
	assert_true(answers_to(b, &netdev.mac) >= 2); /* ARP and the echo, at the least */

	struct port *a = open_with(&options);

	while (!nothing_comes(b)) {
	}
	assert_int_equal(answers_to(b, &netdev.mac), 0);
	for (unsigned i = 0; i < 3; i++) /* but the port has seen all three */
		assert_int_equal(receive_one(a, got, sizeof got).len, 60);
	a->ops->close(a);
	assert_int_equal(lab_try("nft list table netdev towpath-pa"), 1);
	assert_true(answers_to(b, &netdev.mac) >= 2); /* all is as it was before */
	b->ops->close(b);
}

/* Of what an interrupted run left behind, nothing is in the way of the next. */
static void a_left_over_table_is_taken_over(void **state)
{
	lab_run("nft add table netdev towpath-pa");

	struct port *a = open_port("pa");

	a->ops->close(a);
	assert_int_equal(lab_try("nft list table netdev towpath-pa"), 1);
}

/* A run that ends without closing its port. */
static void run_and_die(const char *iface)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)open_port(iface);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static char ip6_disabled(const char *iface)
{
	char path[80], value = '?';

	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", iface);

	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return '0'; /* a kernel without IPv6 */
	assert_int_equal(read(fd, &value, 1), 1);
	close(fd);
	return value;
}

/* What a killed run has switched is not taken for the interface's own state by the next ones. */
static void killed_runs_do_not_change_what_is_restored(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct netdev netdev;

	for (unsigned up = 0; up <= 1; up++) {
		if (up)
			lab_run("ip link set pa up");
		run_and_die("pa");
		run_and_die("pa");
		assert_int_equal(netdev_read(fd, "pa", &netdev), 0);
		assert_true(netdev.flags & IFF_UP && netdev.flags & IFF_NOARP);

		struct port *a = open_port("pa");

		a->ops->close(a);
		assert_int_equal(netdev_read(fd, "pa", &netdev), 0);
		assert_int_equal((netdev.flags & IFF_UP) != 0, up);
		assert_false(netdev.flags & IFF_NOARP);
		assert_int_equal(ip6_disabled("pa"), '0');
		assert_int_equal(lab_try("nft list table netdev towpath-pa"), 1);
	}
	close(fd);
}

/* The same name, another interface: what was noted of the first is not true of it. */
static void notes_about_an_interface_that_has_gone_are_not_believed(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct netdev netdev;

	run_and_die("pa");
	lab_run("ip link del pa");
	lab_run("ip link add pa type veth peer name pb");
	lab_run("ip link set pa up arp off");

	struct port *a = open_port("pa");

	a->ops->close(a);
	assert_int_equal(netdev_read(fd, "pa", &netdev), 0);
	assert_true(netdev.flags & IFF_UP && netdev.flags & IFF_NOARP);
	close(fd);
}

static void the_interface_is_left_as_it_was_found(void **state)
{
	struct netdev netdev;

	struct port *a = open_port("pa");

	assert_int_equal(netdev_read(afpacket_fd(a), "pa", &netdev), 0);
	assert_true(netdev.flags & IFF_UP);
	assert_true(netdev.flags & IFF_NOARP);
	assert_true(mac_equal(&netdev.mac, &a->mac));

	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a->ops->close(a);
	assert_int_equal(netdev_read(fd, "pa", &netdev), 0);
	assert_false(netdev.flags & IFF_UP);
	assert_false(netdev.flags & IFF_NOARP);
	close(fd);
}

static void promiscuous_only_when_asked(void **state)
{
	struct afpacket_options options = { .name = "ether1", .iface = "pa", .slots = 64 };
	static uint8_t sent[200];
	static uint8_t got[PORT_FRAME_BYTES_MAX];

	options.promiscuous = true;

	struct port *a = open_with(&options), *b = open_port("pb");
	struct port_frame frame = make_frame(sent, 16, 104);

	memcpy(frame.bytes, "\2\0\0\0\0\x77", 6); /* somebody else's */
	assert_int_equal(b->ops->transmit(b, &frame, 1), 1);
	assert_int_equal(receive_one(a, got, sizeof got).len, 104);
	a->ops->close(a);
	b->ops->close(b);
}

static void assert_refused(const char *iface, int expected, const char *sentence_part)
{
	const struct afpacket_options options = { .name = "ether1", .iface = iface, .slots = 64 };
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct port *port;

	assert_int_equal(afpacket_open(&options, &words, &port), expected);
	if (strstr(text_str(&words), sentence_part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text_str(&words), sentence_part);
}

static void what_can_not_be_a_port_is_told(void **state)
{
	assert_refused("nosuch0", -ENODEV, "there is no interface nosuch0");
	assert_refused("lo", -EINVAL, "not an Ethernet interface");
	assert_refused("a\"b", -EINVAL, "letters, digits");
	assert_refused("longer-than-15-characters", -EINVAL, "1 to 15");
	assert_refused("..", -EINVAL, "letters, digits");
	lab_run("ip addr add 10.9.0.1/24 dev pa");
	assert_refused("pa", -EADDRINUSE, "pa has address 10.9.0.1");
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(frames_cross_in_both_directions),
		LAB_TEST(batches_are_sent_on_from_the_ring),
		LAB_TEST(a_full_ring_loses_and_counts),
		LAB_TEST(offloads_survive_the_way),
		LAB_TEST(segments_leave_by_a_card_without_gso),
		LAB_TEST(one_bad_frame_does_not_stop_the_others),
		LAB_TEST(a_vlan_tag_is_there),
		LAB_TEST(link_changes_are_seen),
		LAB_TEST(a_port_outlives_its_interface_being_down),
		LAB_TEST(the_kernel_is_silent_while_a_port_is_open),
		LAB_TEST(a_left_over_table_is_taken_over),
		LAB_TEST(the_interface_is_left_as_it_was_found),
		LAB_TEST(killed_runs_do_not_change_what_is_restored),
		LAB_TEST(notes_about_an_interface_that_has_gone_are_not_believed),
		LAB_TEST(promiscuous_only_when_asked),
		LAB_TEST(what_can_not_be_a_port_is_told),
		LAB_TEST(a_port_takes_its_interface_up_again_when_it_is_made_anew),
	};

	return cmocka_run_group_tests(tests, enter, NULL);
}
