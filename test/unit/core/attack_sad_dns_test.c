/*
 * attack_sad_dns_test.c -- SAD DNS (CVE-2020-25705) and CVE-2020-36516: what the router's own
 * packets must not tell of what it sends to others.
 *
 * The attacker sends 50 probes with other hosts' addresses as sources, then one of its own: if it
 * is answered, fewer than 50 of the probes were, so one of the ports is open. And it reads
 * identifications, which must tell nothing of how many packets went elsewhere.
 */
#include "core/fixture.h"

#include <stdlib.h>

enum {
	ROUNDS = 400,
	BURST = 50,
	IDS = 20000,
};

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

static bool is_told(struct fixture *f, const char *src)
{
	struct pkt *p, *e;

	frame_udp(&f->in, 2, src, "192.168.88.1", 20);
	p = fixture_input(f, 2);
	assert_non_null(p);
	icmp_error(f->net, p, ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0);
	e = net_own_take(f->net);
	if (e == NULL)
		return false;
	pkt_done(f->net, e);
	return true;
}

/* How often the attacker is answered after @probes of 50 probes were. */
static unsigned answers_after(struct fixture *f, unsigned probes)
{
	unsigned answers = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		fixture_sleep_ms(f, 60000); /* the bucket is full again */
		for (unsigned i = 0; i < probes; i++)
			(void)is_told(f, "192.168.88.7");
		answers += is_told(f, "192.168.88.66");
	}
	return answers;
}

/* An open port more or less must not show: what the attacker sees in either case differs by less
 * than a tenth. */
static void an_open_port_does_not_show(void **state)
{
	struct fixture *f = home();
	unsigned all_closed = answers_after(f, BURST), one_open = answers_after(f, BURST - 1);

	assert_in_range(all_closed, ROUNDS / 10, ROUNDS * 9 / 10);
	assert_in_range(one_open, ROUNDS / 10, ROUNDS * 9 / 10);
	assert_true(abs((int)all_closed - (int)one_open) < ROUNDS / 8);
	fixture_free(f);
}

/* RFC 7739's concern, and RFC 6864's freedom: no counter, neither of all packets nor of a peer. */
static void identifications_do_not_count(void **state)
{
	struct fixture *f = home();
	unsigned near = 0;
	uint16_t last = 0;

	for (unsigned i = 0; i < IDS; i++) {
		struct pkt *p =
			ip4_make(f->net, A("192.168.88.1"), A("192.168.88.66"), IPPROTO_UDP, 8);

		near += (uint16_t)(p->ip_id - last) <= 64;
		last = p->ip_id;
		pkt_done(f->net, p);
	}
	/* By chance one of a thousand follows its predecessor so closely. */
	assert_true(near < IDS * 3 / 1000);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_port_does_not_show),
		cmocka_unit_test(identifications_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
