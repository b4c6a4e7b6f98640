#include "main/router_path.h"

#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "os/console_proto.h"

bool router_path_take(char path[static ROUTER_PATH_BYTES], const char *value, struct text *why)
{
	if (value[0] == '\0' || strlen(value) >= ROUTER_PATH_BYTES) {
		text_printf(why, "the option --socket needs a path of 1 to %d bytes",
		            ROUTER_PATH_BYTES - 1);
		return false;
	}
	memcpy(path, value, strlen(value) + 1);
	return true;
}

/* Who has no router of their own means the machine's: as the login shell of an account, too. */
bool router_path_find(char path[static ROUTER_PATH_BYTES], struct text *why)
{
	static const char machines[] = "/run/towpath/console.sock";

	if (!console_default_path(path, ROUTER_PATH_BYTES)) {
		text_add(why, "$XDG_RUNTIME_DIR is too long; say --socket PATH");
		return false;
	}
	if (access(path, F_OK) != 0 && access(machines, F_OK) == 0)
		memcpy(path, machines, sizeof machines);
	return true;
}
