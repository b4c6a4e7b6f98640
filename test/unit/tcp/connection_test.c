/* The pool of connections: what is given back is given out again, and no more than the budget. */
#include "core/fixture.h"
#include "tcp/tcp_inside.h"

static void pool(void **unused)
{
	struct connection room[3];
	struct tcp tcp = { .budget = { .connections = 3 },
		           .connections = room,
		           .connections_free = CONNECTION_NONE };
	struct connection *c[3];

	for (unsigned i = 0; i < 3; i++) {
		c[i] = connection_new(&tcp);
		assert_non_null(c[i]);
		assert_int_equal(connection_state(c[i]), CONNECTION_CLOSED);
	}
	assert_null(connection_new(&tcp));
	connection_free(c[1]);
	assert_int_equal(tcp.connections_n, 2);
	assert_ptr_equal(connection_new(&tcp), c[1]);
	for (unsigned i = 0; i < 3; i++)
		connection_free(c[i]);
	assert_int_equal(tcp.connections_n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
