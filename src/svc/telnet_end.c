#include "svc/telnet_end.h"

#include <ctype.h>
#include <libtelnet.h>
#include <stdint.h>
#include <string.h>

#include "lib/mem.h"

#define CTRL_C    "\3"
#define CTRL_D    "\4"
#define BACKSPACE "\177"
#define CTRL_U    "\25"

/* libtelnet is fed pieces of this size: what one of them can become is bounded by it. */
#define PIECE_BYTES 256

struct telnet_end {
	telnet_t *telnet;
	enum telnet_role role;
	struct telnet_hooks hooks;
	char terminal[TELNET_TERMINAL_BYTES];
	bool after_return; /* what has come ended in a carriage return */
	bool sent_return;  /* what was said did */
	bool binary_out;   /* we may say all 8 bits as they are */
	bool echoed;       /* client: the server echoes */
	bool may_size;     /* client: the server wants to know */
	bool broken;       /* the other end compresses what it says, unasked */
	unsigned width, height;
};

/* us: what we do; him: what we let the other end do. */
static const telnet_telopt_t server_options[] = {
	{ TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT },
	{ TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_BINARY, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO },
	{ TELNET_TELOPT_TTYPE, TELNET_WONT, TELNET_DO },
	{ -1, 0, 0 },
};

static const telnet_telopt_t client_options[] = {
	{ TELNET_TELOPT_ECHO, TELNET_WONT, TELNET_DO },
	{ TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_BINARY, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_NAWS, TELNET_WILL, TELNET_DONT },
	{ TELNET_TELOPT_TTYPE, TELNET_WILL, TELNET_DONT },
	{ -1, 0, 0 },
};

/* --- what has come --- */

/* "\r\n" and "\r\0" are one end of a line (RFC 854, RFC 1123 3.3.1), whatever was negotiated: of
 * clients that send all 8 bits some send the one, some the other, some "\r". */
static void hear_keys(struct telnet_end *end, const char *bytes, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		bool second = end->after_return && (bytes[i] == '\n' || bytes[i] == '\0');

		end->after_return = bytes[i] == '\r';
		if (!second)
			continue;
		if (i > from)
			end->hooks.said(end->hooks.arg, bytes + from, i - from);
		from = i + 1;
	}
	if (len > from)
		end->hooks.said(end->hooks.arg, bytes + from, len - from);
}

/* Text for a terminal: only the NUL behind a carriage return is none of it. */
static void hear_text(struct telnet_end *end, const char *bytes, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		bool padding = end->after_return && bytes[i] == '\0';

		end->after_return = bytes[i] == '\r';
		if (!padding)
			continue;
		if (i > from)
			end->hooks.said(end->hooks.arg, bytes + from, i - from);
		from = i + 1;
	}
	if (len > from)
		end->hooks.said(end->hooks.arg, bytes + from, len - from);
}

/* Commands that stand for keys (RFC 854); a server answers "are you there". */
static void hear_command(struct telnet_end *end, unsigned char command)
{
	static const char here[] = "\r\n[Yes]\r\n";
	static const struct {
		unsigned char command;
		const char *key;
	} keys[] = {
		{ TELNET_IP, CTRL_C },    { TELNET_BREAK, CTRL_C }, { TELNET_ABORT, CTRL_C },
		{ TELNET_EC, BACKSPACE }, { TELNET_EL, CTRL_U },    { TELNET_EOF, CTRL_D },
	};

	if (end->role != TELNET_SERVER)
		return;
	if (command == TELNET_AYT)
		telnet_send(end->telnet, here, sizeof here - 1);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].command == command)
			end->hooks.said(end->hooks.arg, keys[i].key, 1);
	}
}

/* RFC 1073: columns and rows, 16 bits each, the high byte first. */
static void hear_size(struct telnet_end *end, const char *bytes, size_t len)
{
	const uint8_t *size = (const uint8_t *)bytes;

	if (len == 4)
		end->hooks.size(end->hooks.arg, (unsigned)size[0] << 8 | size[1],
		                (unsigned)size[2] << 8 | size[3]);
}

/* RFC 1091: a zero, then the name, whose case means nothing. */
static void hear_terminal(struct telnet_end *end, const char *bytes, size_t len)
{
	char name[TELNET_TERMINAL_BYTES] = "";

	if (len < 2 || bytes[0] != TELNET_TTYPE_IS || len - 1 >= sizeof name)
		return;
	for (size_t i = 0; i < len - 1; i++) {
		unsigned char c = (unsigned char)bytes[i + 1];

		if (c <= ' ' || c >= 0x7f)
			return;
		name[i] = (char)tolower(c);
	}
	end->hooks.terminal(end->hooks.arg, name);
}

static void say_size(struct telnet_end *end)
{
	const uint8_t size[4] = { (uint8_t)(end->width >> 8), (uint8_t)end->width,
		                  (uint8_t)(end->height >> 8), (uint8_t)end->height };

	if (end->may_size && end->width > 0)
		telnet_subnegotiation(end->telnet, TELNET_TELOPT_NAWS, (const char *)size,
		                      sizeof size);
}

static void hear_details(struct telnet_end *end, const struct subnegotiate_t *sub)
{
	if (end->role == TELNET_SERVER && sub->telopt == TELNET_TELOPT_NAWS)
		hear_size(end, sub->buffer, sub->size);
	else if (end->role == TELNET_SERVER && sub->telopt == TELNET_TELOPT_TTYPE)
		hear_terminal(end, sub->buffer, sub->size);
	else if (sub->telopt == TELNET_TELOPT_TTYPE && sub->size == 1 &&
	         sub->buffer[0] == TELNET_TTYPE_SEND)
		telnet_ttype_is(end->telnet, end->terminal);
}

/* The other end does (@on) or does no longer what @option is about. */
static void hear_will(struct telnet_end *end, unsigned char option, bool on)
{
	if (end->role == TELNET_SERVER && option == TELNET_TELOPT_TTYPE && on)
		telnet_ttype_send(end->telnet);
	else if (end->role == TELNET_CLIENT && option == TELNET_TELOPT_ECHO)
		end->echoed = on;
}

/* It wants (@on) us to do it, or no longer. */
static void hear_do(struct telnet_end *end, unsigned char option, bool on)
{
	if (option == TELNET_TELOPT_BINARY)
		end->binary_out = on;
	if (end->role != TELNET_CLIENT || option != TELNET_TELOPT_NAWS)
		return;
	end->may_size = on;
	say_size(end);
}

static void hear(telnet_t *telnet, telnet_event_t *event, void *arg)
{
	struct telnet_end *end = arg;

	if (end->broken)
		return;
	switch (event->type) {
	case TELNET_EV_DATA:
		if (end->role == TELNET_SERVER)
			hear_keys(end, event->data.buffer, event->data.size);
		else
			hear_text(end, event->data.buffer, event->data.size);
		return;
	case TELNET_EV_SEND:
		end->hooks.wire(end->hooks.arg, event->data.buffer, event->data.size);
		return;
	case TELNET_EV_IAC:
		hear_command(end, event->iac.cmd);
		return;
	case TELNET_EV_SUBNEGOTIATION:
		hear_details(end, &event->sub);
		return;
	case TELNET_EV_WILL:
	case TELNET_EV_WONT:
		hear_will(end, event->neg.telopt, event->type == TELNET_EV_WILL);
		return;
	case TELNET_EV_DO:
	case TELNET_EV_DONT:
		hear_do(end, event->neg.telopt, event->type == TELNET_EV_DO);
		return;
	case TELNET_EV_COMPRESS: /* libtelnet would inflate it, whoever agreed to that */
		end->broken = true;
		return;
	default: /* what is broken is skipped by libtelnet, and the rest is not spoken here */
		return;
	}
}

bool telnet_end_feed(struct telnet_end *end, const char *bytes, size_t len)
{
	while (len > 0 && !end->broken) {
		size_t piece = len < PIECE_BYTES ? len : PIECE_BYTES;

		telnet_recv(end->telnet, bytes, piece);
		bytes += piece;
		len -= piece;
	}
	return !end->broken;
}

/* --- what is said --- */

void telnet_end_say(struct telnet_end *end, const char *bytes, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		bool alone = end->sent_return && bytes[i] != '\n' && bytes[i] != '\0';

		end->sent_return = bytes[i] == '\r';
		if (!alone || end->binary_out)
			continue;
		telnet_send(end->telnet, bytes + from, i - from);
		telnet_send(end->telnet, "", 1);
		from = i;
	}
	if (len > from)
		telnet_send(end->telnet, bytes + from, len - from);
}

void telnet_end_resize(struct telnet_end *end, unsigned width, unsigned height)
{
	end->width = width < UINT16_MAX ? width : UINT16_MAX;
	end->height = height < UINT16_MAX ? height : UINT16_MAX;
	say_size(end);
}

bool telnet_end_is_echoed(const struct telnet_end *end)
{
	return end->echoed;
}

void telnet_end_open(struct telnet_end *end)
{
	static const struct {
		unsigned char command, option;
	} first[] = {
		{ TELNET_WILL, TELNET_TELOPT_ECHO }, { TELNET_WILL, TELNET_TELOPT_SGA },
		{ TELNET_DO, TELNET_TELOPT_SGA },    { TELNET_DO, TELNET_TELOPT_NAWS },
		{ TELNET_DO, TELNET_TELOPT_TTYPE },  { TELNET_WILL, TELNET_TELOPT_BINARY },
		{ TELNET_DO, TELNET_TELOPT_BINARY },
	};

	must(end->role == TELNET_SERVER);
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		telnet_negotiate(end->telnet, first[i].command, first[i].option);
}

struct telnet_end *telnet_end_new(enum telnet_role role, const struct telnet_hooks *hooks,
                                  const char *terminal)
{
	struct telnet_end *end = mem_new(1, sizeof *end);

	end->role = role;
	end->hooks = *hooks;
	if (terminal != NULL && strlen(terminal) < sizeof end->terminal)
		memcpy(end->terminal, terminal, strlen(terminal) + 1);
	end->telnet =
		telnet_init(role == TELNET_SERVER ? server_options : client_options, hear, 0, end);
	must(end->telnet != NULL);
	return end;
}

void telnet_end_free(struct telnet_end *end)
{
	if (end == NULL)
		return;
	telnet_free(end->telnet);
	mem_free(end);
}
