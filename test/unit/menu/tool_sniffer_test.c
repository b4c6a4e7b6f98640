/* /tool/sniffer: what is kept, what the file says of it, and what is refused. */
#include "menu/fixture.h"
#include "wire/frame_head.h"

/* One packet of a capture file, as a reader of pcapng finds it. */
struct read_packet {
	char iface[32], comment[128];
	uint64_t wall_ns;
	uint32_t len, wire_len, flags;
	struct frame_head head;
};

struct read_file {
	struct read_packet packets[128];
	unsigned n;
	char names[8][32];
	unsigned interfaces;
};

static void read_options(struct reader *r, uint16_t wanted, char *ret_text, size_t size,
                         uint32_t *ret_flags)
{
	while (reader_left(r) >= 4) {
		uint16_t code = read_u16(r), len = read_u16(r);
		struct reader value = read_part(r, len);

		read_skip(r, (4 - len % 4U) % 4);
		assert_false(r->failed || value.failed);
		if (code == wanted) {
			assert_true(len < size);
			memcpy(ret_text, value.at, len);
			ret_text[len] = '\0';
		} else if (code == 2 && ret_flags != NULL) {
			*ret_flags = read_u32(&value);
		}
	}
}

static void read_packet_block(struct read_file *file, struct reader r)
{
	struct read_packet *p = &file->packets[file->n++];
	uint32_t iface = read_u32(&r);
	struct reader bytes;

	assert_true(file->n <= ARRAY_LEN(file->packets) && iface < file->interfaces);
	memcpy(p->iface, file->names[iface], sizeof p->iface);
	p->wall_ns = (uint64_t)read_u32(&r) << 32;
	p->wall_ns |= read_u32(&r);
	p->len = read_u32(&r);
	p->wire_len = read_u32(&r);
	bytes = read_part(&r, p->len);
	assert_false(bytes.failed);
	p->head = frame_head_read(bytes.at, p->len, false);
	read_skip(&r, (4 - p->len % 4U) % 4);
	read_options(&r, 1, p->comment, sizeof p->comment, &p->flags);
}

/* Every block of the file called @name, whose lengths must agree. */
static struct read_file *file_of(struct memory_store *store, const char *name)
{
	struct read_file *file = mem_new(1, sizeof *file);
	uint64_t size;
	struct store_file *open;

	assert_int_equal(store->store.open(&store->store, name, false, &open), 0);
	assert_int_equal(store->store.size(open, &size), 0);

	uint8_t *bytes = mem_new(1, (size_t)size);
	struct reader r = reader_over(bytes, (size_t)size);

	assert_int_equal(store->store.pread(open, bytes, (size_t)size, 0), size);
	store->store.close(open);
	while (reader_left(&r) > 0) {
		uint32_t type = read_u32(&r), len = read_u32(&r);
		struct reader body = read_part(&r, len - 12);

		assert_int_equal(read_u32(&r), len);
		assert_false(r.failed || body.failed);
		if (type == 1) {
			read_skip(&body, 8);
			read_options(&body, 2, file->names[file->interfaces++], 32, NULL);
		} else if (type == 6) {
			read_packet_block(file, body);
		} else {
			assert_int_equal(type, 0x0a0d0d0a);
		}
	}
	mem_free(bytes);
	return file;
}

/* The next packet of @file from @src at @iface, or NULL. */
static const struct read_packet *find(const struct read_file *file, const char *iface,
                                      const char *src)
{
	for (unsigned i = 0; i < file->n; i++) {
		const struct read_packet *p = &file->packets[i];

		if (strcmp(p->iface, iface) == 0 && p->head.has_ip &&
		    ip4_equal(p->head.ip_src, A(src)))
			return p;
	}
	return NULL;
}

static struct memory_store *store_new(void)
{
	struct memory_store *store = mem_new(1, sizeof *store);

	memory_store_init(store);
	return store;
}

static void done(struct fixture *f, struct memory_store *store)
{
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void a_drop_bears_its_reason(void **unused)
{
	struct memory_store *store = store_new();
	struct fixture *f = home(store);
	struct read_file *file;

	f->router->net.wall_offset_ns = 1700000000LL * (int64_t)NS_PER_S;
	must_run(f, "/ip firewall filter add chain=forward dst-address=198.51.100.66 action=drop");
	must_run(f,
	         "/ip firewall filter add chain=forward dst-address=198.51.100.67 action=reject");
	must_run(f, "/tool/sniffer set file-name=seen");
	must_run(f, "/tool/sniffer/start");
	put_udp(f, 2, "192.168.88.7", "198.51.100.66");
	put_udp(f, 2, "192.168.88.8", "198.51.100.9");
	put_udp(f, 2, "192.168.88.9", "198.51.100.67");
	assert_string_equal(shown(f, "/tool/sniffer", 0, "running"), "yes");
	must_run(f, "/tool/sniffer/stop");
	assert_string_equal(shown(f, "/tool/sniffer", 0, "running"), "no");
	file = file_of(store, "seen.pcapng");
	assert_string_equal(find(file, "ether2", "192.168.88.7")->comment,
	                    "drop: filter: a filter rule says drop");
	assert_int_equal(find(file, "ether2", "192.168.88.7")->flags, 1);
	assert_int_equal(find(file, "ether2", "192.168.88.7")->wall_ns,
	                 f->router->net.wall_offset_ns + (int64_t)f->now.ns);
	assert_null(find(file, "ether1", "192.168.88.7"));
	assert_string_equal(find(file, "ether2", "192.168.88.8")->comment, "");
	assert_string_equal(find(file, "ether1", "192.168.88.8")->comment, "");
	assert_int_equal(find(file, "ether1", "192.168.88.8")->flags, 2);
	assert_string_equal(find(file, "ether2", "192.168.88.9")->comment,
	                    "drop: filter-reject: a filter rule says reject; the sender was told");
	mem_free(file);
	done(f, store);
}

/* A packet that waits for its next hop's address is written when that has not come. */
static void a_packet_that_waits(void **unused)
{
	struct memory_store *store = store_new();
	struct fixture *f = home(store);
	struct read_file *file;

	must_run(f, "/tool/sniffer set file-name=seen filter-ip-protocol=udp");
	must_run(f, "/tool/sniffer/start");
	put_udp(f, 2, "192.168.88.7", "203.0.113.99");
	sleep_ms(f, 600);
	file = file_of(store, "seen.pcapng");
	assert_int_equal(file->n, 0); /* its fate is open */
	mem_free(file);
	for (int i = 0; i < 50; i++)
		sleep_ms(f, 100);
	file = file_of(store, "seen.pcapng");
	assert_int_equal(file->n, 1);
	assert_string_equal(file->packets[0].comment,
	                    "drop: neighbour-failed: the next hop does not answer ARP");
	mem_free(file);
	must_run(f, "/tool/sniffer/stop");
	done(f, store);
}

static void only_what_is_asked_for(void **unused)
{
	static const struct {
		const char *settings;
		unsigned seen; /* of the three datagrams below */
	} table[] = {
		{ "filter-interface=ether2 filter-mac-protocol=ip", 3 },
		{ "filter-interface=ether3", 0 },
		{ "filter-interface=ether2,ether3 filter-direction=rx", 3 },
		{ "filter-direction=tx filter-interface=ether1 filter-mac-protocol=ip", 3 },
		{ "filter-ip-address=192.168.88.7 filter-direction=rx", 1 },
		{ "filter-ip-address=192.168.88.7,192.168.88.9 filter-direction=rx", 2 },
		{ "filter-ip-address=192.168.88.7,198.51.100.1 filter-direction=rx "
		  "filter-operator-between-entries=and",
		  1 },
		{ "filter-src-ip-address=198.51.100.0/24", 0 },
		{ "filter-dst-ip-address=198.51.100.2-198.51.100.3 filter-direction=rx", 2 },
		{ "filter-port=53 filter-direction=rx", 3 },
		{ "filter-port=54,80-90", 0 },
		{ "filter-src-port=4000 filter-dst-port=53 filter-direction=rx", 3 },
		{ "filter-ip-protocol=tcp,icmp", 0 },
		{ "filter-ip-protocol=udp filter-direction=rx", 3 },
		{ "filter-mac-protocol=arp filter-direction=rx", 0 },
		{ "filter-mac-protocol=arp,ip filter-direction=rx", 3 },
		{ "filter-src-mac-address=02:01:C0:A8:58:08", 1 },
		{ "filter-size=1-20", 0 },
		{ "filter-vlan=7", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct fixture *f = home(NULL);
		char line[256];

		snprintf(line, sizeof line, "/tool/sniffer set %s", table[i].settings);
		must_run(f, line);
		must_run(f, "/tool/sniffer/start");
		put_udp(f, 2, "192.168.88.7", "198.51.100.1");
		put_udp(f, 2, "192.168.88.8", "198.51.100.2");
		put_udp(f, 2, "192.168.88.9", "198.51.100.3");
		if (rows_n(f, "/tool/sniffer/packet") != table[i].seen)
			fail_msg("%zu packets with %s", rows_n(f, "/tool/sniffer/packet"),
			         table[i].settings);
		fixture_free(f);
	}
}

static void in_memory(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter add chain=forward action=drop");
	must_run(f, "/tool/sniffer set filter-direction=rx only-headers=yes");
	must_run(f, "/tool/sniffer/start");
	put_udp(f, 2, "192.168.88.7", "198.51.100.1");
	sleep_ms(f, 1500);
	put_udp(f, 2, "192.168.88.7", "198.51.100.2");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "time"), "1.500");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "num"), "2");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "interface"), "ether2");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "direction"), "rx");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "src-address"),
	                    "192.168.88.7:4000");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "dst-address"), "198.51.100.2:53");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "protocol"), "ip:udp");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "size"), "50");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "src-mac"), "02:01:C0:A8:58:07");
	assert_string_equal(shown(f, "/tool/sniffer/packet", 1, "drop"),
	                    "drop: filter: a filter rule says drop");
	assert_int_equal(capture_get(f->router->sniffer->capture, 1)->len, 42);
	must_run(f, "/tool/sniffer/stop");
	assert_int_equal(rows_n(f, "/tool/sniffer/packet"), 2); /* still there */
	assert_null(f->router->net.taps);
	must_run(f, "/tool/sniffer/start");
	assert_int_equal(rows_n(f, "/tool/sniffer/packet"), 0);
	fixture_free(f);
}

static void memory_is_bounded(void **unused)
{
	struct fixture *f = home(NULL);
	uint64_t n;

	must_run(f, "/tool/sniffer set memory-limit=10 memory-scroll=no filter-direction=rx");
	must_run(f, "/tool/sniffer/start");
	for (int i = 0; i < 500; i++)
		put_udp(f, 2, "192.168.88.7", "192.168.88.1");
	n = rows_n(f, "/tool/sniffer/packet");
	assert_true(n > 40 && n * 50 < 10240);
	assert_int_equal(f->router->sniffer->capture->refused, 500 - n);
	must_run(f, "/tool/sniffer/stop");
	must_run(f, "/tool/sniffer set memory-scroll=yes");
	must_run(f, "/tool/sniffer/start");
	for (int i = 0; i < 500; i++)
		put_udp(f, 2, "192.168.88.7", "192.168.88.1");
	assert_int_equal(rows_n(f, "/tool/sniffer/packet"), n);
	assert_string_equal(shown(f, "/tool/sniffer", 0, "packets"), "500");
	assert_string_equal(shown(f, "/tool/sniffer/packet", n - 1, "num"), "500");
	fixture_free(f);
}

static void a_file_has_its_limit(void **unused)
{
	struct memory_store *store = store_new();
	struct fixture *f = home(store);
	struct read_file *file;

	must_run(f, "/tool/sniffer set file-name=small file-limit=10 filter-direction=rx "
	            "filter-ip-protocol=udp");
	must_run(f, "/tool/sniffer/start");
	for (int i = 0; i < 300; i++) {
		put_udp(f, 2, "192.168.88.7", "192.168.88.1");
		sleep_ms(f, 100);
	}
	assert_string_equal(shown(f, "/tool/sniffer", 0, "running"), "no");
	file = file_of(store, "small.pcapng");
	assert_true(file->n > 60 && file->n < 128);
	mem_free(file);
	done(f, store);
}

static void saved(void **unused)
{
	struct memory_store *store = store_new();
	struct fixture *f = home(store);
	struct read_file *file;

	refused(f, "/tool/sniffer/save file-name=x",
	        "failure: nothing was captured yet; /tool/sniffer/start does");
	must_run(f, "/tool/sniffer set filter-ip-protocol=udp");
	must_run(f, "/tool/sniffer/start");
	put_udp(f, 2, "192.168.88.7", "198.51.100.1");
	must_run(f, "/tool/sniffer/save kept.pcapng");
	assert_string_equal(text_str(&f->out), "");
	file = file_of(store, "kept.pcapng");
	assert_int_equal(file->n, 2); /* in and out */
	mem_free(file);
	done(f, store);
}

/* A disk that fails ends the file, not the router; the person is told. */
static void a_full_disk(void **unused)
{
	struct memory_store *store = store_new();
	struct fixture *f = home(store);

	must_run(f, "/tool/sniffer set file-name=seen");
	must_run(f, "/tool/sniffer/start");
	store->fail_error = -ENOSPC;
	store->fail_from = store->calls;
	put_udp(f, 2, "192.168.88.7", "198.51.100.1");
	sleep_ms(f, 1000);
	store->fail_error = 0;
	assert_string_equal(shown(f, "/tool/sniffer", 0, "running"), "no");
	assert_int_equal(f->router->sniffer->live_error, -ENOSPC);
	put_udp(f, 2, "192.168.88.7", "198.51.100.1");
	assert_int_equal(sent_n(f, 1), 2);
	done(f, store);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/tool/sniffer/stop", "failure: the sniffer is not running" },
		{ "/tool/sniffer set file-name=../x",
		  "invalid value for argument file-name: a name of letters, digits, dots, dashes "
		  "and underscores is wanted, such as router.pcapng; the router keeps its files in "
		  "its own store" },
		{ "/tool/sniffer set memory-limit=9",
		  "value of memory-limit out of range (10KiB..65536KiB): 9 is not a size such as "
		  "100KiB or 1MiB" },
		{ "/tool/sniffer set filter-port=70000",
		  "value of filter-port out of range (0..65535): 70000 is not a number or a range "
		  "such as 100-200" },
		{ "/tool/sniffer set filter-ip-address=10.0.0.1,nobody",
		  "value of filter-ip-address expects range of ip addresses: nobody is not an "
		  "address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9, low end first)" },
		{ "/tool/sniffer set filter-port=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
		  "failure: filter-port has at most 16 entries" },
	};
	struct fixture *f = home(NULL);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_false(run(f, "/tool/sniffer set streaming-enabled=yes"));
	assert_non_null(strstr(f->diag.text, "packets are not sent to other machines"));
	assert_false(run(f, "/tool/sniffer set filter-interface=ether9"));
	must_run(f, "/tool/sniffer set file-name=x");
	refused(f, "/tool/sniffer/start",
	        "failure: there is no store for files; file-name=\"\" captures to memory");
	must_run(f, "/tool/sniffer set file-name=\"\"");
	must_run(f, "/tool/sniffer/start");
	refused(f, "/tool/sniffer/start",
	        "failure: the sniffer is running already; /tool/sniffer/stop ends it");
	fixture_free(f);
}

/* What was set is exported, and means the same again. */
static void exported_settings(void **unused)
{
	static const char line[] =
		"set memory-limit=1024KiB filter-interface=ether1,ether2 "
		"filter-mac-protocol=arp,0x88b5 filter-ip-address=10.0.0.0/8,192.0.2.1 "
		"filter-ip-protocol=tcp,99 filter-port=53,1000-2000 filter-direction=rx";
	struct fixture *f = home(NULL);
	char typed[512];
	char *text;

	snprintf(typed, sizeof typed, "/tool/sniffer %s", line);
	must_run(f, typed);
	text = exported(f, "/tool/sniffer");
	must_run(f, "/tool/sniffer set memory-limit=10MiB filter-interface=\"\" filter-port=any");
	assert_string_equal(shown(f, "/tool/sniffer", 0, "filter-interface"), "");
	assert_string_equal(shown(f, "/tool/sniffer", 0, "filter-ip-protocol"), "tcp,99");
	assert_non_null(strstr(text, "filter-port=53,1000-2000"));
	assert_non_null(strstr(text, "filter-interface=ether1,ether2"));
	assert_non_null(strstr(text, "filter-mac-protocol=arp,0x88b5"));
	assert_non_null(strstr(text, "filter-ip-address=10.0.0.0/8,192.0.2.1"));
	mem_free(text);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drop_bears_its_reason),
		cmocka_unit_test(a_packet_that_waits),
		cmocka_unit_test(only_what_is_asked_for),
		cmocka_unit_test(in_memory),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_file_has_its_limit),
		cmocka_unit_test(saved),
		cmocka_unit_test(a_full_disk),
		cmocka_unit_test(refusals),
		cmocka_unit_test(exported_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
