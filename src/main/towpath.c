/*
 * towpath.c -- the router's console, from a terminal of this machine.
 *
 * It is a pipe: completion, editing and all commands are in the router (towpathd). `towpath run` is
 * something else: a program that uses the router's sockets (run.h).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "main/argument.h"
#include "main/console_client.h"
#include "main/router_path.h"
#include "main/run.h"
#include "main/usage.h"
#include "os/console_proto.h"

struct request {
	char path[ROUTER_PATH_BYTES];
	struct arguments commands; /* walked again: the -c options among all words */
	unsigned ncommands;
	char user[CONSOLE_WHO_BYTES];
	bool help, version;
};

static enum argument_found take_command(struct arguments *arguments, const char **ret_line,
                                        struct text *why)
{
	static const char example[] = "'/ip route print'";
	enum argument_found found = argument_value(arguments, "-c", example, ret_line, why);

	if (found != ARGUMENT_OTHER)
		return found;
	return argument_value(arguments, "--command", example, ret_line, why);
}

static enum argument_found take_user_word(struct arguments *arguments, const char **ret_user,
                                          struct text *why)
{
	enum argument_found found = argument_value(arguments, "-u", "admin", ret_user, why);

	if (found != ARGUMENT_OTHER)
		return found;
	return argument_value(arguments, "--user", "admin", ret_user, why);
}

static bool take_user(const char *value, struct request *request, struct text *why)
{
	if (value[0] == '\0' || strlen(value) >= sizeof request->user) {
		text_printf(why, "the option --user needs a name of 1 to %zu characters",
		            sizeof request->user - 1);
		return false;
	}
	memcpy(request->user, value, strlen(value) + 1);
	return true;
}

static bool take_word(struct arguments *arguments, struct request *request, struct text *why)
{
	const char *value;
	enum argument_found found;

	if (argument_flag(arguments, "--help") || argument_flag(arguments, "-h")) {
		request->help = true;
		return true;
	}
	if (argument_flag(arguments, "--version")) {
		request->version = true;
		return true;
	}
	found = take_command(arguments, &value, why);
	if (found != ARGUMENT_OTHER) {
		request->ncommands++;
		return found == ARGUMENT_TAKEN;
	}
	found = take_user_word(arguments, &value, why);
	if (found != ARGUMENT_OTHER)
		return found == ARGUMENT_TAKEN && take_user(value, request, why);
	found = argument_value(arguments, "--socket", "/run/towpath/console.sock", &value, why);
	if (found != ARGUMENT_OTHER)
		return found == ARGUMENT_TAKEN && router_path_take(request->path, value, why);
	text_printf(why, "\"%s\" is not an option; a command of the router is given as -c '%s'",
	            arguments->words[0], arguments->words[0]);
	return false;
}

static bool parse(char *const argv[], struct request *request, struct text *why)
{
	struct arguments arguments = { argv[0] != NULL ? argv + 1 : argv };

	request->commands = arguments;
	while (arguments.words[0] != NULL) {
		if (!take_word(&arguments, request, why))
			return false;
	}
	if (request->path[0] == '\0')
		return router_path_find(request->path, why);
	return true;
}

/* The words have been checked: what is no -c is an option that has been taken, or its value. */
static enum console_exit run_commands(struct console_client *client, struct arguments commands)
{
	char nothing[1];
	struct text why = text_into(nothing, sizeof nothing);

	while (commands.words[0] != NULL) {
		const char *line;
		enum console_exit exit = EXIT_OK;

		if (take_command(&commands, &line, &why) == ARGUMENT_TAKEN)
			exit = console_client_run(client, line, strlen(line));
		else if (take_user_word(&commands, &line, &why) == ARGUMENT_OTHER &&
		         argument_value(&commands, "--socket", "", &line, &why) == ARGUMENT_OTHER)
			commands.words++;
		if (exit != EXIT_OK)
			return exit;
	}
	return EXIT_OK;
}

static enum console_exit run_standard_input(struct console_client *client)
{
	struct byte_queue script = byte_queue_make(CONSOLE_PAYLOAD_BYTES);
	enum console_exit exit = EXIT_USAGE;
	int64_t n;

	while ((n = byte_queue_read(&script, STDIN_FILENO)) > 0) {
	}
	if (n < 0)
		fprintf(stderr, "towpath: the script can't be read, or is longer than %u MiB\n",
		        CONSOLE_PAYLOAD_BYTES >> 20);
	else if (script.len == 0)
		exit = EXIT_OK;
	else
		exit = console_client_run(client, (const char *)byte_queue_bytes(&script),
		                          script.len);
	byte_queue_free(&script);
	return exit;
}

static enum console_exit run(const struct request *request)
{
	bool interactive = request->ncommands == 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	struct console_client client;
	char said[512];
	struct text words = text_into(said, sizeof said);
	enum console_exit exit;

	if (console_client_open(&client, request->path, request->user, interactive, &words) != 0) {
		fprintf(stderr, "towpath: %s\n", text_str(&words));
		return EXIT_NO_ROUTER;
	}
	if (interactive)
		exit = console_client_talk(&client);
	else if (request->ncommands > 0)
		exit = run_commands(&client, request->commands);
	else
		exit = run_standard_input(&client);
	console_client_close(&client);
	return exit;
}

int main(int argc, char **argv)
{
	struct request request = { 0 };
	char said[512];
	struct text why = text_into(said, sizeof said);

	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return run_main(argv + 2);
	if (!parse(argv, &request, &why)) {
		fprintf(stderr, "towpath: %s\nTry: towpath --help\n", text_str(&why));
		return EXIT_USAGE;
	}
	if (request.help) {
		struct text usage = { 0 };

		usage_print(&usage_towpath, &usage);
		fputs(text_str(&usage), stdout);
		text_free(&usage);
		return EXIT_OK;
	}
	if (request.version) {
		puts("towpath " TOWPATH_VERSION);
		return EXIT_OK;
	}
	return (int)run(&request);
}
