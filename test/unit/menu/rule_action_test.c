/* What rules do to packets, seen from outside: headers changed, senders held or told. */
#include "fw/rules.h"
#include "menu/fixture.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

#define SERVER "198.51.100.9"
#define HOST   "192.168.88.7"
#define OUTER  "203.0.113.2"

static struct fixture *open_home(void)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	return f;
}

static uint8_t *ip_in(struct fixture *f, iface_id id)
{
	return bytes_of(&f->ways[id].in) + ETH_HEADER_BYTES;
}

/* A segment from port 1234 to port 80; seq 1000, ack 7000. */
static void put_tcp(struct fixture *f, iface_id id, const char *src, const char *dst, uint8_t flags,
                    uint32_t data)
{
	struct fixture_bytes *b = &f->ways[id].in;
	uint8_t *tcp;

	frame_begin(b, iface_mac(id), host_mac(A(src)), ETH_TYPE_IP4);
	tcp = frame_ip4(b, src, dst, IPPROTO_TCP, TCP_HEADER_BYTES + data);
	wire_put16(tcp + TCP_AT_SPORT, 1234);
	wire_put16(tcp + TCP_AT_DPORT, 80);
	wire_put32(tcp + TCP_AT_SEQ, 1000);
	wire_put32(tcp + TCP_AT_ACK, 7000);
	tcp[TCP_AT_OFFSET] = 5 << 4;
	tcp[TCP_AT_FLAGS] = flags;
	sum_l4(tcp, TCP_HEADER_BYTES + data, TCP_AT_CHECKSUM, src, dst, IPPROTO_TCP);
	put(f, id);
}

static void ttl_is_changed(void **unused)
{
	static const struct {
		const char *chain, *new_ttl;
		uint8_t came, left; /* 0: it expired here */
	} cases[] = {
		{ "prerouting", "set:65", 64, 64 },
		{ "prerouting", "set:1", 64, 0 },
		{ "prerouting", "increment:1", 64, 64 },
		{ "prerouting", "increment:1", 1, 1 },
		{ "prerouting", "increment:255", 9, 254 },
		{ "prerouting", "decrement:63", 64, 0 },
		{ "prerouting", "decrement:10", 64, 53 },
		{ "forward", "set:64", 64, 64 },
		{ "forward", "set:255", 2, 255 },
		{ "forward", "set:64", 1, 0 },
		{ "postrouting", "increment:1", 64, 64 },
		{ "postrouting", "decrement:200", 64, 1 },
	};
	char line[128];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = open_home();
		struct ip4_header ip;

		snprintf(line, sizeof line,
		         "/ip firewall mangle add chain=%s action=change-ttl new-ttl=%s",
		         cases[i].chain, cases[i].new_ttl);
		must_run(f, line);
		for (unsigned n = 1; n <= 4; n++) { /* also those that would be replayed */
			frame_udp(&f->ways[2].in, 2, HOST, SERVER, 8);
			ip_in(f, 2)[IP4_AT_TTL] = cases[i].came;
			frame_sum_ip4(&f->ways[2].in);
			put(f, 2);
			assert_int_equal(sent_n(f, 1), cases[i].left != 0 ? n : 0);
		}
		if (cases[i].left != 0) {
			(void)sent_last(f, 1, &ip);
			assert_int_equal(ip.ttl, cases[i].left);
		} else {
			assert_int_equal(f->router->net.drops[DROP_TTL_EXPIRED], 4);
		}
		fixture_free(f);
	}
}

static void dscp_is_changed(void **unused)
{
	struct fixture *f = open_home();
	struct ip4_header ip;

	must_run(f, "/ip firewall mangle add chain=prerouting action=change-dscp new-dscp=46");
	must_run(f, "/ip firewall mangle add chain=forward dscp=46 action=mark-packet "
	            "new-packet-mark=voice");
	must_run(f, "/ip firewall filter add chain=forward packet-mark=!voice action=drop");
	for (unsigned n = 0; n < 3; n++) {
		frame_udp(&f->ways[2].in, 2, HOST, SERVER, 8);
		ip_in(f, 2)[1] = 8 << 2 | 1;
		frame_sum_ip4(&f->ways[2].in);
		put(f, 2);
		(void)sent_last(f, 1, &ip);
		assert_int_equal(ip.tos, 46 << 2 | 1); /* congestion bits stay */
	}
	must_run(f, "/ip firewall mangle set 0 new-dscp=0");
	put_udp(f, 2, HOST, SERVER);
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	refused(f, "/ip firewall mangle add chain=forward action=change-dscp",
	        "missing value(s) of argument(s) new-dscp: action=change-dscp needs it");
	refused(f, "/ip firewall mangle add chain=forward action=change-ttl",
	        "missing value(s) of argument(s) new-ttl: action=change-ttl needs it");
	refused(f, "/ip firewall mangle add chain=forward action=change-ttl new-ttl=64",
	        "invalid value for argument new-ttl: 64 is not set:n, increment:n or decrement:n, "
	        "with a number of 1 to 255");
	fixture_free(f);
}

/* 828 bytes with DF, and with identification 0 as one may have then (RFC 6864, 4.1). */
static void put_large(struct fixture *f)
{
	frame_udp(&f->ways[2].in, 2, HOST, SERVER, 800);
	wire_put16(ip_in(f, 2) + IP4_AT_FRAGMENT, IP4_DONT_FRAGMENT);
	wire_put16(ip_in(f, 2) + IP4_AT_ID, 0);
	frame_sum_ip4(&f->ways[2].in);
	put(f, 2);
}

static void df_is_cleared(void **unused)
{
	struct fixture *f = open_home();
	struct ip4_header ip;

	must_run(f, "/interface set ether1 mtu=600");
	must_run(f, "/ip firewall mangle add chain=prerouting action=clear-df");
	put_large(f);
	assert_int_equal(sent_n(f, 1), 2);
	assert_int_equal(sent_n(f, 2), 0);
	(void)sent_last(f, 1, &ip);
	assert_int_equal(ip.fragment & IP4_DONT_FRAGMENT, 0);
	assert_int_not_equal(ip.id, 0); /* pieces of several datagrams must not be mixed up */
	must_run(f, "/ip firewall mangle disable 0");
	put_large(f);
	assert_int_equal(f->router->net.drops[DROP_NEEDS_FRAGMENT], 1);
	fixture_free(f);
}

static void options_are_stripped(void **unused)
{
	static const uint8_t record_route[8] = { 7, 7, 4, 0, 0, 0, 0, 0 };
	struct fixture *f = open_home();
	const struct port_frame *out;
	struct ip4_header ip;
	uint8_t *bytes;

	must_run(f, "/ip firewall mangle add chain=forward ipv4-options=record-route "
	            "action=strip-ipv4-options");
	frame_udp(&f->ways[2].in, 2, HOST, SERVER, 8);
	bytes = ip_in(f, 2);
	memmove(bytes + 28, bytes + 20, 16);
	memcpy(bytes + 20, record_route, 8);
	bytes[0] = 4 << 4 | 7;
	wire_put16(bytes + 2, 44);
	f->ways[2].in.len += 8;
	frame_sum_ip4(&f->ways[2].in);
	wire_put16(bytes + IP4_AT_CHECKSUM, 0);
	wire_put16(bytes + IP4_AT_CHECKSUM, checksum(bytes, 28));
	put(f, 2);
	(void)sent_last(f, 1, &ip);
	out = &f->ways[1].out.frames[0];
	assert_int_equal(ip.header_bytes, 28);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(out->bytes[ETH_HEADER_BYTES + 20 + i], 1);
	assert_int_equal(wire_get16(out->bytes + ETH_HEADER_BYTES + 28), 4000);
	fixture_free(f);
}

/* What a tarpit answers to @flags with @data bytes: from the address that was asked. */
static void held(struct fixture *f, uint8_t flags, uint32_t data, uint8_t answer, uint32_t ack)
{
	unsigned before = sent_n(f, 1);
	struct ip4_header ip;
	const uint8_t *tcp;

	put_tcp(f, 1, SERVER, OUTER, flags, data);
	if (answer == 0) {
		if (sent_n(f, 1) != before)
			fail_msg("flags %x are answered", flags);
		return;
	}
	assert_int_equal(sent_n(f, 1), before + 1);
	tcp = sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A(OUTER).v);
	assert_int_equal(ip.dst.v, A(SERVER).v);
	assert_int_equal(wire_get16(tcp + TCP_AT_SPORT), 80);
	assert_int_equal(wire_get16(tcp + TCP_AT_DPORT), 1234);
	assert_int_equal(tcp[TCP_AT_FLAGS], answer);
	assert_int_equal(wire_get32(tcp + TCP_AT_ACK), ack);
	assert_int_equal(wire_get16(tcp + 14), 0); /* the window */
	if ((flags & TCP_ACK) != 0)
		assert_int_equal(wire_get32(tcp + TCP_AT_SEQ), 7000);
}

static void a_tarpit_holds(struct fixture *f)
{
	held(f, TCP_SYN, 0, TCP_SYN | TCP_ACK, 1001);
	held(f, TCP_ACK, 0, TCP_ACK, 1000);
	held(f, TCP_ACK | TCP_PSH, 9, TCP_ACK, 1000);      /* no byte is taken */
	assert_int_equal(f->router->fw.flows->created, 0); /* nothing is kept of it here */
	assert_int_equal(f->router->net.drops[DROP_FILTER_TARPIT], 3);
}

static void tarpit(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=input protocol=tcp dst-port=80 action=tarpit");
	a_tarpit_holds(f);
	held(f, TCP_SYN | TCP_ACK, 0, 0, 0);
	held(f, TCP_FIN | TCP_ACK, 0, 0, 0);
	held(f, TCP_RST, 0, 0, 0);
	assert_int_equal(f->router->fw.flows->created, 0);
	fixture_free(f);

	/* Behind a port mapping: the sender knows the outer address only. */
	f = open_home();
	must_run(f, "/ip firewall nat add chain=dstnat protocol=tcp dst-port=80 action=dst-nat "
	            "to-addresses=192.168.88.7");
	must_run(f, "/ip firewall filter add chain=forward protocol=tcp action=tarpit");
	a_tarpit_holds(f);
	assert_int_equal(sent_n(f, 2), 0);
	refused(f, "/ip firewall filter add chain=forward action=tarpit",
	        "failure: rule 1: action: this is for TCP only; add protocol=tcp");
	refused(f, "/ip firewall filter add chain=output protocol=tcp action=tarpit",
	        "failure: rule 1: action: tarpit allowed only in chains reached from input, "
	        "forward; move the rule there");
	fixture_free(f);
}

static void tarpit_answers_are_limited(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add chain=input protocol=tcp action=tarpit");
	f->router->net.tarpit_rate = rate_make(1, 2);
	for (unsigned i = 0; i < 5; i++)
		put_tcp(f, 1, SERVER, OUTER, TCP_SYN, 0);
	assert_int_equal(sent_n(f, 1), 2);
	assert_int_equal(f->router->net.drops[DROP_RATE], 3);
	fixture_free(f);
}

/* Who called the outer address hears from it, and gets its own packet quoted. */
static void rejected_behind_a_mapping(void **unused)
{
	static const struct {
		const char *with;
		uint8_t code;
	} cases[] = {
		{ "icmp-network-unreachable", 0 },  { "icmp-host-unreachable", 1 },
		{ "icmp-protocol-unreachable", 2 }, { "icmp-port-unreachable", 3 },
		{ "icmp-net-prohibited", 9 },       { "icmp-host-prohibited", 10 },
		{ "icmp-admin-prohibited", 13 },
	};
	struct fixture *f = open_home();
	struct ip4_header ip;
	const uint8_t *l4;
	char line[128];

	must_run(f, "/ip firewall nat add chain=dstnat protocol=tcp dst-port=80 action=dst-nat "
	            "to-addresses=192.168.88.7 to-ports=8080");
	must_run(f, "/ip firewall filter add chain=forward protocol=tcp action=reject");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(line, sizeof line, "/ip firewall filter set 0 reject-with=%s",
		         cases[i].with);
		must_run(f, line);
		put_tcp(f, 1, SERVER, OUTER, TCP_SYN, 0);
		l4 = sent_last(f, 1, &ip);
		assert_int_equal(ip.src.v, A(OUTER).v);
		assert_int_equal(l4[ICMP_AT_TYPE], 3);
		assert_int_equal(l4[ICMP_AT_CODE], cases[i].code);
		assert_memory_equal(l4 + ICMP_HEADER_BYTES, ip_in(f, 1), 40);
	}
	must_run(f, "/ip firewall filter set 0 reject-with=tcp-reset");
	put_tcp(f, 1, SERVER, OUTER, TCP_SYN, 0);
	l4 = sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A(OUTER).v);
	assert_int_equal(wire_get16(l4 + TCP_AT_SPORT), 80);
	assert_int_equal(l4[TCP_AT_FLAGS], TCP_RST | TCP_ACK);
	assert_int_equal(wire_get32(l4 + TCP_AT_ACK), 1001);
	put_tcp(f, 1, SERVER, OUTER, TCP_ACK, 5);
	l4 = sent_last(f, 1, &ip);
	assert_int_equal(l4[TCP_AT_FLAGS], TCP_RST);
	assert_int_equal(wire_get32(l4 + TCP_AT_SEQ), 7000);
	assert_int_equal(sent_n(f, 2), 0);
	fixture_free(f);
}

/* A host inside hears from the router's address on its own side (RFC 1812, 4.3.2.4), a RST comes
 * from whom it called. */
static void rejected_on_the_way_out(void **unused)
{
	struct fixture *f = open_home();
	struct ip4_header ip;
	const uint8_t *l4;

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	must_run(f, "/ip firewall filter add chain=forward protocol=tcp action=reject");
	put_tcp(f, 2, HOST, SERVER, TCP_SYN, 0);
	l4 = sent_last(f, 2, &ip);
	assert_int_equal(ip.src.v, A("192.168.88.1").v);
	assert_memory_equal(l4 + ICMP_HEADER_BYTES, ip_in(f, 2), 40);
	must_run(f, "/ip firewall filter set 0 reject-with=tcp-reset");
	put_tcp(f, 2, HOST, SERVER, TCP_SYN, 0);
	l4 = sent_last(f, 2, &ip);
	assert_int_equal(ip.src.v, A(SERVER).v);
	assert_int_equal(l4[TCP_AT_FLAGS], TCP_RST | TCP_ACK);
	assert_int_equal(sent_n(f, 1), 0);
	fixture_free(f);
}

/* As in the configuration that RouterOS comes with. */
static void fasttrack_accepts(void **unused)
{
	struct fixture *f = open_home();

	must_run(f, "/ip firewall filter add action=fasttrack-connection chain=forward "
	            "comment=\"defconf: fasttrack\" connection-state=new,established,related "
	            "hw-offload=yes");
	assert_string_equal(
		text_str(&f->notice),
		"fasttrack-connection accepts, and does no more: every connection takes "
		"the short way here once it is established, rules and marks included\n");
	must_run(f, "/ip firewall filter add chain=forward action=drop");
	for (unsigned i = 0; i < 5; i++)
		put_udp(f, 2, HOST, SERVER);
	assert_int_equal(sent_n(f, 1), 5);
	assert_int_equal(f->router->counters.replayed, 3);
	assert_string_equal(shown(f, "/ip/firewall/filter", 0, "packets"), "5");
	refused(f, "/ip firewall filter add chain=forward action=accept hw-offload=yes",
	        "bad parameter hw-offload: it belongs to action=fasttrack-connection");
	must_run(f, "/ip firewall nat add action=masquerade chain=srcnat "
	            "comment=\"defconf: masquerade\" ipsec-policy=out,none "
	            "out-interface-list=WAN");
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ttl_is_changed),
		cmocka_unit_test(dscp_is_changed),
		cmocka_unit_test(df_is_cleared),
		cmocka_unit_test(options_are_stripped),
		cmocka_unit_test(tarpit),
		cmocka_unit_test(tarpit_answers_are_limited),
		cmocka_unit_test(rejected_behind_a_mapping),
		cmocka_unit_test(rejected_on_the_way_out),
		cmocka_unit_test(fasttrack_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
