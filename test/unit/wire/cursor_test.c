#include "wire/cmocka_all.h"

#include "wire/cursor.h"

static const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	                         0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d };

static void reads_in_network_order(void **state)
{
	static const struct mac mac = { { 8, 9, 10, 11, 12, 13 } };
	struct reader r = reader_over(bytes, sizeof bytes);

	assert_int_equal(read_u8(&r), 0x01);
	assert_int_equal(read_u16(&r), 0x0203);
	assert_int_equal(read_u32(&r), 0x04050607);

	struct mac got = read_mac(&r);

	assert_true(mac_equal(&got, &mac));
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.failed);
}

static void failing_sticks_and_reads_zero(void **state)
{
	struct reader r = reader_over(bytes, 3);

	assert_int_equal(read_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(read_u8(&r), 0); /* a byte is there, but the first read went wrong */
	assert_null(reader_take(&r, 0));
}

static void a_part_ends_where_it_should(void **state)
{
	struct reader r = reader_over(bytes, sizeof bytes);
	struct reader part = read_part(&r, 2);
	struct reader missing = read_part(&r, 100);

	assert_int_equal(read_u16(&part), 0x0102);
	assert_int_equal(read_u8(&part), 0);
	assert_true(part.failed);
	assert_true(missing.failed);
	assert_int_equal(reader_left(&missing), 0);
	assert_true(r.failed);
}

static void no_bytes_at_all(void **state)
{
	struct reader r = reader_over(NULL, 0);
	struct writer w = writer_over(NULL, 0);

	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(read_u8(&r), 0);
	assert_true(r.failed);
	write_bytes(&w, NULL, 0);
	assert_false(w.failed);
	write_u8(&w, 1);
	assert_true(w.failed);
}

static void writes_what_reads_read(void **state)
{
	uint8_t copy[sizeof bytes];
	struct writer w = writer_over(copy, sizeof copy);
	static const struct mac mac = { { 8, 9, 10, 11, 12, 13 } };

	write_u8(&w, 0x01);
	write_u16(&w, 0x0203);
	write_ip4(&w, (ip4){ 0x04050607 });
	write_mac(&w, &mac);
	assert_false(w.failed);
	assert_memory_equal(copy, bytes, sizeof bytes);
}

static void a_full_writer_writes_nothing(void **state)
{
	uint8_t four[4] = { 1, 2, 3, 4 };
	struct writer w = writer_over(four, 3);

	write_bytes(&w, "abcd", 4);
	assert_true(w.failed);
	write_u8(&w, 9);
	assert_int_equal(wire_get32(four), 0x01020304);
}

static void fields_in_place(void **state)
{
	uint8_t field[4];

	wire_put32(field, 0xfedcba98);
	assert_int_equal(field[0], 0xfe);
	assert_int_equal(wire_get16(field + 2), 0xba98);
	assert_true(wire_get32(field) == 0xfedcba98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(failing_sticks_and_reads_zero),
		cmocka_unit_test(a_part_ends_where_it_should),
		cmocka_unit_test(no_bytes_at_all),
		cmocka_unit_test(writes_what_reads_read),
		cmocka_unit_test(a_full_writer_writes_nothing),
		cmocka_unit_test(fields_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
