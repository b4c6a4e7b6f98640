/*
 * live.h -- output that goes on by itself: monitor, print interval=1s, print follow.
 *
 * On a terminal a picture takes the place of the one before it, and a line below says what can be
 * done: -- [Q quit|D dump|C-z pause]. D: pictures stand one below the other from now on. Ctrl-Z:
 * pause, and on again. Any other key ends it. Everywhere else pictures are just output.
 */
#ifndef UI_LIVE_H
#define UI_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct live {
	bool on, paused, dump;
	size_t rows; /* of the picture that stands above the line */
};

/* Show @bytes, whole lines, in place of the last picture. */
void live_picture(struct session *session, const char *bytes, size_t len);
/* Show @bytes, whole lines, below what was shown so far. */
void live_stream(struct session *session, const char *bytes, size_t len);
/* What follows is ordinary output. */
void live_end(struct session *session);
/* True: the key was for live output. @ret_rest: the bytes that came with it belong to it, too. */
bool live_key(struct session *session, uint8_t byte, bool *ret_rest);

#endif
