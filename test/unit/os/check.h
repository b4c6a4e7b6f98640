/*
 * check.h -- what the tests of this room share: cmocka, a directory of one's own.
 */
#ifndef TEST_OS_CHECK_H
#define TEST_OS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scratch {
	char directory[64];
	char path[128]; /* of the last scratch_path() */
};

static inline void scratch_make(struct scratch *s)
{
	snprintf(s->directory, sizeof s->directory, "/tmp/towpath-test-XXXXXX");
	assert_non_null(mkdtemp(s->directory));
}

static inline const char *scratch_path(struct scratch *s, const char *name)
{
	snprintf(s->path, sizeof s->path, "%s/%s", s->directory, name);
	return s->path;
}

/* The directory must be empty but for @names. */
static inline void scratch_remove(struct scratch *s, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		assert_int_equal(unlink(scratch_path(s, *names)), 0);
	assert_int_equal(rmdir(s->directory), 0);
}

#endif
