#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/shim_proto.h"
#include "lib/text.h"
#include "main/run.h"

/* How often a script may be run by a script. */
#define SCRIPTS_MAX 4
#define HEAD_BYTES  512

static enum run_found check_file(const char *path, unsigned scripts, struct text *why);

/* --- where it is ------------------------------------------------------------------------------ */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool search(const char *name, char path[static RUN_PATH_BYTES])
{
	const char *at = getenv("PATH");

	if (at == NULL || at[0] == '\0')
		at = "/usr/local/bin:/usr/bin:/bin";
	while (at != NULL) {
		const char *end = strchrnul(at, ':');
		int n = snprintf(path, RUN_PATH_BYTES, "%.*s%s%s", (int)(end - at), at,
		                 end > at ? "/" : "", name);

		if (n > 0 && n < RUN_PATH_BYTES && is_program(path))
			return true;
		at = *end == ':' ? end + 1 : NULL;
	}
	return false;
}

enum run_found run_find_program(const char *program, char path[static RUN_PATH_BYTES],
                                struct text *why)
{
	struct stat st;

	if (strchr(program, '/') == NULL) {
		if (!search(program, path)) {
			text_printf(why, "there is no program \"%s\" in $PATH", program);
			return RUN_NOT_FOUND;
		}
	} else {
		if (strlen(program) >= RUN_PATH_BYTES || stat(program, &st) != 0) {
			text_printf(why, "%s: %s", program, strerror(errno));
			return RUN_NOT_FOUND;
		}
		memcpy(path, program, strlen(program) + 1);
		if (!is_program(path)) {
			text_printf(why, "%s is not a program that you may run", program);
			return RUN_NOT_OURS;
		}
	}
	return check_file(path, 0, why);
}

/* --- can the library be loaded? -----------------------------------------------------------------
 */

static enum run_found refuse(struct text *why, const char *path, const char *reason)
{
	text_printf(why, "%s %s: its calls can't be taken over", path, reason);
	return RUN_NOT_OURS;
}

/* The loader of a program that gets more rights than its user has loads nothing of the user's. */
static bool gets_rights(const char *path)
{
	struct stat st;

	if (geteuid() == 0 || stat(path, &st) != 0)
		return false;
	return ((st.st_mode & S_ISUID) != 0 && st.st_uid != getuid()) ||
	       ((st.st_mode & S_ISGID) != 0 && st.st_gid != getgid()) ||
	       getxattr(path, "security.capability", NULL, 0) > 0;
}

/* The words behind #!: the interpreter, and what `env` would look for. */
static enum run_found check_script(char *line, unsigned scripts, struct text *why)
{
	char found[RUN_PATH_BYTES];
	char *program, *argument, *rest;

	line[strcspn(line, "\n")] = '\0';
	program = strtok_r(line, " \t", &rest);
	if (program == NULL || scripts >= SCRIPTS_MAX)
		return RUN_FOUND; /* exec() says what is wrong with it */
	argument = strtok_r(NULL, " \t", &rest);
	if (strcmp(program, "/usr/bin/env") == 0 && argument != NULL && argument[0] != '-' &&
	    search(argument, found))
		return check_file(found, scripts + 1, why);
	return check_file(program, scripts + 1, why);
}

/* A program that is linked dynamically names its loader. */
static bool has_loader(int fd, const Elf64_Ehdr *head)
{
	Elf64_Phdr part;

	for (unsigned i = 0; i < head->e_phnum; i++) {
		off_t at = (off_t)(head->e_phoff + (uint64_t)i * sizeof part);

		if (pread(fd, &part, sizeof part, at) != (ssize_t)sizeof part)
			return false;
		if (part.p_type == PT_INTERP)
			return true;
	}
	return false;
}

static enum run_found check_elf(int fd, const Elf64_Ehdr *head, const char *path, struct text *why)
{
	if (head->e_ident[EI_CLASS] != ELFCLASS64)
		return refuse(why, path,
		              "is of another kind than this machine's towpath (32 bits)");
	if (head->e_phentsize != sizeof(Elf64_Phdr) || !has_loader(fd, head))
		return refuse(why, path, "is statically linked");
	if (gets_rights(path))
		return refuse(why, path,
		              "runs with more rights than you have (set-user-ID or capabilities)");
	return RUN_FOUND;
}

static enum run_found check_file(const char *path, unsigned scripts, struct text *why)
{
	union {
		Elf64_Ehdr elf;
		char text[HEAD_BYTES + 1];
	} head = { .text = "" };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum run_found found = RUN_FOUND;

	if (fd < 0) /* it may be run though not read: we believe the best */
		return RUN_FOUND;

	ssize_t n = read(fd, head.text, HEAD_BYTES);

	if (n >= (ssize_t)sizeof head.elf && memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0)
		found = check_elf(fd, &head.elf, path, why);
	else if (n > 2 && head.text[0] == '#' && head.text[1] == '!')
		found = check_script(head.text + 2, scripts, why);
	close(fd);
	return found;
}

/* --- the router ---------------------------------------------------------------------------------
 */

static bool explain(const char *path, int error, struct text *why)
{
	if (error == EACCES || error == EPERM)
		text_printf(why,
		            "the router at %s serves only programs of root and of the user who "
		            "runs towpathd",
		            path);
	else if (error == ENOENT || error == ECONNREFUSED)
		text_printf(why, "no router answers at %s: is towpathd running?", path);
	else
		text_printf(why, "the router at %s: %s", path, strerror(error));
	return false;
}

static bool ask(int fd, const char *path, struct text *why)
{
	struct shim_request request = { .version = SHIM_VERSION, .call = SHIM_CHECK };
	struct timeval patience = { .tv_sec = 10 };
	struct shim_answer answer;
	ssize_t n;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (send(fd, &request, sizeof request, MSG_NOSIGNAL) < 0)
		return explain(path, errno == EPIPE || errno == ECONNRESET ? EACCES : errno, why);
	n = recv(fd, &answer, sizeof answer, 0);
	if (n < 0 && errno == EAGAIN) {
		text_printf(why, "the router at %s does not answer", path);
		return false;
	}
	if (n < 0)
		return explain(path, errno == ECONNRESET ? EACCES : errno, why);
	if (n != (ssize_t)sizeof answer || answer.version != SHIM_VERSION) {
		text_add(why,
		         "towpath and towpathd are of different versions: use the towpath that "
		         "was installed with the router");
		return false;
	}
	return true;
}

bool run_ask_router(const char *path, struct text *why)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct text name = text_into(address.sun_path, sizeof address.sun_path);
	bool good;
	int fd;

	text_printf(&name, "%s" SHIM_SUFFIX, path);
	if (name.cut) {
		text_printf(why, "the path %s is too long for a socket's name", path);
		return false;
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		good = explain(path, errno, why);
	else
		good = ask(fd, path, why);
	if (fd >= 0)
		close(fd);
	return good;
}
