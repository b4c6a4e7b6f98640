#include "wire/cmocka_all.h"

#include "wire/pcapng.h"

/* Every block says its length in front and behind, so that it can be walked both ways. */
static void check_block(const uint8_t *block, size_t len, uint32_t type)
{
	assert_int_equal(len % 4, 0);
	assert_int_equal(wire_get32(block), type);
	assert_int_equal(wire_get32(block + 4), len);
	assert_int_equal(wire_get32(block + len - 4), len);
}

static void section_header(void **state)
{
	static const uint8_t expected[] = { 0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0,    28,   0x1a, 0x2b,
		                            0x3c, 0x4d, 0,    1,    0, 0, 0xff, 0xff, 0xff, 0xff,
		                            0xff, 0xff, 0xff, 0xff, 0, 0, 0,    28 };
	uint8_t bytes[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(bytes, sizeof bytes);

	pcapng_section(&w);
	assert_false(w.failed);
	assert_int_equal(w.at - bytes, sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
}

static void interface_with_its_name(void **state)
{
	static const uint8_t options[] = { 0, 2, 0, 6, 'e', 't', 'h', 'e', 'r', '1', 0, 0,
		                           0, 9, 0, 1, 9,   0,   0,   0,   0,   0,   0, 0 };
	uint8_t bytes[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(bytes, sizeof bytes);

	pcapng_interface(&w, "ether1");
	assert_false(w.failed);
	check_block(bytes, (size_t)(w.at - bytes), 1);
	assert_int_equal(wire_get16(bytes + 8), 1); /* Ethernet */
	assert_memory_equal(bytes + 16, options, sizeof options);
	assert_int_equal(w.at - bytes, 16 + sizeof options + 4);
}

static void a_block_of_any_name_fits(void **state)
{
	char name[600];

	for (size_t len = 0; len < sizeof name; len++) {
		uint8_t bytes[PCAPNG_BLOCK_BYTES_MAX];
		struct writer w = writer_over(bytes, sizeof bytes);

		memset(name, 'x', sizeof name);
		name[len] = '\0';
		pcapng_interface(&w, name);
		assert_false(w.failed);
		check_block(bytes, (size_t)(w.at - bytes), 1);
	}
}

static void packets_of_every_padding(void **state)
{
	for (uint32_t len = 0; len < 70; len++) {
		uint8_t bytes[36 + 70 + 3];
		uint8_t frame[70] = { 0 };
		struct writer w = writer_over(bytes, 36 + len + 3);

		memset(frame, 0xee, sizeof frame);
		pcapng_packet_head(&w, 2, 0x0102030405060708, len);
		assert_int_equal(w.at - bytes, 28);
		write_bytes(&w, frame, len);
		pcapng_packet_tail(&w, len);
		assert_false(w.failed);
		check_block(bytes, (size_t)(w.at - bytes), 6);
		assert_int_equal(wire_get32(bytes + 8), 2);
		assert_int_equal(wire_get32(bytes + 12), 0x01020304);
		assert_int_equal(wire_get32(bytes + 16), 0x05060708);
		assert_int_equal(wire_get32(bytes + 20), len);
		assert_int_equal(wire_get32(bytes + 24), len);
		assert_memory_equal(bytes + 28, frame, len);
		for (const uint8_t *pad = bytes + 28 + len; pad < w.at - 4; pad++)
			assert_int_equal(*pad, 0);
	}
}

/* A packet that was cut, with what is said of it. */
static void packets_with_comments(void **state)
{
	static const char *const comments[] = { NULL, "", "a", "four", "drop: filter: no" };
	static const uint8_t frame[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	for (size_t i = 0; i < 5 * sizeof frame; i++) {
		const char *comment = comments[i % 5];
		uint32_t len = (uint32_t)(i / 5), text = comment != NULL ? strlen(comment) : 0;
		struct pcapng_packet packet = { 1, 77, frame, len, 1500, PCAPNG_OUTBOUND, comment };
		uint8_t bytes[256];
		struct writer w = writer_over(bytes, pcapng_packet_bytes(&packet));
		struct reader r;

		pcapng_packet(&w, &packet);
		assert_false(w.failed);
		assert_int_equal(w.at - bytes, pcapng_packet_bytes(&packet));
		check_block(bytes, (size_t)(w.at - bytes), 6);
		assert_int_equal(wire_get32(bytes + 20), len);
		assert_int_equal(wire_get32(bytes + 24), 1500);
		r = reader_over(bytes + 28 + (len + 3) / 4 * 4, 256);
		if (text > 0) {
			assert_int_equal(read_u32(&r), 1 << 16 | text);
			assert_memory_equal(reader_take(&r, (text + 3) / 4 * 4), comment, text);
		}
		assert_int_equal(read_u32(&r), 2 << 16 | 4);
		assert_int_equal(read_u32(&r), PCAPNG_OUTBOUND);
		assert_int_equal(read_u32(&r), 0);
		assert_ptr_equal(r.at, w.at - 4);
	}
}

static void a_link_without_ethernet(void **state)
{
	uint8_t bytes[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(bytes, sizeof bytes);

	pcapng_interface_raw(&w, "ppp1");
	check_block(bytes, (size_t)(w.at - bytes), 1);
	assert_int_equal(wire_get16(bytes + 8), 101);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_header),
		cmocka_unit_test(interface_with_its_name),
		cmocka_unit_test(a_block_of_any_name_fits),
		cmocka_unit_test(packets_of_every_padding),
		cmocka_unit_test(packets_with_comments),
		cmocka_unit_test(a_link_without_ethernet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
