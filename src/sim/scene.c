#include "sim/scene.h"

#include <string.h>

#include "core/neigh.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "sim/scene_ip4.h"
#include "sim/scene_rule.h"

#define IP(a, b, c, d) ((ip4){ (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d) })

enum {
	WAN_PORT = 0,
	WAN2_PORT = 3,
};

bool scene_is_wan(unsigned port)
{
	return port == WAN_PORT || port == WAN2_PORT;
}

bool scene_is_private(ip4 addr) /* RFC 1918, as far as this scene has it */
{
	return addr.v >> 16 == 0xc0a8 || addr.v >> 24 == 10;
}

static void host_add(struct scene *scene, unsigned port, ip4 addr)
{
	struct scene_host *host = &scene->hosts[scene->hosts_n];

	must(scene->hosts_n < SCENE_HOSTS);
	*host = (struct scene_host){
		.addr = addr,
		.port = (uint8_t)port,
		.there = true,
		.mac = { { 2, 1, 0, (uint8_t)port, (uint8_t)scene->hosts_n, 0 } },
	};
	scene->hosts_n++;
}

static void hosts_init(struct scene *scene)
{
	host_add(scene, 0, IP(203, 0, 113, 1));
	host_add(scene, 0, IP(203, 0, 113, 9));
	host_add(scene, 3, IP(198, 51, 100, 1));
	host_add(scene, 3, IP(198, 51, 100, 9));
	for (unsigned i = 2; i < 8; i++)
		host_add(scene, 1, IP(192, 168, 88, i));
	for (unsigned i = 2; i < 6; i++)
		host_add(scene, 2, IP(10, 0, 3, i));
}

struct scene_host *scene_host_find(struct scene *scene, unsigned port, ip4 addr)
{
	for (unsigned i = 0; i < scene->hosts_n; i++) {
		struct scene_host *host = &scene->hosts[i];

		if (host->port == port && ip4_equal(host->addr, addr))
			return host;
	}
	return NULL;
}

struct mac scene_mac(struct scene *scene, unsigned port, ip4 addr)
{
	const struct scene_host *host = scene_host_find(scene, port, addr);

	return host != NULL ? host->mac
	                    : (struct mac){ { 2, 1, 0, (uint8_t)port, (uint8_t)0xfe, 0 } };
}

/* --- a bridge and a VLAN --- */

enum {
	BRIDGE = TWIN_PORTS + 1, /* over ether2 */
	VLAN,                    /* 30, over ether3 */
	SIDE_VLAN,               /* 99, over ether4: another port of the bridge */
	VLAN_ID = 30,
	SIDE_VLAN_ID = 99,
};

/* The interface that has the IP of the cable at place @port. */
static iface_id iface_of(const struct scene *scene, unsigned port)
{
	if (scene == NULL || !scene->layered)
		return (iface_id)(port + 1);
	return port == 1 ? BRIDGE : port == 2 ? VLAN : (iface_id)(port + 1);
}

static void virtual_add(struct router *router, iface_id id, const char *type)
{
	iface_id got = iface_add(&router->net, type, type);

	must(got == id);
	iface_enable(&router->net, id, true);
}

static struct bridge_port_spec bridge_port(iface_id iface)
{
	return (struct bridge_port_spec){
		.bridge = BRIDGE,
		.iface = iface,
		.learn = true,
		.flood_unicast = true,
		.flood_multicast = true,
		.flood_broadcast = true,
		.loop = { .on = true, .interval_ms = 5000, .disable_ms = 300000 }
	};
}

static void layers_set(struct router *router, void *arg)
{
	const struct bridge_port_spec ports[] = { bridge_port(2), bridge_port(SIDE_VLAN) };

	virtual_add(router, BRIDGE, "bridge");
	virtual_add(router, VLAN, "vlan");
	virtual_add(router, SIDE_VLAN, "vlan");
	bridge_set(router->lan, BRIDGE,
	           &(struct bridge_spec){ .auto_mac = true, .ageing_ms = 20000 });
	vlan_set(router->lan, VLAN, &(struct vlan_spec){ .parent = 3, .id = VLAN_ID });
	vlan_set(router->lan, SIDE_VLAN, &(struct vlan_spec){ .parent = 4, .id = SIDE_VLAN_ID });
	bridge_set_ports(router->lan, ports, 2);
}

static void layers_draw(struct scene *scene, struct twin *twin)
{
	scene->layered = sim_random_chance(scene->random, 5000);
	if (!scene->layered)
		return;
	twin_each(twin, layers_set, scene);
	twin_set_tag(twin, 2, VLAN_ID);
}

/* --- addresses --- */

static void address_add(struct scene *scene, iface_id iface, ip4 addr, uint8_t bits)
{
	must(scene->addresses_n < SCENE_ADDRESSES);
	scene->addresses[scene->addresses_n++] = (struct addr_spec){
		.addr = addr,
		.network = ip4_network(addr, bits),
		.bits = bits,
		.iface = iface,
		.id = scene->addresses_n + 1,
	};
}

static void addresses_publish(struct router *router, void *arg)
{
	const struct scene *scene = arg;

	addrs_publish(&router->net, addrs_new(scene->addresses, scene->addresses_n));
	router_addresses_changed(router);
}

static void addresses_draw(struct scene *scene, bool some_gone)
{
	struct sim_random *r = scene->random;
	uint32_t gone = some_gone ? sim_random_below(r, 5) : 5;
	bool extra = sim_random_chance(r, 5000);

	scene->addresses_n = 0;
	if (gone != 0)
		address_add(scene, 1, IP(203, 0, 113, 2), 24);
	if (extra)
		address_add(scene, 1, IP(203, 0, 113, 3), 24);
	if (gone != 1)
		address_add(scene, iface_of(scene, 1), IP(192, 168, 88, 1), 24);
	if (gone != 2)
		address_add(scene, iface_of(scene, 2), IP(10, 0, 3, 1), 24);
	if (gone != 3)
		address_add(scene, 4, IP(198, 51, 100, 2), 24);
}

static const char *change_addresses(struct scene *scene, struct twin *twin)
{
	addresses_draw(scene, true);
	twin_each(twin, addresses_publish, scene);
	return "addresses";
}

/* --- routes --- */

static void route_add(struct scene *scene, ip4 dst, uint8_t bits, ip4 gateway, uint32_t table)
{
	struct route_spec *spec = &scene->routes[scene->routes_n];

	must(scene->routes_n < SCENE_ROUTES);
	*spec = (struct route_spec){
		.dst = { .addr = ip_addr_v4(dst), .bits = bits },
		.distance = DISTANCE_STATIC,
		.table = table,
		.id = scene->routes_n + 1,
	};
	if (!ip4_is_zero(gateway))
		spec->gateway = ip_addr_v4(gateway);
	scene->routes_n++;
}

static void routes_draw(struct scene *scene)
{
	struct sim_random *r = scene->random;
	bool other = sim_random_chance(r, 3000);
	uint32_t special = sim_random_below(r, 6);

	scene->routes_n = 0;
	if (!sim_random_chance(r, 500))
		route_add(scene, IP(0, 0, 0, 0), 0,
		          other ? IP(198, 51, 100, 1) : IP(203, 0, 113, 1), TABLE_MAIN);
	if (sim_random_chance(r, 8000))
		route_add(scene, IP(0, 0, 0, 0), 0, IP(198, 51, 100, 1), SCENE_TABLE);
	if (sim_random_chance(r, 3000))
		route_add(scene, IP(192, 0, 2, 8), 30, IP(198, 51, 100, 9), TABLE_MAIN);
	if (sim_random_chance(r, 3000)) {
		/* Straight to the link: every destination is a neighbour there. */
		route_add(scene, IP(198, 18, 0, 0), 15, IP(0, 0, 0, 0), TABLE_MAIN);
		scene->routes[scene->routes_n - 1].iface = 1;
	}
	if (special < 3) {
		route_add(scene, IP(192, 0, 2, 12), 31, IP(0, 0, 0, 0), TABLE_MAIN);
		scene->routes[scene->routes_n - 1].action = (uint8_t)(ROUTE_BLACKHOLE + special);
	}
}

static void routes_publish(struct router *router, void *arg)
{
	const struct scene *scene = arg;

	fib_publish(&router->net, scene->routes, scene->routes_n);
	net_generation_next(&router->net);
}

static const char *change_routes(struct scene *scene, struct twin *twin)
{
	routes_draw(scene);
	twin_each(twin, routes_publish, scene);
	return "routes";
}

/* --- rules --- */

struct namer {
	const struct scene *scene;
	struct marks *marks;
};

static iface_id name_iface(void *arg, uint32_t id)
{
	const struct namer *namer = arg;

	return id >= 1 && id <= TWIN_PORTS ? iface_of(namer->scene, id - 1) : IFACE_NONE;
}

static int name_list(void *arg, uint32_t id)
{
	return id == SCENE_LIST_WAN || id == SCENE_LIST_LAN ? (int)id : -1;
}

static uint32_t name_mark(void *arg, const char *name)
{
	return mark_number(((struct namer *)arg)->marks, name);
}

static uint32_t name_table(void *arg, const char *name)
{
	return strcmp(name, "isp2") == 0 ? SCENE_TABLE : 0;
}

bool scene_publish_rules(const struct scene *scene, struct router *router, enum facility facility,
                         const struct rule_spec *specs, unsigned n)
{
	char error[256];
	struct namer namer = { scene, router->marks };
	struct rule_names names = {
		.arg = &namer,
		.iface = name_iface,
		.list = name_list,
		.mark = name_mark,
		.table = name_table,
		.address_lists = router->fw.lists,
	};
	struct rules *rules = rules_build(facility, specs, n, &names, router->fw.rules[facility],
	                                  error, sizeof error);

	if (rules != NULL)
		router_publish_rules(router, facility, rules);
	return rules != NULL;
}

struct rules_change {
	const struct scene *scene;
	enum facility facility;
	bool built; /* false: such rules are refused */
};

static void rules_replace(struct router *router, void *arg)
{
	struct rules_change *change = arg;
	const struct scene *scene = change->scene;

	change->built =
		scene_publish_rules(scene, router, change->facility, scene->specs[change->facility],
	                            scene->specs_n[change->facility]);
}

bool scene_leaves_untracked(const struct scene *scene)
{
	for (unsigned i = 0; i < scene->specs_n[FACILITY_RAW]; i++) {
		const struct rule_spec *spec = &scene->specs[FACILITY_RAW][i];

		if (!spec->disabled && spec->action == ACTION_NOTRACK)
			return true;
	}
	return false;
}

/* Does the first rule of srcnat masquerade all that leaves by a WAN? */
static bool masquerades_all(const struct scene *scene)
{
	const struct rule_spec *spec = &scene->specs[FACILITY_NAT][0];

	return scene->specs_n[FACILITY_NAT] > 0 && scene_rule_is_plain_masquerade(spec) &&
	       !scene_leaves_untracked(scene);
}

static void rules_draw(struct scene *scene, struct twin *twin, enum facility facility)
{
	struct rule_spec *before = mem_new(SCENE_RULES, sizeof *before);
	unsigned before_n = scene->specs_n[facility];
	struct rules_change change = { .scene = scene, .facility = facility };
	mono since = scene->masquerade_since;

	memcpy(before, scene->specs[facility], SCENE_RULES * sizeof *before);
	scene_rule_draw_all(scene->random, facility, &scene->next_id, scene->specs[facility],
	                    &scene->specs_n[facility]);
	twin_each(twin, rules_replace, &change);
	if (!change.built) {
		memcpy(scene->specs[facility], before, SCENE_RULES * sizeof *before);
		scene->specs_n[facility] = before_n;
	}
	mem_free(before);
	if (!masquerades_all(scene))
		scene->masquerade_since = mono_never();
	else if (since.ns == mono_never().ns)
		scene->masquerade_since = twin->now;
}

static const char *change_rules(struct scene *scene, struct twin *twin)
{
	enum facility facility = (enum facility)sim_random_below(scene->random, FACILITY_COUNT);

	rules_draw(scene, twin, facility);
	return facility_words[facility];
}

void scene_rules(const struct scene *scene, struct twin_rules *ret_rules)
{
	*ret_rules = (struct twin_rules){ 0 };
	for (unsigned f = 0; f < FACILITY_COUNT; f++) {
		for (unsigned i = 0; i < scene->specs_n[f]; i++)
			ret_rules->ids[f][ret_rules->n[f]++] = scene->specs[f][i].id;
	}
}

/* --- address lists --- */

static void lists_publish(struct router *router, void *arg)
{
	const struct scene *scene = arg;
	struct listed_range ranges[SCENE_LISTED];
	char error[128];
	struct address_list_rows *rows;

	for (unsigned i = 0; i < scene->listed_n; i++) {
		ranges[i] = scene->listed[i].range;
		ranges[i].list = address_list_number(router->fw.lists, scene->listed[i].list);
	}
	rows = address_list_rows_new(router->fw.lists, ranges, scene->listed_n, error,
	                             sizeof error);
	if (rows != NULL) /* the same twice, or too many: refused by both */
		address_list_rows_publish(router->fw.lists, rows);
}

/* Rows are replaced, added or removed, as by a transaction. */
static const char *change_lists(struct scene *scene, struct twin *twin)
{
	uint32_t at = sim_random_below(scene->random, SCENE_LISTED);

	if (at < scene->listed_n && sim_random_chance(scene->random, 4000))
		scene->listed[at] = scene->listed[--scene->listed_n];
	else if (at >= scene->listed_n)
		at = scene->listed_n++;
	if (at < scene->listed_n)
		scene_rule_draw_listed(scene->random, &scene->next_id, &scene->listed[at]);
	twin_each(twin, lists_publish, scene);
	return "address lists";
}

static void entry_add(struct router *router, void *arg)
{
	const struct scene_listed *listed = arg;
	uint16_t list = address_list_number(router->fw.lists, listed->list);

	(void)address_list_add(router->fw.lists, list, listed->range.range.low, 32,
	                       listed->range.id % 3 * 20, NULL);
}

static void entry_remove(struct router *router, void *arg)
{
	const uint32_t *nth = arg;
	uint32_t at = 0;

	for (uint32_t i = 0; i <= *nth; i++) {
		if (address_lists_walk(router->fw.lists, &at) == NULL)
			return;
	}
	(void)address_list_remove(router->fw.lists, at - 1);
}

/* One address comes or goes, by a person's hand. */
static const char *change_entry(struct scene *scene, struct twin *twin)
{
	struct scene_listed listed;
	uint32_t nth = sim_random_below(scene->random, 6);

	if (sim_random_chance(scene->random, 4000)) {
		twin_each(twin, entry_remove, &nth);
		return "an entry of an address list goes";
	}
	scene_rule_draw_listed(scene->random, &scene->next_id, &listed);
	twin_each(twin, entry_add, &listed);
	return "an entry of an address list comes";
}

static void re_evaluate(struct router *router, void *arg)
{
	fw_set_re_evaluate(&router->fw, !router->fw.re_evaluate);
}

static const char *change_re_evaluate(struct scene *scene, struct twin *twin)
{
	twin_each(twin, re_evaluate, NULL);
	return twin->fast.router->fw.re_evaluate ? "re-evaluate=yes" : "re-evaluate=no";
}

/* --- links, hosts, neighbours --- */

static const char *change_link(struct scene *scene, struct twin *twin)
{
	unsigned port = sim_random_below(scene->random, TWIN_PORTS);

	scene->link_up[port] = !scene->link_up[port];
	twin_set_link(twin, port, scene->link_up[port]);
	return scene->link_up[port] ? "link up" : "link down";
}

struct enable {
	iface_id iface;
	bool enabled;
};

static void iface_switch(struct router *router, void *arg)
{
	const struct enable *enable = arg;

	iface_enable(&router->net, enable->iface, enable->enabled);
}

static const char *change_enabled(struct scene *scene, struct twin *twin)
{
	unsigned port = sim_random_below(scene->random, TWIN_PORTS);
	struct enable enable;

	scene->enabled[port] = !scene->enabled[port];
	enable = (struct enable){ iface_of(scene, port), scene->enabled[port] };
	twin_each(twin, iface_switch, &enable);
	return scene->enabled[port] ? "interface enabled" : "interface disabled";
}

static const char *change_mtu(struct scene *scene, struct twin *twin)
{
	static const uint32_t sizes[] = { 1500, 1400, 576 };
	uint32_t mtu = sizes[sim_random_below(scene->random, ARRAY_LEN(sizes))];

	twin_set_mtu(twin, sim_random_below(scene->random, TWIN_PORTS), mtu);
	return "MTU";
}

static const char *change_host(struct scene *scene, struct twin *twin)
{
	struct scene_host *host = &scene->hosts[sim_random_below(scene->random, scene->hosts_n)];

	if (sim_random_chance(scene->random, 5000)) {
		host->mac.b[5]++;
		return "a host has another card";
	}
	host->there = !host->there;
	return host->there ? "a host comes" : "a host goes";
}

struct neighbour {
	iface_id iface;
	const struct scene_host *host;
};

static void neighbour_set(struct router *router, void *arg)
{
	const struct neighbour *n = arg;

	(void)neigh_set_static(&router->net, n->iface, n->host->addr, &n->host->mac);
}

static void neighbour_remove(struct router *router, void *arg)
{
	const struct neighbour *n = arg;

	neigh_remove(&router->net, n->iface, n->host->addr);
}

static const char *change_neighbour(struct scene *scene, struct twin *twin)
{
	const struct scene_host *host =
		&scene->hosts[sim_random_below(scene->random, scene->hosts_n)];
	struct neighbour neighbour = { iface_of(scene, host->port), host };

	if (sim_random_chance(scene->random, 3000)) {
		twin_each(twin, neighbour_set, &neighbour);
		return "a static neighbour";
	}
	twin_each(twin, neighbour_remove, &neighbour);
	return "a neighbour is forgotten";
}

static const char *change_ip4(struct scene *scene, struct twin *twin)
{
	return scene_ip4_change(scene->random, twin);
}

typedef const char *changer(struct scene *scene, struct twin *twin);

/* Some are drawn more often than others; what takes a link away is put right sooner. */
static changer *const changers[] = {
	change_rules,  change_rules,     change_rules, change_rules,   change_routes,
	change_routes, change_addresses, change_link,  change_enabled, change_host,
	change_host,   change_neighbour, change_mtu,   change_lists,   change_entry,
	change_entry,  change_entry,     change_entry, change_entry,   change_re_evaluate,
	change_ip4,    change_ip4,
};

static const char *mend(struct scene *scene, struct twin *twin)
{
	for (unsigned i = 0; i < TWIN_PORTS; i++) {
		struct enable enable = { iface_of(scene, i), true };

		scene->link_up[i] = scene->enabled[i] = true;
		twin_set_link(twin, i, true);
		twin_each(twin, iface_switch, &enable);
	}
	for (unsigned i = 0; i < scene->hosts_n; i++)
		scene->hosts[i].there = true;
	scene_ip4_mend(twin);
	addresses_draw(scene, false);
	twin_each(twin, addresses_publish, scene);
	return "all is mended";
}

const char *scene_change(struct scene *scene, struct twin *twin)
{
	if (sim_random_chance(scene->random, 3500))
		return mend(scene, twin);
	return changers[sim_random_below(scene->random, ARRAY_LEN(changers))](scene, twin);
}

static void lists_set(struct router *router, void *arg)
{
	for (unsigned i = 0; i < TWIN_PORTS; i++)
		router->net.ifaces[iface_of(arg, i)].lists |=
			1ULL << (scene_is_wan(i) ? SCENE_LIST_WAN : SCENE_LIST_LAN);
}

void scene_init(struct scene *scene, struct twin *twin, struct sim_random *random)
{
	*scene = (struct scene){
		.random = random,
		.next_id = 1,
		.masquerade_since = mono_never(),
	};
	hosts_init(scene);
	layers_draw(scene, twin);
	twin_each(twin, lists_set, scene);
	routes_draw(scene);
	twin_each(twin, routes_publish, scene);
	mend(scene, twin);
	for (unsigned f = 0; f < FACILITY_COUNT; f++)
		rules_draw(scene, twin, (enum facility)f);
}
