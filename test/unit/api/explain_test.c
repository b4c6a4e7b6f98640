#include "unit.h"

#include <errno.h>
#include <netinet/in.h>

#include "lib/text.h"
#include "seeded.h"
#include "sim/draft.h"
#include "towpath.h"

enum {
	FRAMES = 3000,
	PORTS = 2,
};

/* Masquerade to the outside, a mapped port, a rule that drops, one that logs, lists that grow. */
static const char configuration[] =
	"/ip address add address=203.0.113.2/24 interface=ether1\n"
	"/ip address add address=192.168.88.1/24 interface=ether2\n"
	"/ip route add dst-address=0.0.0.0/0 gateway=203.0.113.1\n"
	"/ip arp add address=203.0.113.1 mac-address=02:00:00:00:01:01 interface=ether1\n"
	"/ip arp add address=192.168.88.100 mac-address=02:00:00:00:01:02 interface=ether2\n"
	"/ip arp add address=192.168.88.101 mac-address=02:00:00:00:01:02 interface=ether2\n"
	"/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade\n"
	"/ip firewall nat add chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=80 "
	"action=dst-nat to-addresses=192.168.88.100\n"
	"/ip firewall filter add chain=forward protocol=udp dst-port=99 action=drop\n"
	"/ip firewall filter add chain=forward protocol=udp dst-port=98 action=reject\n"
	"/ip firewall filter add chain=forward protocol=udp dst-port=97 "
	"action=add-src-to-address-list "
	"address-list=seen\n"
	"/ip firewall filter add chain=forward protocol=udp dst-port=96 limit=1,5 action=drop\n"
	"/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss "
	"new-mss=1000\n";

/* All that can be seen of a router, to compare it with another one's. */
struct side {
	struct towpath *t;
	struct text seen;
	uint64_t frames;
};

static bool leaves(void *arg, const struct towpath_frame *frame)
{
	struct side *side = arg;

	side->frames++;
	text_bytes(&side->seen, frame->bytes, frame->len);
	return true;
}

static void shown(void *arg, const char *bytes, size_t len, bool error)
{
	text_bytes(&((struct side *)arg)->seen, bytes, len);
}

static void logged(void *arg, enum towpath_log_level level, const char *topic, const char *text)
{
	text_add(&((struct side *)arg)->seen, text);
}

static void side_open(struct side *side)
{
	struct towpath_setup setup = {
		.size = sizeof setup, .seed = 9, .now_ns = 1000000000, .arg = side, .log = logged
	};

	*side = (struct side){ 0 };
	assert_int_equal(towpath_new(&setup, &side->t), 0);
	for (unsigned i = 0; i < PORTS; i++) {
		char name[] = "ether1";

		name[5] = (char)('1' + i);
		assert_int_equal(
			towpath_port_add(
				side->t,
				&(struct towpath_port){ .name = name,
		                                        .mac = { 2, 0, 0, 0, 0, (uint8_t)(i + 1) },
		                                        .transmit = leaves,
		                                        .arg = side }),
			i);
	}
	assert_int_equal(towpath_start(side->t), 0);
	if (towpath_run(side->t, configuration, shown, side) != 0)
		fail_msg("%s", text_str(&side->seen));
}

static void side_close(struct side *side)
{
	towpath_free(side->t);
	text_free(&side->seen);
}

static ip4 pick(struct seeded *seeded)
{
	static const char *const addresses[] = { "192.168.88.100", "192.168.88.101", "203.0.113.2",
		                                 "192.168.88.1",   "203.0.113.1",    "8.8.8.8",
		                                 "255.255.255.255" };
	const char *text = addresses[seeded_next(seeded) % ARRAY_LEN(addresses)];
	ip4 addr;

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static uint32_t draw(struct seeded *seeded, unsigned port, uint8_t *bytes, size_t size)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	static const uint8_t payload[1400] = { 1, 2, 3 };
	struct draft d = { .ttl = 64, .payload = payload };
	struct offload offload;

	d.dst_mac = (struct mac){ { 2, 0, 0, 0, 0, (uint8_t)(port + 1) } };
	d.src_mac = (struct mac){ { 2, 0, 0, 0, 1, (uint8_t)(port + 1) } };
	d.tuple.src = pick(seeded);
	d.tuple.dst = pick(seeded);
	d.tuple.proto = protos[seeded_next(seeded) % ARRAY_LEN(protos)];
	d.tuple.sport = (uint16_t)(1000 + seeded_next(seeded) % 20);
	d.tuple.dport = (uint16_t)(80 + seeded_next(seeded) % 20);
	d.tcp_flags = (uint8_t)(1 << seeded_next(seeded) % 5);
	d.icmp_type = (seeded_next(seeded) & 1) != 0 ? 8 : 0;
	d.payload_bytes = (uint32_t)(seeded_next(seeded) % sizeof payload);
	d.ttl = (uint8_t)(1 + seeded_next(seeded) % 3);
	d.dont_fragment = (seeded_next(seeded) & 1) != 0;
	if (d.tuple.proto == IPPROTO_ICMP)
		d.tuple.dport = d.tuple.sport;
	return draft_build(&d, bytes, size, &offload);
}

static void count_step(void *arg, const char *stage, const char *text)
{
	assert_true(stage[0] != '\0' && text[0] != '\0');
	++*(unsigned *)arg;
}

static void same(const struct side *a, const struct side *b)
{
	assert_int_equal(a->frames, b->frames);
	assert_int_equal(a->seen.len, b->seen.len);
	assert_memory_equal(a->seen.bytes, b->seen.bytes, a->seen.len);
}

static void show_all(struct side *side)
{
	assert_int_equal(towpath_run(side->t,
	                             "/ip firewall connection print detail\n"
	                             "/ip firewall filter print stats\n"
	                             "/ip firewall nat print stats\n"
	                             "/ip firewall mangle print stats\n"
	                             "/ip firewall address-list print detail\n"
	                             "/ip arp print detail\n/interface print stats\n/log print\n",
	                             shown, side),
	                 0);
}

/* Ask one of two equal routers about each frame, and give it to both: nobody sees which it was. */
static void test_asking_changes_nothing(void **state)
{
	struct seeded seeded = { .state = 5 };
	struct side asked, other;
	unsigned steps = 0;

	side_open(&asked);
	side_open(&other);
	for (unsigned i = 0; i < FRAMES; i++) {
		uint8_t bytes[2048];
		unsigned port = (unsigned)(seeded_next(&seeded) % PORTS);
		uint32_t len = draw(&seeded, port, bytes, sizeof bytes);
		struct towpath_frame frame = { .bytes = bytes, .len = len };
		uint64_t now = towpath_now(asked.t) + seeded_next(&seeded) % 300000000;

		assert_int_equal(towpath_explain(asked.t, (int)port, &frame, count_step, &steps),
		                 0);
		assert_int_equal(towpath_put(asked.t, (int)port, &frame), 0);
		assert_int_equal(towpath_put(other.t, (int)port, &frame), 0);
		assert_int_equal(towpath_advance(asked.t, now), towpath_advance(other.t, now));
		assert_int_equal(towpath_next(asked.t), towpath_next(other.t));
		if (i % 500 == 499) {
			show_all(&asked);
			show_all(&other);
			same(&asked, &other);
		}
	}
	same(&asked, &other);
	assert_true(steps > 2 * FRAMES && asked.frames > FRAMES / 4);
	side_close(&asked);
	side_close(&other);
}

static void note_step(void *arg, const char *stage, const char *text)
{
	text_printf(arg, "%s: %s\n", stage, text);
}

static void test_it_says_why(void **state)
{
	struct draft d = { .ttl = 64,
		           .tcp_flags = 2,
		           .dst_mac = { { 2, 0, 0, 0, 0, 2 } },
		           .src_mac = { { 2, 0, 0, 0, 1, 2 } },
		           .tuple = { .proto = IPPROTO_TCP, .sport = 1000, .dport = 443 } };
	struct text why = { 0 };
	struct offload offload;
	struct side side;
	uint8_t bytes[256];
	struct towpath_frame frame = { .bytes = bytes };

	side_open(&side);
	assert_true(ip4_parse("192.168.88.100", strlen("192.168.88.100"), &d.tuple.src));
	assert_true(ip4_parse("8.8.8.8", strlen("8.8.8.8"), &d.tuple.dst));
	frame.len = draft_build(&d, bytes, sizeof bytes, &offload);
	assert_int_equal(towpath_explain(side.t, 1, &frame, note_step, &why), 0);
	assert_non_null(strstr(text_str(&why), "route: "));
	assert_non_null(strstr(text_str(&why), "src-nat: masquerade: source becomes 203.0.113.2"));
	d.tuple.proto = IPPROTO_UDP;
	d.tuple.dport = 99;
	frame.len = draft_build(&d, bytes, sizeof bytes, &offload);
	text_clear(&why);
	assert_int_equal(towpath_explain(side.t, 1, &frame, note_step, &why), 0);
	assert_non_null(strstr(text_str(&why), "drop: filter: "));
	bytes[12] = 0x86;
	assert_int_equal(towpath_explain(side.t, 1, &frame, note_step, &why), -EPROTONOSUPPORT);
	assert_int_equal(towpath_explain(side.t, 2, &frame, note_step, &why), -ENODEV);
	text_free(&why);
	side_close(&side);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asking_changes_nothing),
		cmocka_unit_test(test_it_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
