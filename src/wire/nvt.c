#include "wire/nvt.h"

#include <string.h>

/* RFC 854. */
enum {
	SE = 240,
	SB = 250,
	WILL = 251,
	WONT = 252,
	DO = 253,
	DONT = 254,
	IAC = 255,
};

enum {
	OPTION_BINARY = 0,
	OPTION_ECHO = 1,
	OPTION_SGA = 3,
	OPTION_TERMINAL = 24,
	OPTION_WINDOW = 31,
};

#define BIT(option) ((uint32_t)1 << (option))
#define WE_DO       (BIT(OPTION_BINARY) | BIT(OPTION_SGA) | BIT(OPTION_TERMINAL) | BIT(OPTION_WINDOW))
#define THEY_MAY    (BIT(OPTION_BINARY) | BIT(OPTION_ECHO) | BIT(OPTION_SGA))

enum {
	TERMINAL_IS = 0, /* RFC 1091 */
	TERMINAL_SEND = 1,
};

enum place {
	PLACE_TEXT,
	PLACE_RETURN, /* behind a "\r" */
	PLACE_COMMAND,
	PLACE_OPTION,
	PLACE_ASKED, /* a subnegotiation's option */
	PLACE_INSIDE,
	PLACE_INSIDE_COMMAND,
};

void nvt_set_terminal(struct nvt *nvt, const char *terminal)
{
	size_t len = strnlen(terminal, sizeof nvt->terminal - 1);

	memcpy(nvt->terminal, terminal, len);
	nvt->terminal[len] = '\0';
}

bool nvt_is_echoed(const struct nvt *nvt)
{
	return (nvt->theirs & BIT(OPTION_ECHO)) != 0;
}

bool nvt_takes_keys(const struct nvt *nvt)
{
	return (nvt->theirs & (BIT(OPTION_ECHO) | BIT(OPTION_SGA))) != 0;
}

static size_t room(const struct writer *to)
{
	return (size_t)(to->end - to->at);
}

static void say_option(uint8_t verb, uint8_t option, struct writer *to)
{
	write_u8(to, IAC);
	write_u8(to, verb);
	write_u8(to, option);
}

/* Within a subnegotiation, IAC is doubled (RFC 855). */
static void say_plain(uint8_t byte, struct writer *to)
{
	if (byte == IAC)
		write_u8(to, IAC);
	write_u8(to, byte);
}

/* RFC 1073. */
static void say_window(const struct nvt *nvt, struct writer *to)
{
	if ((nvt->ours & BIT(OPTION_WINDOW)) == 0)
		return;
	say_option(SB, OPTION_WINDOW, to);
	say_plain((uint8_t)(nvt->width >> 8), to);
	say_plain((uint8_t)nvt->width, to);
	say_plain((uint8_t)(nvt->height >> 8), to);
	say_plain((uint8_t)nvt->height, to);
	write_u8(to, IAC);
	write_u8(to, SE);
}

/* RFC 1091. */
static void say_terminal(const struct nvt *nvt, struct writer *to)
{
	if ((nvt->ours & BIT(OPTION_TERMINAL)) == 0)
		return;
	say_option(SB, OPTION_TERMINAL, to);
	write_u8(to, TERMINAL_IS);
	for (const char *c = nvt->terminal; *c != '\0'; c++)
		say_plain((uint8_t)*c, to);
	write_u8(to, IAC);
	write_u8(to, SE);
}

bool nvt_resize(struct nvt *nvt, uint16_t width, uint16_t height, struct writer *to)
{
	if (room(to) < NVT_ANSWER_BYTES)
		return false;
	nvt->width = width;
	nvt->height = height;
	say_window(nvt, to);
	return true;
}

/* --- options --- */

/* They want @option @on, at the side that @used and @may are about. Only what changes is answered,
 * or two ends would agree for ever (RFC 854; RFC 1143, 2). */
static void agree(uint32_t *used, uint32_t may, uint8_t option, bool on, const uint8_t answers[2],
                  struct writer *to)
{
	uint32_t bit = option < 32 ? BIT(option) : 0;
	bool is_on = (*used & bit) != 0;

	if (on && (may & bit) == 0) {
		say_option(answers[0], option, to);
		return;
	}
	if (on == is_on)
		return;
	*used ^= bit;
	say_option(answers[on], option, to);
}

static void take_option(struct nvt *nvt, uint8_t option, struct writer *to)
{
	static const uint8_t to_them[2] = { DONT, DO }, of_us[2] = { WONT, WILL };
	uint32_t before = nvt->ours;

	if (nvt->verb == WILL || nvt->verb == WONT) {
		agree(&nvt->theirs, THEY_MAY, option, nvt->verb == WILL, to_them, to);
		return;
	}
	agree(&nvt->ours, WE_DO, option, nvt->verb == DO, of_us, to);
	if ((nvt->ours & ~before & BIT(OPTION_WINDOW)) != 0)
		say_window(nvt, to);
}

/* --- what comes --- */

static enum place take_command(struct nvt *nvt, uint8_t byte, struct writer *said)
{
	switch (byte) {
	case IAC:
		write_u8(said, IAC);
		return PLACE_TEXT;
	case SB:
		return PLACE_ASKED;
	case WILL:
	case WONT:
	case DO:
	case DONT:
		nvt->verb = byte;
		return PLACE_OPTION;
	default: /* a signal for a printer that nobody has */
		return PLACE_TEXT;
	}
}

static enum place take_text(const struct nvt *nvt, uint8_t byte, struct writer *said)
{
	if (byte == IAC)
		return PLACE_COMMAND;
	if (byte == '\0' && nvt->place == PLACE_RETURN)
		return PLACE_TEXT; /* a return alone (RFC 854, 3) */
	write_u8(said, byte);
	return byte == '\r' && (nvt->theirs & BIT(OPTION_BINARY)) == 0 ? PLACE_RETURN : PLACE_TEXT;
}

static enum place take_inside(struct nvt *nvt, uint8_t byte)
{
	if (nvt->asked_bytes == 0)
		nvt->first = byte;
	if (nvt->asked_bytes < 2)
		nvt->asked_bytes++;
	return PLACE_INSIDE;
}

/* Behind an IAC within a subnegotiation. What is neither SE nor IAC can't be: it ends there. */
static enum place take_inside_command(struct nvt *nvt, uint8_t byte, struct writer *said,
                                      struct writer *answers)
{
	if (byte == IAC)
		return take_inside(nvt, byte);
	if (byte != SE)
		return take_command(nvt, byte, said);
	if (nvt->asked == OPTION_TERMINAL && nvt->asked_bytes == 1 && nvt->first == TERMINAL_SEND)
		say_terminal(nvt, answers);
	return PLACE_TEXT;
}

static enum place take(struct nvt *nvt, uint8_t byte, struct writer *said, struct writer *answers)
{
	switch ((enum place)nvt->place) {
	case PLACE_COMMAND:
		return take_command(nvt, byte, said);
	case PLACE_OPTION:
		take_option(nvt, byte, answers);
		return PLACE_TEXT;
	case PLACE_ASKED:
		nvt->asked = byte;
		nvt->asked_bytes = 0;
		return PLACE_INSIDE;
	case PLACE_INSIDE:
		return byte == IAC ? PLACE_INSIDE_COMMAND : take_inside(nvt, byte);
	case PLACE_INSIDE_COMMAND:
		return take_inside_command(nvt, byte, said, answers);
	case PLACE_TEXT:
	case PLACE_RETURN:
		break;
	}
	return take_text(nvt, byte, said);
}

void nvt_read(struct nvt *nvt, struct reader *from, struct writer *said, struct writer *answers)
{
	while (reader_left(from) > 0 && room(said) > 0 && room(answers) >= NVT_ANSWER_BYTES)
		nvt->place = (uint8_t)take(nvt, read_u8(from), said, answers);
}

size_t nvt_say(const struct nvt *nvt, const uint8_t *bytes, size_t n, struct writer *to)
{
	bool binary = (nvt->ours & BIT(OPTION_BINARY)) != 0;
	size_t i = 0;

	for (; i < n && room(to) >= 2; i++) {
		say_plain(bytes[i], to);
		if (bytes[i] == '\r' && !binary && !(i + 1 < n && bytes[i + 1] == '\n'))
			write_u8(to, '\0');
	}
	return i;
}
