#include "core/acd.h"

#include "core/addr.h"
#include "core/arp.h"
#include "core/net.h"
#include "lib/mem.h"
#include "lib/text.h"

struct record {
	ip4 addr;
	iface_id iface;
	bool running;   /* when it was last looked at */
	struct mac mac; /* the one it was announced with */
	uint8_t left;   /* announcements to come */
	mono due;       /* the next of them */
	bool defended, contested;
	mono defended_at, contested_at;
	struct mac other;
};

struct acd {
	struct record *at;
	size_t n;
	mono due; /* no announcement before */
};

struct acd *acd_new(void)
{
	struct acd *acd = mem_new(1, sizeof *acd);

	acd->due = mono_never();
	return acd;
}

void acd_free(struct acd *acd)
{
	if (acd == NULL)
		return;
	mem_free(acd->at);
	mem_free(acd);
}

static struct record *record_find(const struct acd *acd, iface_id iface, ip4 addr)
{
	for (size_t i = 0; i < acd->n; i++) {
		if (acd->at[i].iface == iface && ip4_equal(acd->at[i].addr, addr))
			return &acd->at[i];
	}
	return NULL;
}

/* What is known of @spec goes on; what is new about it is to be announced. */
static struct record record_make(struct net *net, const struct addr_spec *spec)
{
	const struct iface *iface = iface_get(net, spec->iface);
	const struct record *old = record_find(net->acd, spec->iface, spec->addr);
	struct record record = { .addr = spec->addr, .iface = spec->iface };
	bool running = iface != NULL && iface_is_running(iface) && !iface->point_to_point;

	if (old != NULL)
		record = *old;
	if (!running) {
		record.left = 0;
	} else if (old == NULL || !old->running || !mac_equal(&old->mac, &iface->mac)) {
		record.mac = iface->mac;
		record.left = ACD_ANNOUNCE_NUM;
		record.due = net->now;
	}
	record.running = running;
	return record;
}

void acd_sync(struct net *net)
{
	struct acd *acd = acd_new();
	const struct addr_spec *specs;

	acd->n = addr_all(net, &specs);
	acd->at = mem_new(acd->n, sizeof acd->at[0]);
	for (size_t i = 0; i < acd->n; i++) {
		acd->at[i] = record_make(net, &specs[i]);
		if (acd->at[i].left > 0)
			acd->due = mono_min(acd->due, acd->at[i].due);
	}
	acd_free(net->acd);
	net->acd = acd;
}

/* RFC 5227, 2.4 (c): the address is kept, and defended at most once in DEFEND_INTERVAL. */
void acd_conflict(struct net *net, iface_id iface, ip4 addr, const struct mac *other)
{
	struct record *record = record_find(net->acd, iface, addr);
	char ip[IP4_TEXT_BYTES], mac[32];
	struct text text = text_into(mac, sizeof mac);

	if (record == NULL)
		return;
	record->contested = true;
	record->contested_at = net->now;
	record->other = *other;
	if (record->defended && mono_since_ms(net->now, record->defended_at) < ACD_DEFEND_MS)
		return;
	record->defended = true;
	record->defended_at = net->now;
	arp_announce(net, iface, addr);
	if (!rate_take(&net->log_rate, net->now))
		return;
	mac_print(other, &text);
	log_write(net->log, LOG_WARNING, "arp", "%s on %s is also used by %s", ip4_str(addr, ip),
	          iface_get(net, iface)->name, mac);
}

bool acd_other(const struct net *net, iface_id iface, ip4 addr, struct mac *ret_other)
{
	const struct record *record = record_find(net->acd, iface, addr);

	if (record == NULL || !record->contested ||
	    mono_since_ms(net->now, record->contested_at) >= ACD_SHOWN_MS)
		return false;
	*ret_other = record->other;
	return true;
}

mono acd_turn(struct net *net)
{
	struct acd *acd = net->acd;

	if (!mono_due(acd->due, net->now))
		return acd->due;
	acd->due = mono_never();
	for (size_t i = 0; i < acd->n; i++) {
		struct record *record = &acd->at[i];

		if (record->left > 0 && mono_due(record->due, net->now)) {
			arp_announce(net, record->iface, record->addr);
			record->left--;
			record->due = mono_add_ms(net->now, ACD_ANNOUNCE_MS);
		}
		if (record->left > 0)
			acd->due = mono_min(acd->due, record->due);
	}
	return acd->due;
}

mono acd_due(const struct net *net)
{
	return net->acd->due;
}
