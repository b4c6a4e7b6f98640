/*
 * virtual.h -- interfaces that configuration makes: one for each row of a menu (bridges, VLANs).
 *
 * prepare() finds the interface of each row and makes those that are missing, disabled and without
 * link, so that what is prepared after it can name them already; discard() takes them back.
 * publish() gives each its name, size and switch. An interface belongs to its row by the row's id,
 * which is never used again; its place in the router's table may be.
 */
#ifndef MENU_VIRTUAL_H
#define MENU_VIRTUAL_H

#include "conf/menu.h"
#include "core/iface.h"

struct lan;
struct net;

struct virtual_at {
	iface_id id;
	bool made; /* by this prepare() */
	bool enabled;
	uint32_t mtu; /* 0: what carries it can send */
	char name[IFACE_NAME_BYTES];
};

struct virtuals {
	struct net *net;
	const char *type;
	size_t n;
	struct virtual_at at[]; /* in the order of the rows */
};

/* NULL and @diag when there is no room for so many. @name, @mtu read a row's. */
struct virtuals *virtual_prepare(struct router *router, struct rows rows, const char *type,
                                 struct diag *diag);
void virtual_discard(struct virtuals *virtuals);
/* The @i'th row's interface is called @name and is at most @mtu large. */
void virtual_describe(struct virtuals *virtuals, size_t i, const struct row *row, const char *name,
                      uint32_t mtu);
/* Publish the @i'th, which has been plugged in. */
void virtual_publish(struct virtuals *virtuals, size_t i);
/* Remove the interfaces of this type that no row is for any more; @end unplugs each first. Frees
 * @virtuals. */
void virtual_finish(struct virtuals *virtuals, struct lan *lan,
                    void (*end)(struct lan *lan, iface_id id));
/* What is to be seen of row @row's interface: its MTU in bytes and its card; nothing is written
 * while it has none. True: it is running. */
bool virtual_status(struct router *router, uint32_t row, uint32_t *ret_mtu, struct mac *ret_mac);

#endif
