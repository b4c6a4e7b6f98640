#include "tcp/watch.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "tcp/tcp_inside.h"

enum {
	TEXT_BYTES = 200
};

static int find(const struct tcp *tcp, const struct connection *c)
{
	for (int i = 0; i < TCP_WATCHED_MAX; i++) {
		if (tcp->watched[i].c == c)
			return i;
	}
	return -1;
}

void watch_tell(struct connection *c, const char *stage, const char *format, ...)
{
	int place = find(c->tcp, c);
	char text[TEXT_BYTES];
	va_list args;

	must(place >= 0);
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	c->tcp->watched[place].watcher.tell(c->tcp->watched[place].watcher.arg, stage, text);
}

void watch_forget(struct connection *c)
{
	if (!c->is_watched)
		return;
	c->tcp->watched[find(c->tcp, c)].c = NULL;
	c->is_watched = false;
}

int connection_trace(struct connection *c, const struct connection_watcher *watcher)
{
	int place;

	watch_forget(c);
	if (watcher == NULL)
		return 0;
	place = find(c->tcp, NULL);
	if (place < 0)
		return -ENOSPC;
	c->tcp->watched[place].c = c;
	c->tcp->watched[place].watcher = *watcher;
	c->is_watched = true;
	return 0;
}
