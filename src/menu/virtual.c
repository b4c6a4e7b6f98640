#include "menu/virtual.h"

#include <string.h>

#include "conf/diag.h"
#include "lib/mem.h"
#include "router/router.h"

struct virtuals *virtual_prepare(struct router *router, struct rows rows, const char *type,
                                 struct diag *diag)
{
	struct virtuals *virtuals = mem_new(1, sizeof *virtuals + rows.n * sizeof virtuals->at[0]);

	virtuals->net = &router->net;
	virtuals->type = type;
	for (size_t i = 0; i < rows.n; i++, virtuals->n++) {
		const struct iface *iface = iface_by_row(&router->net, rows.at[i]->id);
		struct virtual_at *at = &virtuals->at[i];

		at->made = iface == NULL;
		at->id = iface != NULL ? iface->id : iface_add(&router->net, "", type);
		if (at->id == IFACE_NONE) {
			virtual_discard(virtuals);
			(void)diag_fail(diag, "name",
			                "failure: there are at most %d interfaces; remove one "
			                "first",
			                IFACE_MAX - 1);
			return NULL;
		}
		router->net.ifaces[at->id].row = rows.at[i]->id;
	}
	return virtuals;
}

void virtual_discard(struct virtuals *virtuals)
{
	for (size_t i = 0; i < virtuals->n; i++) {
		if (virtuals->at[i].made)
			iface_remove(virtuals->net, virtuals->at[i].id);
	}
	mem_free(virtuals);
}

void virtual_describe(struct virtuals *virtuals, size_t i, const struct row *row, const char *name,
                      uint32_t mtu)
{
	struct virtual_at *at = &virtuals->at[i];
	struct text text = text_into(at->name, sizeof at->name);

	text_add(&text, name);
	at->enabled = (row->flags & ROW_DISABLED) == 0;
	at->mtu = mtu;
}

void virtual_publish(struct virtuals *virtuals, size_t i)
{
	const struct virtual_at *at = &virtuals->at[i];

	memcpy(virtuals->net->ifaces[at->id].name, at->name, sizeof at->name);
	iface_set_mtu(virtuals->net, at->id, at->mtu);
	iface_enable(virtuals->net, at->id, at->enabled);
}

static bool is_among(const struct virtuals *virtuals, iface_id id)
{
	for (size_t i = 0; i < virtuals->n; i++) {
		if (virtuals->at[i].id == id)
			return true;
	}
	return false;
}

void virtual_finish(struct virtuals *virtuals, struct lan *lan,
                    void (*end)(struct lan *lan, iface_id id))
{
	for (iface_id id = 1; id < IFACE_MAX; id++) {
		const struct iface *iface = iface_get_const(virtuals->net, id);

		if (iface == NULL || iface->row == 0 || strcmp(iface->type, virtuals->type) != 0 ||
		    is_among(virtuals, id))
			continue;
		end(lan, id);
		iface_remove(virtuals->net, id);
	}
	net_generation_next(virtuals->net);
	mem_free(virtuals);
}

bool virtual_status(struct router *router, uint32_t row, uint32_t *ret_mtu, struct mac *ret_mac)
{
	const struct iface *iface = iface_by_row(&router->net, row);

	if (iface == NULL)
		return false;
	*ret_mtu = iface->mtu_bytes;
	*ret_mac = iface->mac;
	return iface_is_running(iface);
}
