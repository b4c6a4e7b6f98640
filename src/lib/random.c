#include "lib/random.h"

#include "lib/must.h"

uint32_t random_below(struct random *random, uint32_t below)
{
	must(below > 0);

	/* Values under the largest multiple of @below that fits are even; the few others are
	 * drawn again. */
	uint32_t floor = (uint32_t)(-below) % below;

	for (;;) {
		uint32_t v = random_u32(random);

		if (v >= floor)
			return v % below;
	}
}
