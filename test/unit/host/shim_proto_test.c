#include "../unit.h"

#include "../seeded.h"
#include "host/shim_proto.h"

static const uint64_t badge = SHIM_BADGE_MAGIC << 56 | 1ULL << 52 | 7ULL << 32 | 0xdecade;

struct message {
	struct shim_request request;
	uint8_t tail[SHIM_TAIL_BYTES + 1];
};

static bool reads(const struct message *message, size_t len)
{
	struct shim_request request;
	const uint8_t *tail = NULL;

	if (!shim_proto_request((const uint8_t *)message, len, &request, &tail))
		return false;
	assert_memory_equal(&request, &message->request, sizeof request);
	assert_ptr_equal(tail, message->tail);
	return true;
}

static struct message *message_of(enum shim_call call, uint32_t tail_len)
{
	static struct message message;

	message = (struct message){ .request = { .version = SHIM_VERSION,
		                                 .call = (uint8_t)call,
		                                 .badge = badge,
		                                 .tail_len = tail_len } };
	return &message;
}

static void a_badge_says_what_it_was_made_of(void **state)
{
	struct seeded seeded = seeded_make(1);

	for (unsigned i = 0; i < 1000; i++) {
		uint32_t slot = random_below(&seeded.random, SHIM_SLOTS);
		uint32_t secret = random_u32(&seeded.random);
		enum shim_kind kind = i % 2 == 0 ? SHIM_STREAM : SHIM_DATAGRAMS;
		uint64_t made = shim_badge(kind, slot, secret);

		assert_true(shim_badge_good(made));
		assert_int_equal(shim_badge_kind(made), kind);
		assert_int_equal(shim_badge_slot(made), slot);
		assert_int_equal((uint32_t)made, secret);
	}
	/* What the kernel has where nobody has set a rate, and rates that somebody might set. */
	assert_false(shim_badge_good(UINT64_MAX));
	assert_false(shim_badge_good(UINT32_MAX));
	assert_false(shim_badge_good(0));
	assert_false(shim_badge_good(1ULL << 40));
	assert_false(shim_badge_good(shim_badge(SHIM_STREAM, SHIM_SLOTS, 1)));
	assert_false(shim_badge_good(shim_badge((enum shim_kind)9, 1, 1)));
}

static void a_tail_is_as_long_as_the_call_allows(void **state)
{
	static const struct {
		enum shim_call call;
		uint32_t least, most;
	} rows[] = {
		{ SHIM_BIND, 0, SHIM_ADDRESS_BYTES },
		{ SHIM_CONNECT, 0, SHIM_ADDRESS_BYTES },
		{ SHIM_LISTEN, 0, 0 },
		{ SHIM_SET, 0, SHIM_VALUE_BYTES },
		{ SHIM_GET, 0, 0 },
		{ SHIM_SEND, sizeof(struct shim_datagram), SHIM_TAIL_BYTES },
		{ SHIM_SHUTDOWN, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t least = rows[i].least, most = rows[i].most;
		size_t head = sizeof(struct shim_request);

		assert_true(reads(message_of(rows[i].call, least), head + least));
		assert_true(reads(message_of(rows[i].call, most), head + most));
		assert_false(reads(message_of(rows[i].call, most + 1), head + most + 1));
		assert_false(reads(message_of(rows[i].call, most), head + most + 1));
		if (least > 0)
			assert_false(reads(message_of(rows[i].call, least - 1), head + least - 1));
		if (most > 0)
			assert_false(reads(message_of(rows[i].call, most), head + most - 1));
	}
}

static void what_no_builder_makes_is_refused(void **state)
{
	size_t len = sizeof(struct shim_request);
	struct message *m;

	for (size_t cut = 0; cut < len; cut++)
		assert_false(reads(message_of(SHIM_NAME, 0), cut));
	m = message_of(SHIM_NAME, 0);
	m->request.version++;
	assert_false(reads(m, len));
	m = message_of(SHIM_NAME, 0);
	m->request.badge = 5;
	assert_false(reads(m, len));
	m = message_of(SHIM_NAME, 0);
	m->request.zero_end = 1;
	assert_false(reads(m, len));
	m = message_of(SHIM_NAME, 0);
	m->request.flags = SHIM_WAIT;
	assert_false(reads(m, len));
	assert_false(reads(message_of(SHIM_CALLS, 0), len));
	assert_false(reads(message_of((enum shim_call)0, 0), len));
	/* These have no socket yet. */
	assert_false(reads(message_of(SHIM_SOCKET, 0), len));
	m = message_of(SHIM_SOCKET, 0);
	m->request.badge = 0;
	assert_true(reads(m, len));
}

static void a_datagram_is_a_head_and_what_is_behind_it(void **state)
{
	struct {
		struct shim_datagram head;
		uint8_t payload[SHIM_PAYLOAD_BYTES + 1];
	} m = { .head = { .version = SHIM_VERSION, .address_len = 16 } };
	const uint8_t *bytes = (const uint8_t *)&m, *payload;
	struct shim_datagram head;
	size_t len;

	for (size_t cut = 0; cut < sizeof m.head; cut++)
		assert_false(shim_proto_datagram(bytes, cut, &head, &payload, &len));
	assert_true(shim_proto_datagram(bytes, sizeof m.head, &head, &payload, &len));
	assert_int_equal(len, 0);
	assert_true(shim_proto_datagram(bytes, sizeof m - 1, &head, &payload, &len));
	assert_int_equal(len, SHIM_PAYLOAD_BYTES);
	assert_ptr_equal(payload, m.payload);
	assert_false(shim_proto_datagram(bytes, sizeof m, &head, &payload, &len));
	m.head.address_len = sizeof m.head.address + 1;
	assert_false(shim_proto_datagram(bytes, sizeof m.head, &head, &payload, &len));
	m.head.address_len = 0;
	m.head.error = 111;
	assert_false(shim_proto_datagram(bytes, sizeof m.head, &head, &payload, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_badge_says_what_it_was_made_of),
		cmocka_unit_test(a_tail_is_as_long_as_the_call_allows),
		cmocka_unit_test(what_no_builder_makes_is_refused),
		cmocka_unit_test(a_datagram_is_a_head_and_what_is_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
