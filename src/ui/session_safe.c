/* The key for safe mode. */
#include "ui/session_inside.h"

static const char advice[] = "safe mode is not part of this version; \"export file=before\" keeps "
			     "what is in force now\n";

void session_safe_toggle(struct session *session)
{
	struct text out = { 0 };

	line_leave(&session->line, &out);
	session_out_drawn(session, &out);
	session_out_bytes(session, advice, sizeof advice - 1);
	line_draw(&session->line, &out);
	session_out_drawn(session, &out);
}
