#include "sim/scene_ip4.h"

#include "core/arp.h"

struct mode {
	iface_id iface;
	enum arp_mode mode;
	uint32_t timeout_ms;
};

static void mode_set(struct router *router, void *arg)
{
	const struct mode *mode = arg;

	iface_set_arp(&router->net, mode->iface, mode->mode, mode->timeout_ms);
}

static void settings_set(struct router *router, void *arg)
{
	ip4_settings_publish(&router->net, arg);
}

static void publish_one(struct router *router, void *arg)
{
	const ip4 *addr = arg;

	arp_published_free(router->net.published);
	router->net.published = arp_published_new(1);
	if (!ip4_is_zero(*addr))
		arp_published_add(router->net.published, 2, *addr);
}

/* Mostly as by default; each line differs at times. */
static struct ip4_settings settings_draw(struct sim_random *r)
{
	struct ip4_settings settings = ip4_settings_default();

	settings.forward = !sim_random_chance(r, 500);
	settings.send_redirects = sim_random_chance(r, 7000);
	settings.accept_source_route = sim_random_chance(r, 6000);
	settings.inbound_error_source = sim_random_chance(r, 5000);
	if (sim_random_chance(r, 4000))
		settings.rp_filter = (uint8_t)(RP_FILTER_STRICT + sim_random_below(r, 2));
	settings.icmp_rate_ms = sim_random_chance(r, 5000) ? 10 : 1000;
	settings.neighbours_max = sim_random_chance(r, 3000) ? 4 : 0;
	settings.arp_timeout_ms = sim_random_chance(r, 3000) ? 1000 : 30000;
	return settings;
}

const char *scene_ip4_change(struct sim_random *random, struct twin *twin)
{
	struct mode mode = { .iface = (iface_id)(1 + sim_random_below(random, TWIN_PORTS)) };

	if (sim_random_chance(random, 5000)) {
		struct ip4_settings settings = settings_draw(random);

		twin_each(twin, settings_set, &settings);
		return "settings";
	}
	if (sim_random_chance(random, 2000)) {
		ip4 addr = { sim_random_chance(random, 5000) ? 0xc0a85803 : 0 }; /* 192.168.88.3 */

		twin_each(twin, publish_one, &addr);
		return "a published entry";
	}
	mode.mode = (enum arp_mode)sim_random_below(random, ARP_LOCAL_PROXY + 1);
	mode.timeout_ms = sim_random_chance(random, 5000) ? 2000 : 0;
	twin_each(twin, mode_set, &mode);
	return "an interface's ARP";
}

void scene_ip4_mend(struct twin *twin)
{
	struct ip4_settings settings = ip4_settings_default();

	twin_each(twin, settings_set, &settings);
	for (unsigned i = 1; i <= TWIN_PORTS; i++) {
		struct mode mode = { .iface = (iface_id)i, .mode = ARP_ENABLED };

		twin_each(twin, mode_set, &mode);
	}
}
