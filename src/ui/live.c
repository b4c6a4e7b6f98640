#include "ui/live.h"

#include "ui/session_inside.h"

#define CTRL_C 3
#define CTRL_Z 26
#define ESCAPE 27

static void put_keys(const struct session *session, struct text *out)
{
	const struct live *live = &session->live;

	text_printf(out, "-- [Q quit|%sC-z %s]", live->dump ? "" : "D dump|",
	            live->paused ? "continue" : "pause");
}

static void erase_keys(const struct session *session, struct text *out)
{
	if (session->live.on)
		text_add(out, "\r\033[K");
}

/* A terminal of unknown size can't be painted on twice. */
static bool can_paint(const struct session *session)
{
	return session->setup.interactive && session->setup.height > 2 && session->setup.width > 1;
}

/* @bytes as far as the screen goes, lines cut at its edge. Returns their number. */
static size_t put_picture(const struct session *session, const char *bytes, size_t len,
                          struct text *out)
{
	size_t rows = 0, columns = 0;

	for (size_t at = 0; at < len && rows < session->setup.height - 1; at++) {
		bool wide = columns >= session->setup.width;

		if (bytes[at] == '\n') {
			text_char(out, '\n');
			rows++;
			columns = 0;
		} else if (bytes[at] == ESCAPE) { /* a colour, which takes no place */
			do
				text_char(out, bytes[at]);
			while (bytes[at] != 'm' && ++at < len);
		} else if (((unsigned char)bytes[at] & 0xc0) == 0x80) {
			if (columns <= session->setup.width)
				text_char(out, bytes[at]);
		} else {
			columns++;
			if (!wide)
				text_char(out, bytes[at]);
		}
	}
	return rows;
}

void live_picture(struct session *session, const char *bytes, size_t len)
{
	struct live *live = &session->live;
	struct text out = { 0 };

	if (!can_paint(session) || live->dump) {
		live_stream(session, bytes, len);
		return;
	}
	if (live->on && live->rows > 0)
		text_printf(&out, "\r\033[%zuA\033[J", live->rows);
	else
		erase_keys(session, &out);
	live->rows = put_picture(session, bytes, len, &out);
	live->on = true;
	put_keys(session, &out);
	session_out_text(session, &out);
}

void live_stream(struct session *session, const char *bytes, size_t len)
{
	struct live *live = &session->live;
	struct text out = { 0 };

	if (!session->setup.interactive) {
		if (len > 0)
			session_out_bytes(session, bytes, len);
		return;
	}
	erase_keys(session, &out);
	text_bytes(&out, bytes, len);
	live->on = true;
	live->rows = 0;
	put_keys(session, &out);
	session_out_text(session, &out);
}

void live_end(struct session *session)
{
	struct text out = { 0 };

	erase_keys(session, &out);
	session_out_text(session, &out);
	session->live = (struct live){ 0 };
}

static void draw_keys(struct session *session)
{
	struct text out = { 0 };

	erase_keys(session, &out);
	put_keys(session, &out);
	session_out_text(session, &out);
}

bool live_key(struct session *session, uint8_t byte, bool *ret_rest)
{
	struct live *live = &session->live;

	*ret_rest = byte == ESCAPE;
	if (!live->on)
		return false;
	if (byte == CTRL_Z) {
		live->paused = !live->paused;
		draw_keys(session);
	} else if (byte == 'd' || byte == 'D') {
		live->dump = true;
		draw_keys(session);
	} else {
		session_interrupt(session);
	}
	return true;
}
