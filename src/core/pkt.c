#include "core/pkt.h"

#include <string.h>

#include "core/drop_record.h"
#include "core/explain.h"
#include "core/net.h"
#include "core/tap.h"
#include "lib/mem.h"

enum {
	SMALL_BYTES = PORT_HEADROOM_BYTES + 2048,
	LARGE_BYTES = PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX,
};

/* A buffer and the packet that it carries, so that one free list serves both. */
struct pkt_buffer {
	struct pkt pkt;
	struct pkt_buffer *next; /* free ones */
	struct pkt_class *class;
	uint8_t *memory;
	bool taken;
};

struct pkt_class {
	struct pkt_buffer *buffers, *free;
	uint8_t *memory;
	uint32_t size_bytes; /* of one buffer */
	unsigned n, available;
};

struct pkt_pool {
	struct pkt_class small, large, train;
};

static void class_init(struct pkt_class *class, unsigned n, uint32_t size_bytes)
{
	class->buffers = mem_new(n, sizeof class->buffers[0]);
	class->memory = mem_new(n, size_bytes);
	class->size_bytes = size_bytes;
	class->n = class->available = n;
	for (unsigned i = n; i-- > 0;) {
		struct pkt_buffer *b = &class->buffers[i];

		b->class = class;
		b->memory = class->memory + (size_t)i * size_bytes;
		b->next = class->free;
		class->free = b;
	}
}

struct pkt_pool *pkt_pool_new(unsigned small, unsigned large)
{
	struct pkt_pool *pool = mem_new(1, sizeof *pool);

	class_init(&pool->small, small, SMALL_BYTES);
	class_init(&pool->large, large, LARGE_BYTES);
	class_init(&pool->train, large / 4 + 1, LARGE_BYTES);
	return pool;
}

void pkt_pool_free(struct pkt_pool *pool)
{
	if (pool == NULL)
		return;
	must(pool->train.available == pool->train.n); /* none outlives a turn */
	mem_free(pool->small.buffers);
	mem_free(pool->small.memory);
	mem_free(pool->large.buffers);
	mem_free(pool->large.memory);
	mem_free(pool->train.buffers);
	mem_free(pool->train.memory);
	mem_free(pool);
}

unsigned pkt_pool_available(const struct pkt_pool *pool)
{
	return pool->small.available + pool->large.available;
}

unsigned pkt_pool_total(const struct pkt_pool *pool)
{
	return pool->small.n + pool->large.n;
}

static struct pkt_buffer *class_take(struct pkt_class *class, uint32_t len)
{
	struct pkt_buffer *b = class->free;

	if (b == NULL || len > class->size_bytes - PORT_HEADROOM_BYTES)
		return NULL;
	must(!b->taken);
	b->taken = true;
	class->free = b->next;
	class->available--;
	return b;
}

/* A buffer for @len bytes; a large one will do when the small ones are gone. */
static struct pkt_buffer *buffer_take(struct net *net, uint32_t len)
{
	struct pkt_buffer *b = class_take(&net->pool->small, len);

	if (b == NULL)
		b = class_take(&net->pool->large, len);
	return b;
}

/* Let @b's packet say where its bytes are; the other fields stay as they are. */
static struct pkt *buffer_attach(struct pkt_buffer *b, uint32_t len)
{
	struct pkt *p = &b->pkt;

	p->buffer = b;
	p->bytes = b->memory + PORT_HEADROOM_BYTES;
	p->len = len;
	p->headroom = PORT_HEADROOM_BYTES;
	p->tailroom = b->class->size_bytes - PORT_HEADROOM_BYTES - len;
	return p;
}

struct pkt *pkt_new_to_fill(struct net *net, uint32_t len)
{
	struct pkt_buffer *b = buffer_take(net, len);

	if (b == NULL)
		return NULL;
	net->ledger.made++;
	b->pkt = (struct pkt){ .flow = FLOW_NONE };
	return buffer_attach(b, len);
}

struct pkt *pkt_new(struct net *net, uint32_t len)
{
	struct pkt *p = pkt_new_to_fill(net, len);

	/* What an earlier packet left here must not leave the router (CVE-2003-0001). */
	if (p != NULL)
		memset(p->bytes, 0, len);
	return p;
}

struct pkt *pkt_copy(struct net *net, const struct pkt *p)
{
	struct pkt_buffer *b = buffer_take(net, p->len);

	if (b == NULL)
		return NULL;
	b->pkt = *p;
	memcpy(b->memory + PORT_HEADROOM_BYTES, p->bytes, p->len);
	return buffer_attach(b, p->len);
}

struct pkt *pkt_new_train(struct net *net, const uint8_t *bytes, uint32_t len)
{
	struct pkt_buffer *b = class_take(&net->pool->train, len);

	if (b == NULL)
		return NULL;
	b->pkt = (struct pkt){ .flow = FLOW_NONE };
	memcpy(b->memory + PORT_HEADROOM_BYTES, bytes, len);
	return buffer_attach(b, len);
}

void pkt_done(struct net *net, struct pkt *p)
{
	struct pkt_buffer *b = p->buffer;

	(void)net;
	if (b == NULL)
		return;
	must(b->taken && &b->pkt == p);
	b->taken = false;
	b->next = b->class->free;
	b->class->free = b;
	b->class->available++;
}

enum verdict pkt_drop(struct net *net, struct pkt *p, enum drop_reason reason)
{
	struct iface *in = iface_get(net, p->in);

	must(reason < DROP_COUNT);
	if (!p->asked_only) {
		net->drops[reason]++;
		if (drop_is_loss(reason)) {
			drop_record_add(net->drop_records, p, reason, net->now);
			if (in != NULL)
				in->counters.rx_drops++;
		}
	}
	tap_end(net, p, reason);
	explain(p->why, drop_is_loss(reason) ? "drop" : "local", "%s: %s", drop_word(reason),
	        drop_sentence(reason));
	pkt_done(net, p);
	return VERDICT_TAKEN;
}

bool pkt_move_start(struct pkt *p, int32_t by)
{
	if (by < 0 && (uint32_t)-by > p->headroom)
		return false;
	must(by <= (int32_t)p->l3);
	p->bytes += by;
	p->len -= (uint32_t)by; /* modulo 2^32: a negative step makes it longer */
	p->headroom += (uint32_t)by;
	p->l3 = (uint16_t)(p->l3 - by);
	p->l4 = (uint16_t)(p->l4 - by);
	p->payload_at = (uint16_t)(p->payload_at - by);
	if (p->offload.needs_checksum)
		p->offload.checksum_start = (uint16_t)(p->offload.checksum_start - by);
	if (p->offload.header_bytes != 0)
		p->offload.header_bytes = (uint16_t)(p->offload.header_bytes - by);
	return true;
}
