#include "sim/link.h"

#include "core/offload.h"
#include "lib/mem.h"
#include "wire/eth.h"

#define REORDER_NS (2 * NS_PER_MS) /* how long a frame that is overtaken is held back, at most */

struct link_end {
	struct link *link;
	unsigned place;
	struct station station;
	struct memory_port *port;
	void (*heard)(void *arg);
	void *heard_arg;
	mono free;       /* the wire is busy until then */
	unsigned queued; /* frames that wait for it */
};

struct flight {
	struct link_end *to;
	struct frame *frame;
	uint64_t plugged; /* of the link when it was sent */
	struct flight *next, **link;
};

struct link {
	struct timeline *timeline;
	struct link_quality quality;
	struct link_end ends[2];
	struct link_counters counters;
	struct flight *flights;          /* under way */
	struct flight *held, *held_last; /* due, but the link is clogged; first in, first out */
	uint64_t plugged;                /* counts how often the cable was pulled */
	uint32_t place;                  /* of its first end in the trace */
	bool up, clogged;
};

struct link *link_new(struct timeline *timeline, const struct link_quality *quality)
{
	struct link *link = mem_new(1, sizeof *link);

	link->timeline = timeline;
	if (quality != NULL)
		link->quality = *quality;
	link->up = true;
	link->place = timeline->places;
	timeline->places += 2;
	for (unsigned i = 0; i < 2; i++) {
		link->ends[i].link = link;
		link->ends[i].place = i;
	}
	return link;
}

static void flight_unlink(struct flight *flight)
{
	*flight->link = flight->next;
	if (flight->next != NULL)
		flight->next->link = flight->link;
}

static void flight_end(struct flight *flight)
{
	flight_unlink(flight);
	mem_free(flight);
}

/* The first of those that a clog holds back, or NULL. */
static struct flight *held_take(struct link *link)
{
	struct flight *flight = link->held;

	if (flight == NULL)
		return NULL;
	link->held = flight->next;
	if (link->held == NULL)
		link->held_last = NULL;
	return flight;
}

static void held_put(struct link *link, struct flight *flight)
{
	flight->next = NULL;
	if (link->held_last != NULL)
		link->held_last->next = flight;
	else
		link->held = flight;
	link->held_last = flight;
}

void link_free(struct link *link)
{
	struct flight *flight;

	while (link->flights != NULL) {
		frame_free(link->flights->frame);
		flight_end(link->flights);
	}
	while ((flight = held_take(link)) != NULL) {
		frame_free(flight->frame);
		mem_free(flight);
	}
	mem_free(link);
}

void link_attach(struct link *link, unsigned end, const struct station *station)
{
	must(end < 2);
	link->ends[end].station = *station;
}

static void port_deliver(void *arg, struct frame *frame)
{
	struct link_end *end = arg;

	memory_port_put(end->port, frame);
	if (end->heard != NULL)
		end->heard(end->heard_arg);
}

static void port_carrier(void *arg, bool up)
{
	struct link_end *end = arg;

	end->port->link_next = up;
}

static void port_sent(void *arg, const struct port_frame *frame)
{
	struct link_end *end = arg;

	link_send(end->link, end->place, frame->bytes, frame->len, &frame->offload);
}

void link_attach_port(struct link *link, unsigned end, struct memory_port *port,
                      void (*heard)(void *arg), void *heard_arg)
{
	struct link_end *e = &link->ends[end];

	must(end < 2);
	e->port = port;
	e->heard = heard;
	e->heard_arg = heard_arg;
	port->sent = port_sent;
	port->sent_arg = e;
	port->port.can.checksum = port->port.can.gso = link->quality.offload;
	e->station = (struct station){ .deliver = port_deliver, .carrier = port_carrier, .arg = e };
}

/* Takes @flight, which is on no list any more. */
static void land(struct link *link, struct flight *flight)
{
	struct link_end *to = flight->to;
	struct frame *frame = flight->frame;
	bool there = flight->plugged == link->plugged && link->up && to->station.deliver != NULL;

	mem_free(flight);
	if (!there) {
		link->counters.lost++;
		frame_free(frame);
		return;
	}
	link->counters.delivered++;
	timeline_note(link->timeline, link->place + to->place, frame_bytes(frame), frame->len);
	to->station.deliver(to->station.arg, frame);
}

static void arrive(void *arg, void *detail)
{
	struct link *link = arg;
	struct flight *flight = detail;

	flight_unlink(flight);
	if (link->clogged)
		held_put(link, flight);
	else
		land(link, flight);
}

static void leave_queue(void *arg, void *detail)
{
	struct link_end *from = arg;

	must(from->queued > 0);
	from->queued--;
}

/* The wire is taken for @len bytes as soon as it is free. */
static void wire_take(struct link_end *from, uint32_t len)
{
	struct timeline *timeline = from->link->timeline;
	uint64_t rate = from->link->quality.bytes_per_second;
	mono start = timeline_now(timeline);

	if (mono_before(start, from->free))
		start = from->free;
	from->free = rate != 0 ? mono_add_ns(start, len * NS_PER_S / rate) : start;
	if (from->link->quality.queue_frames == 0)
		return;
	from->queued++;
	timeline_at(timeline, from->free, leave_queue, from, NULL);
}

/* When a frame that goes now is there: after those before it, and the way. */
static mono arrival(struct link_end *from, uint32_t len)
{
	struct link *link = from->link;
	struct sim_random *r = &link->timeline->random;
	uint64_t way_ns = link->quality.delay_ns;

	wire_take(from, len);

	if (link->quality.jitter_ns != 0)
		way_ns += sim_random_next(r) % link->quality.jitter_ns;
	if (sim_random_chance(r, link->quality.reorder)) {
		link->counters.reordered++;
		way_ns += 1 + sim_random_next(r) % REORDER_NS;
	}
	return mono_add_ns(from->free, way_ns);
}

static void launch(struct link_end *from, struct frame *frame)
{
	struct link *link = from->link;
	struct flight *flight = mem_new(1, sizeof *flight);

	*flight = (struct flight){ .to = &link->ends[from->place ^ 1],
		                   .frame = frame,
		                   .plugged = link->plugged,
		                   .next = link->flights,
		                   .link = &link->flights };
	if (link->flights != NULL)
		link->flights->link = &flight->next;
	link->flights = flight;
	timeline_at(link->timeline, arrival(from, frame->len), arrive, link, flight);
}

static bool fits(const struct link *link, uint32_t len, const struct offload *offload)
{
	uint32_t mtu = link->quality.mtu_bytes != 0 ? link->quality.mtu_bytes : 1500;

	if (offload->gso_type != GSO_NONE)
		return link->quality.offload;
	return len <= mtu + ETH_HEADER_BYTES;
}

static bool is_full(const struct link_end *from)
{
	uint32_t most = from->link->quality.queue_frames;

	return most != 0 && from->queued >= most;
}

static bool is_arp(struct frame *frame)
{
	return frame->len > ETH_HEADER_BYTES && wire_get16(frame_bytes(frame) + 12) == ETH_TYPE_ARP;
}

static void spoil(struct link *link, struct frame *frame)
{
	struct sim_random *r = &link->timeline->random;
	uint32_t at, bit;

	if (frame->len <= ETH_HEADER_BYTES || !sim_random_chance(r, link->quality.corrupt))
		return;
	if (link->quality.spare_arp && is_arp(frame))
		return;
	/* Where a checksum is still to be made the link is a piece of memory: nothing would ever
	 * notice, and two hosts would differ about what was sent. */
	if (frame->offload.needs_checksum)
		return;
	at = ETH_HEADER_BYTES + sim_random_below(r, frame->len - ETH_HEADER_BYTES);
	bit = sim_random_below(r, 8);
	frame_bytes(frame)[at] = (uint8_t)(frame_bytes(frame)[at] ^ 1U << bit);
	link->counters.corrupted++;
}

void link_send(struct link *link, unsigned end, const uint8_t *bytes, uint32_t len,
               const struct offload *offload)
{
	static const struct offload whole = { 0 };
	struct sim_random *r = &link->timeline->random;
	struct frame *frame;
	unsigned copies = 1;

	must(end < 2);
	link->counters.sent++;
	if (!fits(link, len, offload != NULL ? offload : &whole)) {
		link->counters.too_big++;
		return;
	}
	if (!link->up || sim_random_chance(r, link->quality.loss)) {
		link->counters.lost++;
		return;
	}
	if (sim_random_chance(r, link->quality.duplicate)) {
		link->counters.duplicated++;
		copies = 2;
	}
	for (; copies > 0; copies--) {
		if (is_full(&link->ends[end])) {
			link->counters.queue_full++;
			continue;
		}
		frame = frame_new(bytes, len, offload);
		if (!link->quality.offload &&
		    !offload_finish_checksum(frame_bytes(frame), len, &frame->offload)) {
			frame_free(frame);
			continue;
		}
		spoil(link, frame);
		launch(&link->ends[end], frame);
	}
}

static void carrier_tell(struct link_end *end, bool up)
{
	if (end->station.carrier != NULL)
		end->station.carrier(end->station.arg, up);
}

void link_set_up(struct link *link, bool up)
{
	if (link->up == up)
		return;
	if (!up) {
		link->plugged++;
		link->counters.flaps++;
	}
	link->up = up;
	carrier_tell(&link->ends[0], up);
	carrier_tell(&link->ends[1], up);
}

bool link_is_up(const struct link *link)
{
	return link->up;
}

void link_set_clogged(struct link *link, bool clogged)
{
	struct flight *flight;

	link->counters.clogs += clogged && !link->clogged;
	link->clogged = clogged;
	/* What arrives may make somebody clog it again. */
	while (!link->clogged && (flight = held_take(link)) != NULL)
		land(link, flight);
}

struct link_quality *link_quality(struct link *link)
{
	return &link->quality;
}

const struct link_counters *link_counters(const struct link *link)
{
	return &link->counters;
}
