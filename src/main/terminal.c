#include "main/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_make_raw(struct terminal *terminal)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return;
	raw = terminal->before;
	cfmakeraw(&raw);
	terminal->raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

/* A router that is gone could not say that pastes are to be marked no more. */
static void leave_pastes(void)
{
	static const char sequence[] = "\033[?2004l";

	if (terminal_has_sequences())
		(void)!write(STDOUT_FILENO, sequence, sizeof sequence - 1);
}

void terminal_restore(struct terminal *terminal)
{
	if (terminal->raw) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
		leave_pastes();
	}
	terminal->raw = false;
}

struct console_size terminal_size(void)
{
	struct winsize size = { 0 };

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return (struct console_size){
		.width = size.ws_col > 0 ? size.ws_col : 80,
		.height = size.ws_row > 0 ? size.ws_row : 24,
	};
}

bool terminal_has_sequences(void)
{
	const char *kind = getenv("TERM");

	return kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

bool terminal_has_colour(void)
{
	const char *unwanted = getenv("NO_COLOR");

	return terminal_has_sequences() && (unwanted == NULL || unwanted[0] == '\0');
}
