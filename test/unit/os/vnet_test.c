#include "check.h"

#include "os/vnet.h"

static void assert_same(const struct offload *a, const struct offload *b)
{
	assert_int_equal(a->needs_checksum, b->needs_checksum);
	assert_int_equal(a->checked, b->checked);
	assert_int_equal(a->ecn, b->ecn);
	assert_int_equal(a->gso_type, b->gso_type);
	assert_int_equal(a->checksum_start, b->checksum_start);
	assert_int_equal(a->checksum_offset, b->checksum_offset);
	assert_int_equal(a->gso_bytes, b->gso_bytes);
	assert_int_equal(a->header_bytes, b->header_bytes);
}

static void what_is_said_is_understood(void **state)
{
	static const struct offload cases[] = {
		{ 0 },
		{ .checked = true },
		{ .needs_checksum = true, .checksum_start = 34, .checksum_offset = 16 },
		{ .needs_checksum = true,
		  .gso_type = GSO_TCP4,
		  .checksum_start = 34,
		  .checksum_offset = 16,
		  .gso_bytes = 1448,
		  .header_bytes = 66 },
		{ .needs_checksum = true,
		  .ecn = true,
		  .gso_type = GSO_TCP6,
		  .checksum_start = 54,
		  .checksum_offset = 16,
		  .gso_bytes = 1428,
		  .header_bytes = 86 },
		{ .needs_checksum = true,
		  .gso_type = GSO_UDP4,
		  .checksum_start = 34,
		  .checksum_offset = 6,
		  .gso_bytes = 1200,
		  .header_bytes = 42 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct virtio_net_hdr header;
		struct offload back;

		assert_true(vnet_from_offload(&cases[i], &header));
		assert_true(vnet_to_offload(&header, 9000, &back));
		assert_same(&cases[i], &back);
	}
}

static void the_words_are_the_kernels(void **state)
{
	const struct offload offload = { .needs_checksum = true,
		                         .ecn = true,
		                         .gso_type = GSO_TCP4,
		                         .checksum_start = 34,
		                         .checksum_offset = 16,
		                         .gso_bytes = 1448,
		                         .header_bytes = 66 };
	struct virtio_net_hdr header;

	assert_true(vnet_from_offload(&offload, &header));
	assert_int_equal(header.flags, 1);       /* NEEDS_CSUM */
	assert_int_equal(header.gso_type, 0x81); /* TCPV4, ECN */
	assert_int_equal(header.hdr_len, 66);
	assert_int_equal(header.gso_size, 1448);
	assert_int_equal(header.csum_start, 34);
	assert_int_equal(header.csum_offset, 16);
}

static void what_can_not_be_is_refused(void **state)
{
	const struct offload other = { .gso_type = GSO_OTHER, .gso_bytes = 100 };
	const struct offload sizeless = { .gso_type = GSO_TCP4 };
	const struct virtio_net_hdr outside = { .flags = 1, .csum_start = 50, .csum_offset = 9 };
	const struct virtio_net_hdr no_size = { .gso_type = 1 };
	struct virtio_net_hdr header;
	struct offload back;

	assert_false(vnet_from_offload(&other, &header));
	assert_false(vnet_from_offload(&sizeless, &header));
	assert_false(vnet_to_offload(&outside, 60, &back));
	assert_true(vnet_to_offload(&outside, 61, &back));
	assert_false(vnet_to_offload(&no_size, 60, &back));
}

static void an_unknown_kind_is_carried(void **state)
{
	const struct virtio_net_hdr header = { .gso_type = 3, .gso_size = 1400 }; /* UFO */
	struct offload back;

	assert_true(vnet_to_offload(&header, 3000, &back));
	assert_int_equal(back.gso_type, GSO_OTHER);
	assert_int_equal(back.gso_bytes, 1400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_understood),
		cmocka_unit_test(the_words_are_the_kernels),
		cmocka_unit_test(what_can_not_be_is_refused),
		cmocka_unit_test(an_unknown_kind_is_carried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
