/*
 * flow_list.h -- how the flow table's bytes are laid out and linked; for the flow_*.c files only.
 *
 * A link names a record and a direction: (index << 1 | direction) + 1, 0 ends a chain.
 */
#ifndef FW_FLOW_LIST_H
#define FW_FLOW_LIST_H

#include <assert.h>

#include "fw/flow.h"

#define FLOW_RECORD_BYTES ((uint32_t)sizeof(struct flow))
#define FLOW_CAPACITY_MAX (1U << 24)

static inline uint32_t flow_link(uint32_t index, uint8_t dir)
{
	return (index << 1 | dir) + 1;
}

static inline uint32_t flow_link_index(uint32_t link)
{
	return (link - 1) >> 1;
}

static inline unsigned flow_link_dir(uint32_t link)
{
	return (link - 1) & 1;
}

static inline size_t flows_header_bytes(void)
{
	return (sizeof(struct flows) + 63) / 64 * 64;
}

static inline uint32_t *flows_buckets(struct flows *flows)
{
	return (uint32_t *)(void *)((uint8_t *)flows + flows_header_bytes());
}

static inline const uint32_t *flows_buckets_const(const struct flows *flows)
{
	return (const uint32_t *)(const void *)((const uint8_t *)flows + flows_header_bytes());
}

static inline size_t flows_mapping_heads_at(const struct flows *flows)
{
	size_t buckets = ((size_t)flows->bucket_mask + 1) * sizeof(uint32_t);

	return flows_header_bytes() + (buckets + 63) / 64 * 64;
}

static inline size_t flows_records_at(const struct flows *flows)
{
	size_t heads = ((size_t)flows->mapping_mask + 1) * sizeof(uint32_t);

	return flows_mapping_heads_at(flows) + (heads + 63) / 64 * 64;
}

/* Heads of the chains of mappings; they lie between the buckets and the records. */
static inline uint32_t *flows_mapping_heads(struct flows *flows)
{
	return (uint32_t *)(void *)((uint8_t *)flows + flows_mapping_heads_at(flows));
}

static inline const uint32_t *flows_mapping_heads_const(const struct flows *flows)
{
	return (const uint32_t *)(const void *)((const uint8_t *)flows +
	                                        flows_mapping_heads_at(flows));
}

static inline struct flow *flows_records(struct flows *flows)
{
	return (struct flow *)(void *)((uint8_t *)flows + flows_records_at(flows));
}

static inline const struct flow *flows_records_const(const struct flows *flows)
{
	return (const struct flow *)(const void *)((const uint8_t *)flows +
	                                           flows_records_at(flows));
}

/* Is the header one that this build wrote, and are @len bytes enough for it? */
bool flows_is_table(const struct flows *flows, size_t len);

/* The wheel: put the record into the slot of its due time / take it out (flow_age.c). */
void flow_timer_add(struct flows *flows, uint32_t index);
void flow_timer_remove(struct flows *flows, uint32_t index);

#endif
