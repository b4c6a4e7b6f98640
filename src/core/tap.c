#include "core/tap.h"

void tap_add(struct net *net, struct tap *tap)
{
	tap->next = net->taps;
	net->taps = tap;
}

void tap_remove(struct net *net, struct tap *tap)
{
	struct tap **at = &net->taps;

	while (*at != tap) {
		must(*at != NULL);
		at = &(*at)->next;
	}
	*at = tap->next;
}

mono tap_due(const struct net *net)
{
	mono due = mono_never();

	for (const struct tap *tap = net->taps; tap != NULL; tap = tap->next)
		due = mono_min(due, tap->due);
	return due;
}

void tap_show_frame(struct net *net, const struct iface *iface, struct pkt *p, enum tap_side side)
{
	for (struct tap *tap = net->taps; tap != NULL; tap = tap->next)
		tap->frame(tap, net, iface, p, side);
}

void tap_show_end(struct net *net, const struct pkt *p, enum drop_reason reason)
{
	for (struct tap *tap = net->taps; tap != NULL; tap = tap->next) {
		if (tap->ended != NULL)
			tap->ended(tap, net, p, reason);
	}
}
