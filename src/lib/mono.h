/*
 * mono.h -- time.
 *
 * mono counts nanoseconds on a clock that never jumps; its start means nothing. wall counts
 * nanoseconds since 1970-01-01 UTC and may jump; it is for people, never for timers. They are
 * structs so that one can't be taken for the other. Core code gets the time as an argument.
 */
#ifndef LIB_MONO_H
#define LIB_MONO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint64_t ns;
} mono;

typedef struct {
	int64_t ns;
} wall;

#define NS_PER_US 1000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_S  1000000000ULL

/* Later than any time a clock shows: "never". */
static inline mono mono_never(void)
{
	return (mono){ UINT64_MAX };
}

/* Adding stops at never instead of coming round to the past. */
static inline mono mono_add_ns(mono t, uint64_t ns)
{
	return (mono){ t.ns > UINT64_MAX - ns ? UINT64_MAX : t.ns + ns };
}

static inline mono mono_add_ms(mono t, uint64_t ms)
{
	return ms > UINT64_MAX / NS_PER_MS ? mono_never() : mono_add_ns(t, ms * NS_PER_MS);
}

static inline mono mono_add_s(mono t, uint64_t s)
{
	return s > UINT64_MAX / NS_PER_S ? mono_never() : mono_add_ns(t, s * NS_PER_S);
}

static inline bool mono_before(mono a, mono b)
{
	return a.ns < b.ns;
}

/* True once @now has reached @due. */
static inline bool mono_due(mono due, mono now)
{
	return now.ns >= due.ns;
}

static inline mono mono_min(mono a, mono b)
{
	return a.ns < b.ns ? a : b;
}

/* How long from @earlier to @later; 0 when @later is not later. */
static inline uint64_t mono_since_ns(mono later, mono earlier)
{
	return later.ns > earlier.ns ? later.ns - earlier.ns : 0;
}

static inline uint64_t mono_since_ms(mono later, mono earlier)
{
	return mono_since_ns(later, earlier) / NS_PER_MS;
}

#endif
