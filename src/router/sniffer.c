#include "router/sniffer.h"

#include <errno.h>
#include <string.h>

#include "lib/log.h"
#include "lib/mem.h"

static struct sniffer *sniffer_of(struct tap *tap)
{
	return (struct sniffer *)tap;
}

static void keep(struct sniffer *sniffer, const struct iface *iface, struct pkt *p,
                 enum tap_side side, const struct frame_head *head)
{
	const struct sniffer_settings *settings = &sniffer->used;
	uint32_t cut = settings->packet_bytes_max;
	struct capture_record *record;

	if (settings->only_headers && head->header_bytes < cut)
		cut = head->header_bytes;
	record = capture_put(sniffer->capture, sniffer->net, iface, p, side, cut);
	if (record == NULL)
		return;
	if (side == TAP_TX) {
		record->fate = CAPTURE_SENT;
		return;
	}
	record->before = p->capture;
	p->capture = record->number;
}

static void sniffer_frame(struct tap *tap, struct net *net, const struct iface *iface,
                          struct pkt *p, enum tap_side side)
{
	struct sniffer *sniffer = sniffer_of(tap);
	struct frame_head head = frame_head_read(p->bytes, p->len, iface->point_to_point);

	(void)net;
	/* An interface over others may still find that it can't leave; a port has it now. */
	if (side == TAP_TX && iface->port != NULL && p->capture != 0)
		capture_tell(sniffer->capture, p->capture, CAPTURE_SENT, 0);
	if (capture_filter_passes(&sniffer->used.filter, iface, side, &head, p->len))
		keep(sniffer, iface, p, side, &head);
}

static void sniffer_end(struct tap *tap, struct net *net, const struct pkt *p,
                        enum drop_reason reason)
{
	(void)net;
	capture_tell(sniffer_of(tap)->capture, p->capture,
	             drop_is_loss(reason) ? CAPTURE_DROPPED : CAPTURE_DONE, reason);
}

struct sniffer *sniffer_new(struct net *net)
{
	struct sniffer *sniffer = mem_new(1, sizeof *sniffer);

	sniffer->net = net;
	sniffer->tap =
		(struct tap){ .frame = sniffer_frame, .ended = sniffer_end, .due = mono_never() };
	return sniffer;
}

void sniffer_free(struct sniffer *sniffer)
{
	if (sniffer->running)
		tap_remove(sniffer->net, &sniffer->tap);
	capture_file_free(sniffer->live);
	capture_file_free(sniffer->save);
	capture_free(sniffer->capture);
	mem_free(sniffer);
}

void sniffer_set_store(struct sniffer *sniffer, struct store *store, struct background *background)
{
	sniffer->store = store;
	sniffer->background = background;
}

static void end_tap(struct sniffer *sniffer)
{
	if (!sniffer->running)
		return;
	sniffer->running = false;
	tap_remove(sniffer->net, &sniffer->tap);
}

/* --- files --- */

static mono turn_save(struct sniffer *sniffer)
{
	mono due;

	if (sniffer->save == NULL)
		return mono_never();
	due = capture_file_turn(sniffer->save, sniffer->net, sniffer->capture, sniffer->save_until,
	                        true);
	if (!capture_file_is_over(sniffer->save))
		return due;
	sniffer->save_error = capture_file_error(sniffer->save);
	capture_file_free(sniffer->save);
	sniffer->save = NULL;
	return mono_never();
}

static void live_over(struct sniffer *sniffer)
{
	sniffer->live_error = capture_file_error(sniffer->live);
	if (sniffer->live_error != 0)
		log_write(sniffer->net->log, LOG_ERROR, "sniffer", "file %s: %s",
		          sniffer->used.file_name, strerror(-sniffer->live_error));
	else if (capture_file_is_full(sniffer->live))
		log_write(sniffer->net->log, LOG_INFO, "sniffer",
		          "file %s has reached file-limit: stopped", sniffer->used.file_name);
	capture_file_free(sniffer->live);
	sniffer->live = NULL;
	end_tap(sniffer);
}

static mono turn_live(struct sniffer *sniffer)
{
	mono due;

	if (sniffer->live == NULL)
		return mono_never();
	due = capture_file_turn(sniffer->live, sniffer->net, sniffer->capture, UINT64_MAX,
	                        !sniffer->running);
	sniffer->capture->written = capture_file_next(sniffer->live);
	if (!capture_file_is_over(sniffer->live))
		return due;
	live_over(sniffer);
	return mono_never();
}

void sniffer_turn(struct sniffer *sniffer)
{
	sniffer->tap.due = mono_min(turn_live(sniffer), turn_save(sniffer));
}

/* --- commands --- */

int sniffer_start(struct sniffer *sniffer)
{
	const struct sniffer_settings *settings = &sniffer->settings;
	bool to_file = settings->file_name[0] != '\0';
	uint64_t first = sniffer->capture != NULL ? sniffer->capture->next : 1;

	if (sniffer->running)
		return -EALREADY;
	if (sniffer->live != NULL || sniffer->save != NULL)
		return -EBUSY;
	if (to_file && sniffer->store == NULL)
		return -EROFS;
	capture_free(sniffer->capture);
	/* Packets that still wait with a number of before must not be taken for others. */
	sniffer->capture =
		capture_new(settings->memory_bytes, settings->scroll, first, sniffer->net->now);
	if (to_file)
		sniffer->live = capture_file_new(&(struct capture_file_setup){
			.store = sniffer->store,
			.background = sniffer->background,
			.name = settings->file_name,
			.bytes_max = settings->file_bytes_max,
			.next = first,
		});
	sniffer->used = *settings;
	sniffer->live_error = 0;
	sniffer->running = true;
	tap_add(sniffer->net, &sniffer->tap);
	sniffer_turn(sniffer);
	return 0;
}

void sniffer_stop(struct sniffer *sniffer)
{
	end_tap(sniffer);
	sniffer_turn(sniffer);
}

int sniffer_save(struct sniffer *sniffer, const char *name)
{
	if (sniffer->store == NULL)
		return -EROFS;
	if (sniffer->capture == NULL)
		return -ENODATA;
	if (sniffer->save != NULL ||
	    (sniffer->live != NULL && strcmp(name, sniffer->used.file_name) == 0))
		return -EBUSY;
	sniffer->save = capture_file_new(&(struct capture_file_setup){
		.store = sniffer->store,
		.background = sniffer->background,
		.name = name,
		.next = sniffer->capture->first,
	});
	sniffer->save_until = sniffer->capture->next;
	sniffer_turn(sniffer);
	return 0;
}

mono sniffer_due(const struct sniffer *sniffer)
{
	return sniffer->tap.due;
}
