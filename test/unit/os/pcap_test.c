#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "os/clock.h"
#include "os/pcap.h"
#include "wire/cursor.h"

/* A port that has one batch to give and remembers what it was told. */
struct fake_port {
	struct port port;
	const struct port_frame *waiting;
	unsigned n, transmitted, released, closed;
};

static unsigned fake_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	struct fake_port *f = (struct fake_port *)port;
	unsigned n = f->n < max ? f->n : max;

	if (n > 0)
		memcpy(frames, f->waiting, n * sizeof *frames);
	f->n -= n;
	return n;
}

static void fake_release(struct port *port)
{
	((struct fake_port *)port)->released++;
}

static unsigned fake_transmit(struct port *port, const struct port_frame *frames, unsigned n)
{
	((struct fake_port *)port)->transmitted += n;
	return n > 0 ? n - 1 : 0;
}

static bool fake_poll_link(struct port *port)
{
	port->link_up = !port->link_up;
	port->mtu_bytes = 1400;
	return true;
}

static void fake_stats(struct port *port, struct port_stats *ret_stats)
{
	*ret_stats = (struct port_stats){ .rx_lost = 4, .tx_errors = 5 };
}

static void fake_close(struct port *port)
{
	((struct fake_port *)port)->closed++;
}

static const struct port_ops fake_ops = {
	fake_receive, fake_release, fake_transmit, fake_poll_link, fake_stats, fake_close,
};

static struct port_frame make_frame(uint8_t *bytes, uint32_t len)
{
	memset(bytes, (int)len, len);
	return (struct port_frame){ .bytes = bytes, .len = len };
}

struct block {
	uint32_t type, interface, len;
	const uint8_t *bytes;
};

/* Walk the file; each block must be as long as it says, twice. */
static unsigned read_blocks(const char *path, uint8_t *file, size_t size, struct block *blocks)
{
	FILE *f = fopen(path, "r");
	size_t len = fread(file, 1, size, f);
	struct reader r = reader_over(file, len);
	unsigned n = 0;

	fclose(f);
	while (reader_left(&r) > 0) {
		struct block b = { .type = read_u32(&r) };
		uint32_t total = read_u32(&r);
		struct reader body = read_part(&r, total - 12);

		assert_int_equal(read_u32(&r), total);
		assert_false(r.failed);
		assert_int_equal(total % 4, 0);
		if (b.type == 6) {
			b.interface = read_u32(&body);
			read_skip(&body, 8);
			b.len = read_u32(&body);
			assert_int_equal(read_u32(&body), b.len);
			b.bytes = reader_take(&body, b.len);
			assert_non_null(b.bytes);
		}
		blocks[n++] = b;
	}
	return n;
}

static void both_directions_of_both_ports_are_there(void **state)
{
	static uint8_t one[65600], two[61], three[14], file[300000];
	struct fake_port a = { .port = { .ops = &fake_ops, .name = "ether1", .mtu_bytes = 1500 } };
	struct fake_port b = { .port = { .ops = &fake_ops, .name = "ether2" } };
	const struct port_frame in[] = { make_frame(one, 65600), make_frame(two, 61) };
	const struct port_frame out[] = { make_frame(three, 14) };
	struct port_frame got[PORT_BATCH];
	struct block blocks[16];
	struct scratch s;
	struct clock clock;
	struct pcap *pcap;
	struct port *ra, *rb;

	scratch_make(&s);
	clock_init(&clock);
	assert_int_equal(pcap_open(scratch_path(&s, "x"), &clock, &pcap), 0);
	assert_int_equal(pcap_wrap(pcap, &a.port, &ra), 0);
	assert_int_equal(pcap_wrap(pcap, &b.port, &rb), 0);
	a.waiting = in;
	a.n = 2;
	assert_int_equal(ra->ops->receive(ra, got, PORT_BATCH), 2);
	assert_ptr_equal(got[0].bytes, one);
	ra->ops->release(ra);
	assert_int_equal(rb->ops->transmit(rb, out, 1), 0);
	assert_int_equal(a.released, 1);
	assert_int_equal(b.transmitted, 1);
	ra->ops->close(ra);
	rb->ops->close(rb);
	assert_int_equal(a.closed + b.closed, 2);
	assert_int_equal(pcap_close(pcap), 0);

	assert_int_equal(read_blocks(scratch_path(&s, "x"), file, sizeof file, blocks), 6);
	assert_int_equal(blocks[0].type, 0x0a0d0d0a);
	assert_int_equal(blocks[1].type, 1);
	assert_int_equal(blocks[2].type, 1);
	assert_int_equal(blocks[3].len, 65600);
	assert_memory_equal(blocks[3].bytes, one, 65600);
	assert_int_equal(blocks[4].len, 61);
	assert_memory_equal(blocks[4].bytes, two, 61);
	assert_int_equal(blocks[4].interface, 0);
	assert_int_equal(blocks[5].len, 14);
	assert_int_equal(blocks[5].interface, 1);
	scratch_remove(&s, (const char *const[]){ "x", NULL });
}

static void what_is_asked_of_the_port_is_passed_on(void **state)
{
	struct fake_port a = { .port = { .ops = &fake_ops,
		                         .name = "ether1",
		                         .mtu_bytes = 1500,
		                         .can = { .gso = true },
		                         .mac = { { 2, 0, 0, 0, 0, 9 } } } };
	struct port_stats stats;
	struct clock clock;
	struct pcap *pcap;
	struct port *port;

	clock_init(&clock);
	assert_int_equal(pcap_open("/dev/null", &clock, &pcap), 0);
	assert_int_equal(pcap_wrap(pcap, &a.port, &port), 0);
	assert_string_equal(port->name, "ether1");
	assert_true(port->can.gso && !port->can.checksum);
	assert_true(mac_equal(&port->mac, &a.port.mac));
	assert_int_equal(port->mtu_bytes, 1500);
	assert_true(port->ops->poll_link(port));
	assert_true(port->link_up);
	assert_int_equal(port->mtu_bytes, 1400);
	port->ops->stats(port, &stats);
	assert_int_equal(stats.rx_lost, 4);
	assert_int_equal(stats.tx_errors, 5);
	port->ops->close(port);
	assert_int_equal(pcap_close(pcap), 0);
}

/* /dev/full takes nothing: the recording can't begin. A file that fails later ends, no more. */
static void a_full_disk_does_not_stop_the_port(void **state)
{
	static uint8_t one[100];
	struct fake_port a = { .port = { .ops = &fake_ops, .name = "ether1" } };
	const struct port_frame frames[] = { make_frame(one, 100), make_frame(one, 100) };
	struct clock clock;
	struct pcap *pcap;
	struct port *port;
	int pipe_ends[2];
	char path[64];

	clock_init(&clock);
	assert_int_equal(pcap_open("/dev/full", &clock, &pcap), -ENOSPC);
	assert_int_equal(pcap_open("/no-such-place/x", &clock, &pcap), -ENOENT);

	assert_int_equal(pipe(pipe_ends), 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", pipe_ends[1]);
	assert_int_equal(pcap_open(path, &clock, &pcap), 0);
	assert_int_equal(pcap_wrap(pcap, &a.port, &port), 0);
	close(pipe_ends[0]);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(port->ops->transmit(port, frames, 2), 1);
	assert_int_equal(port->ops->transmit(port, frames, 2), 1);
	assert_int_equal(a.transmitted, 4);
	port->ops->close(port);
	assert_int_equal(pcap_close(pcap), -EPIPE);
	close(pipe_ends[1]);
}

static void others_can_not_read_it(void **state)
{
	struct scratch s;
	struct clock clock;
	struct pcap *pcap;
	struct stat st;

	scratch_make(&s);
	clock_init(&clock);
	assert_int_equal(pcap_open(scratch_path(&s, "x"), &clock, &pcap), 0);
	assert_int_equal(stat(s.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(pcap_close(pcap), 0);
	scratch_remove(&s, (const char *const[]){ "x", NULL });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_of_both_ports_are_there),
		cmocka_unit_test(what_is_asked_of_the_port_is_passed_on),
		cmocka_unit_test(a_full_disk_does_not_stop_the_port),
		cmocka_unit_test(others_can_not_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
