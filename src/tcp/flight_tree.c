#include "tcp/flight_inside.h"

#include "tcp/seq.h"

/* What stands above has the smaller one. Any mixing of bits will do. */
static uint32_t rank_of(uint32_t at)
{
	at ^= at >> 16;
	at *= 0x7feb352dU;
	at ^= at >> 15;
	at *= 0x846ca68bU;
	return at ^ at >> 16;
}

/* The place that names @at: its parent's left or right, or the root. */
static uint32_t *place_of(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *parent = &pool->records[pool->records[at].parent];

	if (pool->records[at].parent == 0)
		return &flight->root;
	return parent->left == at ? &parent->left : &parent->right;
}

/* @at and its parent change places; the order from left to right stays. */
static void rotate_up(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t parent = all[at].parent;
	bool is_left = all[parent].left == at;
	uint32_t moved = is_left ? all[at].right : all[at].left;

	*place_of(flight, pool, parent) = at;
	all[at].parent = all[parent].parent;
	all[parent].parent = at;
	if (is_left) {
		all[at].right = parent;
		all[parent].left = moved;
	} else {
		all[at].left = parent;
		all[parent].right = moved;
	}
	if (moved != 0)
		all[moved].parent = parent;
}

void flight_tree_insert(struct flight *flight, struct flight_pool *pool, uint32_t at,
                        uint32_t previous)
{
	struct flight_record *all = pool->records;
	uint32_t parent = previous, *place;

	if (previous != 0 && all[previous].right == 0) {
		place = &all[previous].right;
	} else {
		/* The next one in order is then the lowest of what stands right of @previous. */
		uint32_t below = previous != 0 ? all[previous].right : flight->root;

		for (parent = 0; below != 0; below = all[below].left)
			parent = below;
		place = parent != 0 ? &all[parent].left : &flight->root;
	}
	*place = at;
	all[at].left = all[at].right = 0;
	all[at].parent = parent;
	while (all[at].parent != 0 && rank_of(at) < rank_of(all[at].parent))
		rotate_up(flight, pool, at);
}

void flight_tree_remove(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t below;

	while (all[at].left != 0 && all[at].right != 0) {
		below = all[at].left;
		if (rank_of(all[at].right) < rank_of(below))
			below = all[at].right;
		rotate_up(flight, pool, below);
	}
	below = all[at].left != 0 ? all[at].left : all[at].right;
	*place_of(flight, pool, at) = below;
	if (below != 0)
		all[below].parent = all[at].parent;
}

uint32_t flight_tree_find(const struct flight *flight, const struct flight_pool *pool, uint32_t seq)
{
	uint32_t at = flight->root, found = 0;

	while (at != 0) {
		const struct flight_record *record = &pool->records[at];

		if (seq_gt(record->end, seq)) {
			found = at;
			at = record->left;
		} else {
			at = record->right;
		}
	}
	return found;
}
