/*
 * session_raw.c -- something has the terminal to itself: what is typed is its own, but for Ctrl-],
 * and what it says goes out as it is.
 */
#include <string.h>

#include "ui/session_inside.h"

#define CTRL_CLOSE 29 /* Ctrl-] */

bool session_raw(const struct session *session)
{
	return session->run != NULL && run_takes_keys(session->run);
}

void session_raw_follow(struct session *session)
{
	/* The far end asks for pastes itself if it wants them marked. Whatever it has left behind:
	 * no colours, a cursor, the keys as they were, no mouse. */
	static const char begin[] = "\033[?2004l";
	static const char end[] = "\033[m\033[?25h\033[?1l\033>\033[?1000l\033[?1002l\033[?1003l";
	static const char pastes[] = "\033[?2004h";
	bool raw = session_raw(session);

	if (raw == session->raw)
		return;
	session->raw = raw;
	if (!session->setup.interactive || session->setup.dumb || session->closed)
		return;
	if (!raw)
		session_out_bytes(session, end, sizeof end - 1);
	if (!session->setup.no_detection)
		session_out_bytes(session, raw ? begin : pastes, sizeof pastes - 1);
}

bool session_raw_key(struct session *session, char byte)
{
	if (!session_raw(session) || byte != CTRL_CLOSE)
		return false;
	text_clear(&session->ahead);
	session_interrupt(session);
	return true;
}

/* The first @n bytes of what was typed have been taken. */
static void drop(struct session *session, size_t n)
{
	memmove(session->ahead.bytes, session->ahead.bytes + n, session->ahead.len - n);
	session->ahead.len -= n;
	session->ahead.bytes[session->ahead.len] = '\0';
}

void session_raw_hand_on(struct session *session)
{
	const char *escape;
	size_t most, taken;

	if (!session_raw(session) || session->ahead.len == 0)
		return;
	escape = memchr(session->ahead.bytes, CTRL_CLOSE, session->ahead.len);
	most = escape != NULL ? (size_t)(escape - session->ahead.bytes) : session->ahead.len;
	taken = run_keys(session->run, session->ahead.bytes, most);
	must(taken <= most);
	if (escape != NULL && taken == most) {
		drop(session, taken + 1);
		session_interrupt(session);
		return;
	}
	drop(session, taken);
	if (taken > 0)
		(void)session_step(session);
}
