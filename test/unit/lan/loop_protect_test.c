/* A cable between two ports of a bridge, or behind one: cut off, and opened again. */
#include "lan/fixture.h"

#include "wire/loop_probe.h"

enum {
	STORM = 400
}; /* frames after which nobody would still speak of a network */

static const struct mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

struct loop_fixture {
	struct lan_fixture f;
	iface_id bridge;
	unsigned passed; /* frames that went over the cable */
};

/* ether1 to ether3 on one bridge, all protected; the first probes are sent and gone. */
static struct loop_fixture loop_fixture_new(uint64_t disable_ms)
{
	struct loop_fixture l = { .f = lan_fixture_new(4) };
	struct bridge_port_spec ports[3];

	l.bridge = bridge_make(&l.f, "bridge1");
	for (iface_id i = 0; i < 3; i++) {
		ports[i] = port_of(l.bridge, i + 1);
		ports[i].loop = (struct loop_spec){ true, 5000, disable_ms };
	}
	bridge_set_ports(l.f.lan, ports, 3);
	lan_turn(l.f.lan);
	assert_int_equal(fixture_sent_n(l.f.core, 1), 1);
	fixture_clear(l.f.core);
	return l;
}

static unsigned carry(struct loop_fixture *l, iface_id from, iface_id to)
{
	struct fixture *core = l->f.core;
	struct fixture_port *port = &core->ports[from];
	struct port_frame frames[FIXTURE_FRAMES];
	unsigned n = port->n;

	memcpy(frames, port->frames, n * sizeof frames[0]);
	port->n = 0;
	for (unsigned i = 0; i < n; i++) {
		core->in.len = frames[i].len;
		memcpy(bytes_of(&core->in), frames[i].bytes, frames[i].len);
		mem_free(frames[i].bytes);
		hear(&l->f, to);
	}
	return n;
}

/* A cable between two ports, until nothing is left on it or a storm is. */
static void cable(struct loop_fixture *l, iface_id a, iface_id b)
{
	unsigned n;

	do {
		iface_flush(l->f.core->net);
		n = carry(l, a, b) + carry(l, b, a);
		l->passed += n;
		l->f.core->net->now = mono_add_ms(l->f.core->net->now, 1);
		lan_turn(l->f.lan);
	} while (n > 0 && l->passed < STORM);
}

static void sleep_s(struct loop_fixture *l, uint64_t s)
{
	fixture_clear(l->f.core);
	l->f.core->net->now = mono_add_s(l->f.core->net->now, s);
	lan_turn(l->f.lan);
	iface_flush(l->f.core->net);
}

static bool is_cut(struct loop_fixture *l, iface_id port)
{
	return loop_protect_is_cut(l->f.lan, port);
}

/* The broadcast goes round and the host seems to move; that is a reason to look at once. */
static void a_storm_is_cut_at_once(void **state)
{
	struct loop_fixture l = loop_fixture_new(300000);
	const struct log *log = &l.f.core->log;

	l.f.core->net->now = mono_add_ms(l.f.core->net->now, 300);
	frame_raw(&l.f.core->in, everybody, iface_mac(99), 50);
	hear(&l.f, 3);
	cable(&l, 1, 2);
	assert_true(l.passed < STORM);
	assert_true(is_cut(&l, 2));
	assert_false(is_cut(&l, 1) || is_cut(&l, 3));
	assert_non_null(strstr(log->lines[(log->count - 1) % LOG_LINES].text, "ether2 is cut off"));

	/* The others go on; nothing passes by the port that is cut off. */
	fixture_clear(l.f.core);
	frame_raw(&l.f.core->in, everybody, iface_mac(98), 50);
	hear(&l.f, 3);
	assert_int_equal(fixture_sent_n(l.f.core, 1), 1);
	assert_int_equal(fixture_sent_n(l.f.core, 2), 0);
	frame_raw(&l.f.core->in, everybody, iface_mac(97), 50);
	hear(&l.f, 2);
	assert_true(drops(&l.f, DROP_BRIDGE_CUT) > 0);
	assert_int_equal(fixture_sent_n(l.f.core, 3), 0);
	lan_fixture_free(&l.f);
}

/* Without any traffic the next probe finds it. */
static void a_quiet_loop_is_found_by_the_next_probe(void **state)
{
	struct loop_fixture l = loop_fixture_new(300000);

	sleep_s(&l, 5);
	cable(&l, 1, 2);
	assert_true(is_cut(&l, 2) && !is_cut(&l, 1));
	lan_fixture_free(&l.f);
}

/* What leaves by ether3 comes back by it: a loop behind the port. */
static void a_loop_behind_one_port(void **state)
{
	struct loop_fixture l = loop_fixture_new(300000);

	sleep_s(&l, 5);
	(void)carry(&l, 3, 3);
	assert_true(is_cut(&l, 3));
	assert_false(is_cut(&l, 1) || is_cut(&l, 2));
	lan_fixture_free(&l.f);
}

static void opened_again_only_when_it_is_gone(void **state)
{
	struct loop_fixture l = loop_fixture_new(60000);

	sleep_s(&l, 5);
	cable(&l, 1, 2);
	assert_true(is_cut(&l, 2));
	sleep_s(&l, 60); /* tries, and hears itself */
	cable(&l, 1, 2);
	assert_int_equal(l.f.lan->ports[2].loop.state, LOOP_DISABLED);
	sleep_s(&l, 61); /* the cable is unplugged by now */
	assert_int_equal(l.f.lan->ports[2].loop.state, LOOP_TRYING);
	sleep_s(&l, 1);
	assert_false(is_cut(&l, 2));
	frame_raw(&l.f.core->in, everybody, iface_mac(97), 50);
	hear(&l.f, 2);
	assert_true(fixture_sent_n(l.f.core, 3) > 0);
	lan_fixture_free(&l.f);
}

static void until_somebody_opens_it(void **state)
{
	struct loop_fixture l = loop_fixture_new(0);
	struct bridge_port_spec port = port_of(l.bridge, 2);

	port.loop = (struct loop_spec){ true, 5000, 0 };
	sleep_s(&l, 5);
	cable(&l, 1, 2);
	sleep_s(&l, 1000000);
	assert_true(is_cut(&l, 2));
	bridge_set_ports(l.f.lan, &port, 0);
	bridge_set_ports(l.f.lan, &port, 1);
	assert_false(is_cut(&l, 2));
	lan_fixture_free(&l.f);
}

/* A probe is believed only if this router made it, lately, for this bridge. */
static void a_forged_probe_cuts_nothing(void **state)
{
	struct loop_fixture l = loop_fixture_new(300000);
	struct fixture_bytes old;
	uint8_t *bytes = bytes_of(&l.f.core->in);

	sleep_s(&l, 5);
	old.len = fixture_sent(l.f.core, 1, 0)->len;
	memcpy(bytes_of(&old), fixture_sent(l.f.core, 1, 0)->bytes, old.len);
	for (unsigned bit = (ETH_HEADER_BYTES + 4) * 8; bit < (ETH_HEADER_BYTES + 20) * 8; bit++) {
		l.f.core->in = old;
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		hear(&l.f, 2);
		assert_false(is_cut(&l, 1) || is_cut(&l, 2));
	}
	l.f.core->in = old;
	hear(&l.f, 4); /* no port of the bridge */
	assert_false(is_cut(&l, 1));
	for (unsigned i = 0; i < 3; i++)
		sleep_s(&l, 5);
	l.f.core->in = old; /* heard long ago, said again */
	hear(&l.f, 2);
	assert_false(is_cut(&l, 1) || is_cut(&l, 2));
	lan_fixture_free(&l.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_storm_is_cut_at_once),
		cmocka_unit_test(a_quiet_loop_is_found_by_the_next_probe),
		cmocka_unit_test(a_loop_behind_one_port),
		cmocka_unit_test(opened_again_only_when_it_is_gone),
		cmocka_unit_test(until_somebody_opens_it),
		cmocka_unit_test(a_forged_probe_cuts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
