/*
 * rule_world.h -- what rules are tried against: three interfaces in lists, marks, one routing
 * table.
 *
 * ether1 (1, in list 1 "WAN"), ether2 (2, in lists 2 "LAN" and 3), ether3 (3, in list 2).
 */
#ifndef TEST_FW_RULE_WORLD_H
#define TEST_FW_RULE_WORLD_H

#include "wire/cmocka_all.h"

#include <netinet/in.h>
#include <string.h>

#include "core/explain.h"
#include "core/net.h"
#include "fw/marks.h"
#include "fw/rules.h"
#include "fw/trail.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "wire/seeded.h"
#include "wire/tcp_header.h"

#define WORLD_GONE  77 /* the row of an interface or list that is no more */
#define WORLD_TABLE 5  /* of "isp2" */

struct world {
	struct net *net;
	struct log log;
	struct marks *marks;
	struct rule_names names;
	char error[256];
};

static inline iface_id world_iface(void *arg, uint32_t id)
{
	return id < 4 ? (iface_id)id : IFACE_NONE;
}

static inline int world_list(void *arg, uint32_t id)
{
	return id < 4 ? (int)id : -1;
}

static inline uint32_t world_mark(void *arg, const char *name)
{
	return mark_number(arg, name);
}

static inline uint32_t world_table(void *arg, const char *name)
{
	return strcmp(name, "isp2") == 0 ? WORLD_TABLE : 0;
}

static inline const char *world_list_name(void *arg, uint32_t id)
{
	return id == 1 ? "WAN" : id == 2 ? "LAN" : NULL;
}

/* Fill a name of a spec's. */
static inline void world_name(char *name, size_t size, const char *from)
{
	struct text out = text_into(name, size);

	text_add(&out, from);
	must(!out.cut);
}

static inline void world_add_iface(struct net *net, iface_id id, const char *name, uint64_t lists)
{
	struct iface *iface = &net->ifaces[id];

	iface->id = id;
	iface->used = true;
	iface->lists = lists;
	world_name(iface->name, sizeof iface->name, name);
	net->ifaces_n = id + 1;
}

static inline int world_setup(void **state)
{
	struct world *world = mem_new(1, sizeof *world);

	world->net = mem_new(1, sizeof *world->net);
	world->marks = marks_new();
	log_init(&world->log);
	world->net->log = &world->log;
	world->net->now = (mono){ NS_PER_S * 1000 };
	world_add_iface(world->net, 1, "ether1", 1 << 1);
	world_add_iface(world->net, 2, "ether2", 1 << 2 | 1 << 3);
	world_add_iface(world->net, 3, "ether3", 1 << 2);
	world->names = (struct rule_names){
		.arg = world->marks,
		.iface = world_iface,
		.list = world_list,
		.mark = world_mark,
		.table = world_table,
		.list_name = world_list_name,
	};
	*state = world;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *world = *state;

	log_free(&world->log);
	marks_free(world->marks);
	mem_free(world->net);
	mem_free(world);
	return 0;
}

static inline struct rules *world_build(struct world *world, enum facility facility,
                                        const struct rule_spec *specs, size_t n)
{
	world->error[0] = '\0';
	return rules_build(facility, specs, n, &world->names, NULL, world->error,
	                   sizeof world->error);
}

/* The same, and it must work. */
static inline struct rules *world_built(struct world *world, enum facility facility,
                                        const struct rule_spec *specs, size_t n)
{
	struct rules *rules = world_build(world, facility, specs, n);

	assert_string_equal(world->error, "");
	assert_non_null(rules);
	return rules;
}

static inline ip4 world_ip(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (ip4){ a << 24 | b << 16 | c << 8 | d };
}

#endif
