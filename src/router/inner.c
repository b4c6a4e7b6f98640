#include "router/inner.h"

#include "core/addr.h"
#include "core/fib.h"
#include "core/iface.h"

/* Of a longer table only the default route in use is looked for: it is asked for at each change. */
#define ROUTES_MOST 4096

struct side {
	bool has_address[IFACE_MAX];
	bool outer[IFACE_MAX];
};

static void mark_outer(struct side *side, iface_id id)
{
	if (id < IFACE_MAX)
		side->outer[id] = true;
}

static void look_at_addresses(const struct net *net, struct side *side)
{
	const struct addr_spec *specs;
	size_t n = addr_all(net, &specs);

	for (size_t i = 0; i < n; i++) {
		if (specs[i].iface >= IFACE_MAX)
			continue;
		side->has_address[specs[i].iface] = true;
		if (!ip4_is_private(specs[i].addr))
			mark_outer(side, specs[i].iface);
	}
}

static void look_at_routes(const struct net *net, struct side *side)
{
	struct route_key to_all = { .bound = IFACE_NONE };
	struct fib_cursor at = { 0 };
	struct route_entry entry;
	unsigned matches;

	/* The longest prefix that holds 0.0.0.0 is the default route's, if there is one. */
	if (fib_find(net, &to_all, &entry, &matches) != NULL && entry.spec.dst.bits == 0)
		mark_outer(side, entry.out);
	for (unsigned i = 0; i < ROUTES_MOST && fib_next(net, &at, &entry); i++) {
		if (entry.spec.dst.bits == 0) {
			mark_outer(side, entry.out);
			mark_outer(side, entry.spec.iface);
		}
	}
}

static bool somebody_is_in(const struct net *net, uint64_t list)
{
	for (iface_id id = 0; id < IFACE_MAX; id++) {
		const struct iface *iface = iface_get_const(net, id);

		if (iface != NULL && (iface->lists & list) != 0)
			return true;
	}
	return false;
}

unsigned inner_ifaces(const struct net *net, const struct inner_lists *lists,
                      iface_id ret_ifaces[IFACE_MAX])
{
	bool said = somebody_is_in(net, lists->lan);
	struct side side = { 0 };
	unsigned n = 0;

	look_at_addresses(net, &side);
	look_at_routes(net, &side);
	for (iface_id id = 0; id < IFACE_MAX; id++) {
		const struct iface *iface = iface_get_const(net, id);
		bool inner;

		if (iface == NULL)
			continue;
		if (said)
			inner = (iface->lists & lists->lan) != 0;
		else
			inner = side.has_address[id] && !side.outer[id] &&
			        (iface->lists & lists->wan) == 0;
		if (inner)
			ret_ifaces[n++] = id;
	}
	return n;
}
