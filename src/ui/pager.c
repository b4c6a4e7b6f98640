#include "ui/pager.h"

#include "ui/session_inside.h"

#define CTRL_C 3
#define ESCAPE 27

static const char question[] = "-- [Q quit|D dump|down]";
static const char erase[] = "\r\033[K";

void pager_reset(struct pager *pager)
{
	text_free(&pager->waiting);
	*pager = (struct pager){ 0 };
}

/* The bytes of an escape sequence at the front, which take no place on the screen. */
static size_t sequence_len(const char *bytes, size_t len)
{
	size_t n = 2;

	if (len < 2 || bytes[0] != ESCAPE || bytes[1] != '[')
		return 0;
	while (n < len && (bytes[n] < '@' || bytes[n] > '~'))
		n++;
	return n < len ? n + 1 : len;
}

size_t pager_line_rows(const char *bytes, size_t len, size_t width, size_t *ret_len)
{
	size_t at = 0, columns = 0;

	while (at < len && bytes[at] != '\n') {
		size_t skip = sequence_len(bytes + at, len - at);

		columns += skip == 0 && ((unsigned char)bytes[at] & 0xc0) != 0x80;
		at += skip > 0 ? skip : 1;
	}
	*ret_len = at < len ? at + 1 : at;
	return width == 0 || columns == 0 ? 1 : (columns + width - 1) / width;
}

static bool typed_on(const struct session *session)
{
	return session->ahead.len > 0 || session->more_typed;
}

/* One row of the screen is for the question. */
static size_t page_rows(const struct session *session)
{
	return session->setup.height > 1 ? session->setup.height - 1 : 1;
}

static void show_waiting(struct session *session)
{
	struct pager *pager = &session->pager;
	size_t from = pager->at, line;

	while (pager->at < pager->waiting.len) {
		size_t rows = pager_line_rows(pager->waiting.bytes + pager->at,
		                              pager->waiting.len - pager->at, session->setup.width,
		                              &line);

		pager->dump = pager->dump || session->setup.height == 0;
		if (!pager->dump && pager->rows > 0 && pager->rows + rows > page_rows(session)) {
			pager->dump = typed_on(session);
			pager->asks = !pager->dump;
			if (pager->asks)
				break;
		}
		pager->rows += rows;
		pager->at += line;
	}
	session_out_bytes(session, pager->waiting.bytes + from, pager->at - from);
	if (pager->asks) {
		session_out_bytes(session, question, sizeof question - 1);
		return;
	}
	text_clear(&pager->waiting);
	pager->at = 0;
}

void pager_out(struct session *session, const char *bytes, size_t len)
{
	struct pager *pager = &session->pager;

	if (pager->quit || len == 0)
		return;
	text_bytes(&pager->waiting, bytes, len);
	if (!pager->asks)
		show_waiting(session);
}

bool pager_waits(const struct pager *pager)
{
	return pager->asks;
}

/* Take the question away and go on with @rows of the screen filled. */
static void go_on(struct session *session, size_t rows)
{
	struct pager *pager = &session->pager;

	session_out_bytes(session, erase, sizeof erase - 1);
	pager->asks = false;
	pager->rows = rows;
	show_waiting(session);
}

void pager_drop(struct session *session)
{
	struct pager *pager = &session->pager;

	if (!pager->asks)
		return;
	session_out_bytes(session, erase, sizeof erase - 1);
	pager_reset(pager);
	pager->quit = true;
}

/* The last byte of an escape sequence: Down and Page Down mean something. */
static void end_escape(struct session *session, uint8_t byte)
{
	session->pager.in_escape = false;
	if (byte == 'B')
		go_on(session, page_rows(session) - 1);
	else if (byte == '~')
		go_on(session, 0);
}

static void take_key(struct session *session, uint8_t byte)
{
	struct pager *pager = &session->pager;

	switch (byte) {
	case ESCAPE:
		pager->in_escape = true;
		break;
	case ' ':
	case 'f':
		go_on(session, 0);
		break;
	case '\r':
	case '\n':
	case 'j':
		go_on(session, page_rows(session) - 1);
		break;
	case 'd':
	case 'D':
		pager->dump = true;
		go_on(session, 0);
		break;
	case 'q':
	case 'Q':
	case CTRL_C:
		session_interrupt(session);
		break;
	default:
		break;
	}
}

bool pager_key(struct session *session, uint8_t byte)
{
	struct pager *pager = &session->pager;
	bool second = pager->after_return && byte == '\n';

	pager->after_return = byte == '\r';
	if (!pager->asks)
		return false;
	if (second) /* of one press: RFC 854 */
		return true;
	if (pager->in_escape) {
		if (byte >= '@' && byte != '[' && byte != 'O')
			end_escape(session, byte);
	} else {
		take_key(session, byte);
	}
	if (!pager->asks && session->run != NULL)
		(void)session_step(session);
	return true;
}
