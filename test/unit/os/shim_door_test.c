#include "../unit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/shim_door.h"

static char directory[] = "/tmp/towpath-door-XXXXXX";

static unsigned files(void)
{
	DIR *opened = opendir(directory);
	const struct dirent *entry;
	unsigned n = 0;

	while ((entry = readdir(opened)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(opened);
	return n;
}

static const char *near(void)
{
	static char path[64];

	snprintf(path, sizeof path, "%s/console.sock.run", directory);
	return path;
}

static void a_pair_is_made_and_nothing_is_left_in_the_file_system(void **state)
{
	struct shim_door door;
	int theirs = socket(AF_UNIX, SOCK_STREAM, 0), ours;
	char bytes[8];

	assert_int_equal(shim_door_open(&door, near(), SOCK_STREAM), 0);
	assert_int_equal(files(), 0);
	assert_int_equal(shim_door_pair(&door, theirs, &ours), 0);
	assert_int_equal(write(theirs, "there", 5), 5);
	assert_int_equal(read(ours, bytes, sizeof bytes), 5);
	assert_int_equal(read(ours, bytes, sizeof bytes), -1);
	assert_int_equal(errno, EAGAIN);
	/* One that is connected, and one of another type. */
	assert_int_equal(shim_door_pair(&door, theirs, &ours), -EISCONN);
	close(theirs);
	close(ours);
	theirs = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(shim_door_pair(&door, theirs, &ours), -EPROTOTYPE);
	close(theirs);
	shim_door_close(&door);
	shim_door_close(&door);
}

static void who_closes_its_listener_is_found_out(void **state)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int path_fd, taken;

	assert_int_equal(shim_door_listen(listener, near(), 4, &path_fd), 0);
	assert_int_equal(files(), 0);
	assert_int_equal(shim_door_connect(fd, path_fd), 0);
	taken = accept(listener, NULL, NULL);
	assert_true(taken >= 0);
	close(taken);
	close(fd);
	close(listener);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(shim_door_connect(fd, path_fd), -ECONNREFUSED);
	close(fd);
	close(path_fd);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	struct shim_door door;
	char path[200];

	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_int_equal(shim_door_open(&door, path, SOCK_STREAM), -ENAMETOOLONG);
	shim_door_close(&door);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_is_made_and_nothing_is_left_in_the_file_system),
		cmocka_unit_test(who_closes_its_listener_is_found_out),
		cmocka_unit_test(a_name_that_is_too_long_is_refused),
	};
	int failed;

	assert_non_null(mkdtemp(directory));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
