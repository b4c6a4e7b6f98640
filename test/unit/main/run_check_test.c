/*
 * What `towpath run` finds out before it becomes a program.
 */
#include "../unit.h"

#include <elf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/shim_proto.h"
#include "lib/text.h"
#include "main/run.h"

static char directory[] = "/tmp/towpath-run-XXXXXX";

static const char *place(const char *name)
{
	static char path[64];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static void put_file(const char *name, const void *bytes, size_t len, mode_t mode)
{
	FILE *file = fopen(place(name), "w");

	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
	assert_int_equal(chmod(place(name), mode), 0);
}

/* @parts program headers, of which the last is of type @last. */
static void put_elf(const char *name, uint8_t class, unsigned parts, uint32_t last)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part[4];
	} elf = { 0 };

	memcpy(elf.head.e_ident, ELFMAG, SELFMAG);
	elf.head.e_ident[EI_CLASS] = class;
	elf.head.e_phoff = sizeof elf.head;
	elf.head.e_phnum = (Elf64_Half)parts;
	elf.head.e_phentsize = sizeof elf.part[0];
	for (unsigned i = 0; i < parts && i < 4; i++)
		elf.part[i].p_type = i + 1 == parts ? last : PT_LOAD;
	put_file(name, &elf, sizeof elf, 0755);
}

static void expect(enum run_found expected, const char *program, const char *words)
{
	char path[RUN_PATH_BYTES], said[400];
	struct text why = text_into(said, sizeof said);

	assert_int_equal(run_find_program(program, path, &why), expected);
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", said, words);
}

static void programs_that_cannot_be_taken_over_are_refused_with_the_reason(void **state)
{
	put_elf("dynamic", ELFCLASS64, 3, PT_INTERP);
	expect(RUN_FOUND, place("dynamic"), "");
	put_elf("static", ELFCLASS64, 3, PT_NOTE);
	expect(RUN_NOT_OURS, place("static"), "static is statically linked");
	put_elf("short", ELFCLASS64, 200, PT_LOAD); /* headers past the end */
	expect(RUN_NOT_OURS, place("short"), "statically linked");
	put_elf("small", ELFCLASS32, 1, PT_INTERP);
	expect(RUN_NOT_OURS, place("small"), "32 bits");
	put_file("text", "hello", 5, 0644);
	expect(RUN_NOT_OURS, place("text"), "not a program that you may run");
	expect(RUN_NOT_OURS, directory, "not a program that you may run");
	expect(RUN_NOT_FOUND, place("none"), "No such file");
}

static void a_script_is_what_runs_it(void **state)
{
	char script[300];

	put_elf("static", ELFCLASS64, 1, PT_LOAD);
	snprintf(script, sizeof script, "#! %s -x\n", place("static"));
	put_file("script", script, strlen(script), 0755);
	expect(RUN_NOT_OURS, place("script"), "static is statically linked");
	put_file("script2", "#!/usr/bin/env static\n", 22, 0755);
	expect(RUN_NOT_OURS, place("script2"), "static is statically linked");
	put_file("script3", "#!/usr/bin/env sh\n", 18, 0755);
	expect(RUN_FOUND, place("script3"), "");
	/* One that runs itself is exec()'s to refuse. */
	snprintf(script, sizeof script, "#!%s\n", place("script4"));
	put_file("script4", script, strlen(script), 0755);
	expect(RUN_FOUND, place("script4"), "");
}

static void names_are_looked_for_in_path(void **state)
{
	char path[RUN_PATH_BYTES], said[400];
	struct text why = text_into(said, sizeof said);

	put_elf("dynamic", ELFCLASS64, 1, PT_INTERP);
	assert_int_equal(run_find_program("dynamic", path, &why), RUN_FOUND);
	assert_string_equal(path, place("dynamic"));
	expect(RUN_NOT_FOUND, "no-such-program", "no program \"no-such-program\" in $PATH");
}

/* --- the router ---------------------------------------------------------------------------- */

static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s" SHIM_SUFFIX, place(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

struct router {
	int fd;
	struct shim_answer answer;
	size_t len; /* 0: it hangs up */
};

static void *answer_once(void *arg)
{
	const struct router *router = arg;
	int fd = accept(router->fd, NULL, NULL);
	uint8_t request[100];

	if (recv(fd, request, sizeof request, 0) == sizeof(struct shim_request) && router->len > 0)
		(void)!send(fd, &router->answer, router->len, 0);
	close(fd);
	return NULL;
}

static void ask(struct router *router, bool expected, const char *words)
{
	char said[400];
	struct text why = text_into(said, sizeof said);
	pthread_t thread;

	router->fd = listen_at("router");
	pthread_create(&thread, NULL, answer_once, router);
	assert_int_equal(run_ask_router(place("router"), &why), expected);
	pthread_join(thread, NULL);
	close(router->fd);
	unlink(place("router" SHIM_SUFFIX));
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", said, words);
}

static void a_router_is_asked_before_anything_begins(void **state)
{
	struct router good = { .answer = { .version = SHIM_VERSION }, .len = sizeof good.answer };
	struct router other = { .answer = { .version = 99 }, .len = sizeof other.answer };
	struct router mute = { .len = 0 };
	char said[400];
	struct text why = text_into(said, sizeof said);

	ask(&good, true, "");
	ask(&other, false, "different versions");
	ask(&mute, false, "different versions");
	assert_false(run_ask_router(place("nobody"), &why));
	assert_non_null(strstr(said, "no router answers at"));
	assert_non_null(strstr(said, "nobody: is towpathd running?"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_cannot_be_taken_over_are_refused_with_the_reason),
		cmocka_unit_test(a_script_is_what_runs_it),
		cmocka_unit_test(names_are_looked_for_in_path),
		cmocka_unit_test(a_router_is_asked_before_anything_begins),
	};
	static const char *const files[] = { "dynamic", "static",  "short",   "small",  "text",
		                             "script",  "script2", "script3", "script4" };
	char path[200];
	int failed;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s:/usr/bin:/bin", directory);
	setenv("PATH", path, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(place(files[i]));
	rmdir(directory);
	return failed;
}
