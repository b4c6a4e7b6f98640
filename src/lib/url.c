#include "lib/url.h"

#include <string.h>

#include "lib/text.h"

#define PORT_HTTP  80
#define PORT_HTTPS 443

/* Always false, so that a check can end in it. */
static bool refuse(struct text *why, const char *words)
{
	text_add(why, words);
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The scheme of @*text, which moves on behind "://". */
static bool take_scheme(const char **text, struct url *url, struct text *why)
{
	static const struct {
		const char *word;
		bool tls;
	} schemes[] = { { "http://", false }, { "https://", true } };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t at = 0;

		while (schemes[i].word[at] != '\0' && lower((*text)[at]) == schemes[i].word[at])
			at++;
		if (schemes[i].word[at] != '\0')
			continue;
		*text += at;
		url->tls = schemes[i].tls;
		url->port = url->tls ? PORT_HTTPS : PORT_HTTP;
		return true;
	}
	return refuse(why, strstr(*text, "://") != NULL ? "only http:// and https:// are supported"
	                                                : "a URL begins with http:// or https://");
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode %41 into @to of URL_USER_BYTES. */
static bool decode(const char *from, size_t len, char *to, struct text *why)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '%') {
			int high = len - i > 2 ? digit(from[i + 1]) : -1;
			int low = len - i > 2 ? digit(from[i + 2]) : -1;

			if (high < 0 || low < 0)
				return refuse(why,
				              "after a % come two digits of a number to base 16");
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < ' ' || n + 1 == URL_USER_BYTES)
			return refuse(why, "user and password have at most 127 characters, and no "
			                   "controls");
		to[n++] = c;
	}
	to[n] = '\0';
	return true;
}

static bool take_user(const char *text, size_t len, struct url *url, struct text *why)
{
	const char *colon = memchr(text, ':', len);
	size_t user = colon != NULL ? (size_t)(colon - text) : len;

	if (user == 0)
		return refuse(why, "there is no user before the @");
	return decode(text, user, url->user, why) &&
	       (colon == NULL || decode(colon + 1, len - user - 1, url->password, why));
}

static bool is_host_char(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static bool take_host(const char *text, size_t len, struct url *url, struct text *why)
{
	if (len > 0 && text[0] == '[')
		return refuse(why, "IPv6 is not supported");
	if (len == 0 || len >= sizeof url->host)
		return refuse(why,
		              len == 0 ? "there is no host in it" : "the host's name is too long");
	for (size_t i = 0; i < len; i++) {
		if (!is_host_char(text[i]))
			return refuse(why, "a host's name has letters, digits, dots and dashes");
		url->host[i] = lower(text[i]);
	}
	url->host[len] = '\0';
	return true;
}

static bool take_port(const char *text, size_t len, struct url *url, struct text *why)
{
	uint64_t port = 0;

	if (len == 0) /* "http://host:/" */
		return true;
	if (!text_to_u64(text, len, &port) || port == 0 || port > 65535)
		return refuse(why, "a port is a number from 1 to 65535");
	url->port = (uint16_t)port;
	return true;
}

/* [user[:password]@]host[:port] */
static bool take_authority(const char *text, size_t len, struct url *url, struct text *why)
{
	const char *at = memrchr(text, '@', len), *colon;
	size_t host;

	if (at != NULL) {
		if (!take_user(text, (size_t)(at - text), url, why))
			return false;
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	colon = len > 0 && text[0] != '[' ? memchr(text, ':', len) : NULL;
	host = colon != NULL ? (size_t)(colon - text) : len;
	return take_host(text, host, url, why) &&
	       (colon == NULL || take_port(colon + 1, len - host - 1, url, why));
}

static bool take_target(const char *text, struct url *url, struct text *why)
{
	size_t len = strcspn(text, "#"), slash = text[0] == '/' ? 0 : 1;

	if (len + slash >= sizeof url->target)
		return refuse(why, "the path is too long");
	url->target[0] = '/';
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] == 0x7f || (unsigned char)text[i] >= 0x80)
			return refuse(why,
			              "a path has no blanks and only ASCII: write %20 for a blank");
		url->target[slash + i] = text[i];
	}
	url->target[slash + len] = '\0';
	return true;
}

bool url_parse(const char *text, struct url *ret_url, struct text *why)
{
	struct url url = { 0 };
	size_t authority;

	if (!take_scheme(&text, &url, why))
		return false;
	authority = strcspn(text, "/?#");
	if (!take_authority(text, authority, &url, why) ||
	    !take_target(text + authority, &url, why))
		return false;
	*ret_url = url;
	return true;
}

void url_print(const struct url *url, struct text *out)
{
	text_printf(out, "%s://%s", url->tls ? "https" : "http", url->host);
	if (url->port != (url->tls ? PORT_HTTPS : PORT_HTTP))
		text_printf(out, ":%u", url->port);
	text_add(out, url->target);
}
