#include <errno.h>

#include "api/towpath_inside.h"
#include "core/tap.h"
#include "lib/mem.h"
#include "wire/pcapng.h"

struct towpath_capture {
	struct tap tap; /* first */
	void (*write)(void *arg, const void *bytes, size_t len);
	void *arg;
	uint32_t numbers[IFACE_MAX]; /* of an interface in the capture, and 1; 0: not there yet */
	uint32_t interfaces;
};

static void put(const struct towpath_capture *capture, const uint8_t *block, const struct writer *w)
{
	capture->write(capture->arg, block, (size_t)(w->at - block));
}

/* Its number in the capture; the first frame that it carries names it. */
static uint32_t number_of(struct towpath_capture *capture, const struct iface *iface)
{
	uint8_t block[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(block, sizeof block);

	if (capture->numbers[iface->id] == 0) {
		if (iface->point_to_point)
			pcapng_interface_raw(&w, iface->name);
		else
			pcapng_interface(&w, iface->name);
		put(capture, block, &w);
		capture->numbers[iface->id] = ++capture->interfaces;
	}
	return capture->numbers[iface->id] - 1;
}

static void frame(struct tap *tap, struct net *net, const struct iface *iface, struct pkt *p,
                  enum tap_side side)
{
	struct towpath_capture *capture = (struct towpath_capture *)tap;
	uint8_t block[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(block, sizeof block);

	pcapng_packet_head(&w, number_of(capture, iface),
	                   (uint64_t)((int64_t)net->now.ns + net->wall_offset_ns), p->len);
	put(capture, block, &w);
	capture->write(capture->arg, p->bytes, p->len);
	w = writer_over(block, sizeof block);
	pcapng_packet_tail(&w, p->len);
	put(capture, block, &w);
}

void towpath_capture_free(struct towpath *t)
{
	if (t->capture == NULL)
		return;
	tap_remove(&t->router->net, &t->capture->tap);
	mem_free(t->capture);
	t->capture = NULL;
}

int towpath_capture(struct towpath *t, void (*write)(void *arg, const void *bytes, size_t len),
                    void *arg)
{
	uint8_t block[PCAPNG_BLOCK_BYTES_MAX];
	struct writer w = writer_over(block, sizeof block);

	if (t->advancing || (write != NULL && t->capture != NULL))
		return -EBUSY;
	towpath_capture_free(t);
	if (write == NULL)
		return 0;
	t->capture = mem_new(1, sizeof *t->capture);
	*t->capture = (struct towpath_capture){ .tap = { .frame = frame, .due = mono_never() },
		                                .write = write,
		                                .arg = arg };
	pcapng_section(&w);
	put(t->capture, block, &w);
	tap_add(&t->router->net, &t->capture->tap);
	return 0;
}
