#include "main/run.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/shim_proto.h"
#include "lib/text.h"
#include "main/argument.h"
#include "main/console_client.h"
#include "main/router_path.h"

/* The library's folder below the prefix that towpath is installed in. */
#ifndef TOWPATH_SHIM_FOLDER
#define TOWPATH_SHIM_FOLDER "lib/towpath"
#endif
#define LIBRARY "libtowpath-shim.so"

struct run {
	char socket[ROUTER_PATH_BYTES];
	bool strict, verbose;
	char **program; /* and its arguments */
};

/* --- the command line ----------------------------------------------------------------------------
 */

static bool take_option(struct arguments *arguments, struct run *run, struct text *why)
{
	const char *value;
	enum argument_found found;

	if (argument_flag(arguments, "--strict")) {
		run->strict = true;
		return true;
	}
	if (argument_flag(arguments, "-v") || argument_flag(arguments, "--verbose")) {
		run->verbose = true;
		return true;
	}
	found = argument_value(arguments, "--socket", "/run/towpath/console.sock", &value, why);
	if (found != ARGUMENT_OTHER)
		return found == ARGUMENT_TAKEN && router_path_take(run->socket, value, why);
	text_printf(why, "\"%s\" is not an option of towpath run", arguments->words[0]);
	return false;
}

static bool parse(char *argv[], struct run *run, struct text *why)
{
	struct arguments arguments = { argv };

	while (arguments.words[0] != NULL && arguments.words[0][0] == '-') {
		if (argument_flag(&arguments, "--"))
			break;
		if (!take_option(&arguments, run, why))
			return false;
	}
	run->program = argv + (arguments.words - argv);
	if (run->program[0] == NULL) {
		text_add(why,
		         "which program? For example: towpath run -- curl http://example.com/");
		return false;
	}
	return run->socket[0] != '\0' || router_path_find(run->socket, why);
}

/* --- the library ---------------------------------------------------------------------------------
 */

/* Beside towpath in a build directory, else below the prefix: towpath is in its bin. */
static bool find_library(char path[static RUN_PATH_BYTES], struct text *why)
{
	static const char *const places[] = { "/" LIBRARY, "/../" TOWPATH_SHIM_FOLDER "/" LIBRARY };
	char self[RUN_PATH_BYTES / 2];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (n < 0)
		n = 0;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	for (size_t i = 0; slash != NULL && i < ARRAY_LEN(places); i++) {
		snprintf(path, RUN_PATH_BYTES, "%s%s", self, places[i]);
		if (access(path, R_OK) == 0)
			return true;
	}
	text_printf(why,
	            "the library " LIBRARY " is neither beside %s/towpath nor in %s/../%s: is "
	            "Towpath installed whole?",
	            self, self, TOWPATH_SHIM_FOLDER);
	return false;
}

/* What the program's user preloads comes behind ours. */
static bool set_environment(const struct run *run, const char *library)
{
	struct text preload = { 0 }, path = { 0 };
	const char *others = getenv("LD_PRELOAD");
	char buffer[RUN_PATH_BYTES];
	const char *folder = getcwd(buffer, sizeof buffer);
	bool good;

	text_add(&preload, library);
	if (others != NULL && others[0] != '\0')
		text_printf(&preload, ":%s", others);
	if (run->socket[0] != '/') /* the program may go elsewhere */
		text_printf(&path, "%s/", folder != NULL ? folder : ".");
	text_printf(&path, "%s" SHIM_SUFFIX, run->socket);
	good = setenv("LD_PRELOAD", text_str(&preload), 1) == 0 &&
	       setenv(SHIM_ENV_PATH, text_str(&path), 1) == 0;
	if (good && run->verbose)
		good = setenv(SHIM_ENV_VERBOSE, "1", 1) == 0;
	text_free(&preload);
	text_free(&path);
	return good;
}

/* --- strict --------------------------------------------------------------------------------------
 */

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

/* Who is not root makes a namespace of users, too, in which they are who they are. */
static bool leave_as_user(void)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	snprintf(map, sizeof map, "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map) || !write_file("/proc/self/setgroups", "deny"))
		return false;
	snprintf(map, sizeof map, "%u %u 1", gid, gid);
	return write_file("/proc/self/gid_map", map);
}

/* 127/8 is the kernel's by rule, also in there. */
static bool raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

static bool leave_network(struct text *why)
{
	if ((unshare(CLONE_NEWNET) == 0 || leave_as_user()) && raise_loopback())
		return true;
	text_printf(why,
	            "--strict needs a network namespace of its own, and this system does not let "
	            "you make one: %s",
	            strerror(errno));
	return false;
}

/* --- all of it -----------------------------------------------------------------------------------
 */

static int run(struct run *run, struct text *why)
{
	char program[RUN_PATH_BYTES], library[RUN_PATH_BYTES];
	enum run_found found = run_find_program(run->program[0], program, why);

	if (found != RUN_FOUND)
		return (int)found;
	if (!find_library(library, why))
		return RUN_NOT_OURS;
	if (!run_ask_router(run->socket, why))
		return EXIT_NO_ROUTER;
	if (run->strict && !leave_network(why))
		return RUN_NOT_OURS;
	if (!set_environment(run, library)) {
		text_printf(why, "the environment: %s", strerror(errno));
		return RUN_NOT_OURS;
	}
	execv(program, run->program);
	text_printf(why, "%s: %s", program, strerror(errno));
	return errno == ENOENT ? RUN_NOT_FOUND : RUN_NOT_OURS;
}

int run_main(char *argv[])
{
	struct run request = { .strict = false };
	struct text why = { 0 };
	int status = EXIT_USAGE;
	bool parsed = parse(argv, &request, &why);

	if (parsed)
		status = run(&request, &why);
	fprintf(stderr, "towpath: %s\n%s", text_str(&why), parsed ? "" : "Try: towpath --help\n");
	text_free(&why);
	return status;
}
