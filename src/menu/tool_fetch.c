/*
 * tool_fetch.c -- /tool/fetch: get something from a server over HTTP, or send it something.
 */
#include "menu/tool_fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/files.h"
#include "conf/store_words.h"
#include "conf/type.h"
#include "lib/fetcher.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "menu/tool.h"
#include "router/router.h"

enum {
	OUTPUT_FILE,
	OUTPUT_USER,
	OUTPUT_NONE,
	OUTPUT_USER_WITH_HEADERS
};
enum {
	MODE_BY_URL,
	MODE_HTTP,
	MODE_HTTPS
};
enum {
	METHOD_GET,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_HEAD,
	METHOD_PATCH,
	METHOD_OPTIONS
};

#define SHOWN_MAX 65536 /* bytes of an answer on a terminal */

static const char *const outputs[] = { "file", "user", "none", "user-with-headers", NULL };
static const char *const modes[] = { "by-url", "http", "https", NULL };
static const char *const methods[] = { "get",  "post",  "put",     "delete",
	                               "head", "patch", "options", NULL };

const struct field tool_fetch_fields[FETCH_FIELDS] = {
	{ "url", &type_string, AT(struct fetch_args, url), .flags = F_REQUIRED | F_UNNAMED,
	  .min = 1, .max = URL_TARGET_BYTES + URL_HOST_BYTES - 1,
	  .help = "what to get: http://203.0.113.1/path; names need address=" },
	{ "address", &type_ip4, AT(struct fetch_args, address),
	  .help = "where the server of the URL is: names are not looked up" },
	{ "dst-path", &type_word, AT(struct fetch_args, dst_path), .max = FILE_NAME_BYTES - 1,
	  .help = "the file it goes to; as the URL's last part is called when it is not given" },
	{ "output", &type_enum, AT(struct fetch_args, output), .words = outputs, .dflt = "file",
	  .help = "where the answer goes" },
	{ "mode", &type_enum, AT(struct fetch_args, mode), .words = modes, .dflt = "by-url",
	  .help = "the protocol, which the URL names, too" },
	{ "http-method", &type_enum, AT(struct fetch_args, method), .words = methods, .dflt = "get",
	  .help = "what is asked of the server; post when there is http-data" },
	{ "http-data", &type_string, AT(struct fetch_args, data), .dflt = "",
	  .max = FETCH_TEXT_BYTES - 1, .help = "what is sent with the request" },
	{ "http-header-field", &type_string, AT(struct fetch_args, headers), .dflt = "",
	  .max = FETCH_TEXT_BYTES - 1,
	  .help = "further lines of the request's head, commas between: \"A: b,C: d\"" },
	{ "user", &type_string, AT(struct fetch_args, user), .dflt = "", .max = URL_USER_BYTES - 1,
	  .help = "who we are to the server" },
	{ "password", &type_string, AT(struct fetch_args, password), .dflt = "",
	  .max = URL_USER_BYTES - 1, .flags = F_SECRET, .help = "and the password for it" },
	{ "check-certificate", &type_bool, AT(struct fetch_args, check), .dflt = "yes",
	  .help = "of https: whether the server must prove who it is to the authorities that "
	          "this machine trusts" },
	{ "src-address", &type_ip4, AT(struct fetch_args, src),
	  .help = "which of the router's addresses asks" },
	{ "http-max-redirect-count", &type_uint, AT(struct fetch_args, redirects), .min = 0,
	  .max = 10, .dflt = "5", .help = "how often the server may point elsewhere" },
	{ "duration", &type_time, AT(struct fetch_args, duration_ms), .dflt = "0s",
	  .help = "give up after this time; 0s: never" },
	{ "host", &type_word, AT(struct fetch_args, host), .dflt = "", .max = URL_HOST_BYTES - 1,
	  .help = "what the server is called, when the URL has its address" },
	{ "upload", &type_bool, AT(struct fetch_args, upload), .dflt = "no", .flags = F_BARE,
	  .help = "always no: http-data is what is sent" },
};

const struct refused tool_fetch_refused[] = {
	{ "src-path", "the URL has the path" },
	{ "port", "the URL has the port: http://203.0.113.1:8080/" },
	{ "ascii", "only FTP has that" },
	{ "certificate", "certificates of our own are not supported" },
	{ "http-auth-scheme", "always basic" },
	{ "http-content-encoding", "what is sent is sent as it is" },
	{ "http-percent-encoding", "write %20 and the like yourself" },
	{ "idle-timeout", "a minute without a byte ends it" },
	{ "keep-result", "output=none keeps nothing" },
	{ "as-value", "output=user shows the answer" },
	{ NULL, NULL },
};

static const char *method_word(unsigned method)
{
	static const char *const words[] = { "GET",  "POST",  "PUT",    "DELETE",
		                             "HEAD", "PATCH", "OPTIONS" };

	return words[method];
}

uint32_t tool_fetch_needs(struct router *router, const void *args)
{
	return ((const struct fetch_args *)args)->output == OUTPUT_FILE ? POLICY_FTP : 0;
}

/* --- a request --- */

static bool url_fail(struct diag *diag, const char *field, const char *why)
{
	return diag_fail(diag, field, "invalid value for argument %s: %s", field, why);
}

static bool read_url(const struct fetch_args *args, struct url *url, struct diag *diag)
{
	char words[128];
	struct text why = text_into(words, sizeof words);

	if (!url_parse(args->url, url, &why))
		return url_fail(diag, "url", text_str(&why));
	if (args->mode != MODE_BY_URL && (args->mode == MODE_HTTPS) != url->tls)
		return url_fail(diag, "mode", "the URL says otherwise");
	if (args->user[0] != '\0') {
		snprintf(url->user, sizeof url->user, "%s", args->user);
		snprintf(url->password, sizeof url->password, "%s", args->password);
	}
	return true;
}

/* Lines of a head can't be ended from within a value. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool headers_are_good(const struct fetch_args *args, struct diag *diag)
{
	if (!is_plain(args->headers) || !is_plain(args->host))
		return url_fail(diag, is_plain(args->host) ? "http-header-field" : "host",
		                "lines of the head are separated by commas, as in \"A: b,C: d\"");
	if (args->headers[0] != '\0' && strchr(args->headers, ':') == NULL)
		return url_fail(diag, "http-header-field", "a line of the head is \"Name: value\"");
	return true;
}

/* "A: b,C: d": a comma that another name follows begins the next line. */
static void put_headers(const char *typed, struct text *out)
{
	while (*typed != '\0') {
		size_t len = strcspn(typed, ",");

		while (typed[len] == ',') {
			size_t name = strcspn(typed + len + 1, ":, ");

			if (name > 0 && typed[len + 1 + name] == ':')
				break;
			len += 1 + strcspn(typed + len + 1, ",");
		}
		text_bytes(out, typed, len);
		text_char(out, '\n');
		typed += len + (typed[len] == ',');
	}
}

/* The address of the host that the request at hand is for. */
static bool find_address(const struct fetch_state *at, ip4 *ret_address, char *why, size_t size)
{
	const struct fetch_args *args = at->args;
	struct url first;
	struct text ignored = { 0 };
	bool same;

	if (ip4_parse(at->url.host, strlen(at->url.host), ret_address))
		return true;
	/* Only the first URL's host is known by address=. */
	same = url_parse(args->url, &first, &ignored) && strcmp(first.host, at->url.host) == 0;
	text_free(&ignored);
	*ret_address = args->address;
	if (same && !ip4_is_zero(args->address))
		return true;
	snprintf(why, size,
	         "%s: names are not looked up here; say where it is: address=203.0.113.1",
	         at->url.host);
	return false;
}

static bool request(struct router *router, struct fetch_state *at, char *why, size_t size)
{
	const struct fetch_args *args = at->args;
	struct fetcher *fetcher = router->manage->fetcher;
	struct text url = { 0 }, headers = { 0 };
	struct fetcher_ask ask = {
		.port = at->url.port,
		.src = args->src,
		.method = method_word(at->method),
		.user = at->url.user,
		.password = at->url.password,
		.data = args->data[0] != '\0' && at->method != METHOD_GET &&
		                        at->method != METHOD_HEAD
		                ? args->data
		                : NULL,
		.check = args->check,
		.wants_head = args->output == OUTPUT_USER_WITH_HEADERS,
	};

	if (!find_address(at, &ask.address, why, size))
		return false;
	if (!ip4_is_zero(args->address) && at->redirected == 0)
		ask.address = args->address;
	if (args->host[0] != '\0' && at->redirected == 0)
		snprintf(at->url.host, sizeof at->url.host, "%s", args->host);
	url_print(&at->url, &url);
	put_headers(args->headers, &headers);
	ask.url = text_str(&url);
	ask.headers = text_str(&headers);
	at->job = fetcher->begin(fetcher, &ask);
	text_free(&url);
	text_free(&headers);
	if (at->job == NULL)
		snprintf(why, size, "too many are under way; wait until one of them has ended");
	return at->job != NULL;
}

static bool file_is_named(const struct fetch_args *args, const struct url *url,
                          char name[FILE_NAME_BYTES], struct diag *diag)
{
	const char *slash, *typed = args->dst_path;
	char last[FILE_NAME_BYTES] = "";
	size_t len;

	if (typed[0] == '\0') {
		len = strcspn(url->target, "?");
		slash = memrchr(url->target, '/', len);
		len -= (size_t)(slash + 1 - url->target);
		if (len > 0 && len < sizeof last)
			memcpy(last, slash + 1, len);
		typed = last;
	}
	if (typed[0] == '\0')
		return diag_fail(diag, "dst-path",
		                 "missing value(s) of argument(s) dst-path\nthe URL names no file: "
		                 "say how it is to be called, or output=user");
	return file_name_any("dst-path", typed, name, diag);
}

bool tool_fetch_begin(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag)
{
	struct fetch_state *at = state;
	char name[FILE_NAME_BYTES], why[256];

	at->args = args;
	at->method = at->args->method == METHOD_GET && at->args->data[0] != '\0' ? METHOD_POST
	                                                                         : at->args->method;
	if (router->manage == NULL || router->manage->fetcher == NULL)
		return diag_fail(diag, NULL, "failure: nobody speaks HTTP here");
	if (at->args->upload)
		return diag_fail(diag, "upload",
		                 "failure: upload=yes is not supported; http-data= and "
		                 "http-method=put send something");
	if (!read_url(at->args, &at->url, diag) || !headers_are_good(at->args, diag) ||
	    !tool_source(router, at->args->src, diag))
		return false;
	if (at->args->output == OUTPUT_FILE && !file_is_named(at->args, &at->url, name, diag))
		return false;
	at->began = at->told = router->manage->now;
	if (!request(router, at, why, sizeof why))
		return diag_fail(diag, "url", "failure: %s", why);
	return true;
}

/* --- what is shown --- */

static void put_size(struct text *out, const char *name, uint64_t bytes)
{
	text_printf(out, "%12s: %llu%s\n", name,
	            (unsigned long long)(bytes < 1024 ? bytes : (bytes + 1023) / 1024),
	            bytes < 1024 ? "B" : "KiB");
}

static void put_status(const struct fetch_state *at, const char *status, struct text *out, mono now)
{
	const struct fetcher_job *job = at->job;
	uint64_t ms = mono_since_ms(now, at->began);

	text_printf(out, "%12s: %s\n", "status", status);
	if (job->stage >= FETCHER_DOWNLOADING && job->stage != FETCHER_FAILED) {
		put_size(out, "downloaded", job->body.len);
		put_size(out, "total", job->has_total ? job->total : job->body.len);
		text_printf(out, "%12s: %llus\n", "duration", (unsigned long long)(ms / 1000));
	}
}

/* Once a second, while it lasts. */
static void show_progress(struct fetch_state *at, struct text *out, mono now)
{
	static const char *const words[] = { "connecting", "requesting", "downloading" };

	if (mono_since_ms(now, at->told) < 1000)
		return;
	at->told = now;
	put_status(at, words[at->job->stage], out, now);
}

/* What a server says is to do nothing to a terminal. */
static void put_answer(const struct text *from, struct text *out)
{
	size_t n = from->len < SHOWN_MAX ? from->len : SHOWN_MAX;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from->bytes[i];

		if (c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f))
			text_char(out, (char)c);
		else if (c != '\r')
			text_printf(out, "\\%02X", c);
	}
	if (n > 0 && from->bytes[n - 1] != '\n')
		text_char(out, '\n');
	if (n < from->len)
		text_printf(out, "... (%zu bytes more)\n", from->len - n);
}

/* --- how it ends --- */

struct fetch_save {
	bool came, orphan;
	int error;
};

static void saved(void *arg, int error, const char *text, size_t len)
{
	struct fetch_save *save = arg;

	if (save->orphan) {
		mem_free(save);
		return;
	}
	save->came = true;
	save->error = error;
}

static void let_go(struct router *router, struct fetch_state *at)
{
	if (at->job != NULL)
		router->manage->fetcher->end(router->manage->fetcher, at->job);
	at->job = NULL;
	if (at->save == NULL)
		return;
	if (at->save->came)
		mem_free(at->save);
	else
		at->save->orphan = true;
	at->save = NULL;
}

/* Always true: it has ended. */
static bool fail(struct fetch_state *at, struct text *out, mono now, const char *why)
{
	snprintf(at->error, sizeof at->error, "%s", why);
	at->failed = true;
	put_status(at, "failed", out, now);
	return true;
}

static const char *status_word(unsigned status)
{
	static const struct {
		unsigned status;
		const char *word;
	} words[] = {
		{ 400, " Bad Request" },
		{ 401, " Unauthorized" },
		{ 403, " Forbidden" },
		{ 404, " Not Found" },
		{ 405, " Method Not Allowed" },
		{ 407, " Proxy Authentication Required" },
		{ 408, " Request Timeout" },
		{ 410, " Gone" },
		{ 413, " Content Too Large" },
		{ 429, " Too Many Requests" },
		{ 500, " Internal Server Error" },
		{ 501, " Not Implemented" },
		{ 502, " Bad Gateway" },
		{ 503, " Service Unavailable" },
		{ 504, " Gateway Timeout" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].status == status)
			return words[i].word;
	return "";
}

/* After 303, and after 301 and 302 as everybody does it, a post becomes a get (RFC 9110, 15.4). */
static unsigned method_after(unsigned method, unsigned status)
{
	bool asks_anew =
		status == 303 || ((status == 301 || status == 302) && method == METHOD_POST);

	return asks_anew && method != METHOD_HEAD ? METHOD_GET : method;
}

/* To where the server points. True: it has ended. */
static bool follow(struct router *router, struct fetch_state *at, struct text *out, mono now)
{
	char words[256], target[FETCHER_LOCATION_BYTES];
	struct text why = text_into(words, sizeof words);
	struct url next;

	if (at->redirected == at->args->redirects)
		return fail(at, out, now,
		            "the server points elsewhere too often: "
		            "http-max-redirect-count");
	memcpy(target, at->job->location, sizeof target);
	if (!url_parse(target, &next, &why)) {
		char all[400];

		snprintf(all, sizeof all, "the server points to what is no URL for us: %s",
		         text_str(&why));
		return fail(at, out, now, all);
	}
	if (at->url.tls && !next.tls)
		return fail(at, out, now, "the server points from https to http");
	/* User and password are for the server they were given for (RFC 9110, 15.4). */
	if (strcmp(next.host, at->url.host) == 0 && next.port == at->url.port) {
		memcpy(next.user, at->url.user, sizeof next.user);
		memcpy(next.password, at->url.password, sizeof next.password);
	}
	at->method = (uint8_t)method_after(at->method, at->job->status);
	at->url = next;
	at->redirected++;
	router->manage->fetcher->end(router->manage->fetcher, at->job);
	at->job = NULL;
	if (request(router, at, words, sizeof words))
		return false;
	snprintf(at->error, sizeof at->error, "%s", words);
	at->failed = true;
	text_printf(out, "%12s: failed\n", "status");
	return true;
}

/* True: it has ended. */
static bool keep(struct router *router, struct fetch_state *at, struct text *out, mono now)
{
	struct diag ignored = { 0 };
	char name[FILE_NAME_BYTES];
	struct url first;
	struct text why = { 0 };

	switch (at->args->output) {
	case OUTPUT_USER_WITH_HEADERS:
		put_answer(&at->job->head, out);
		put_answer(&at->job->body, out);
		break;
	case OUTPUT_USER:
		put_answer(&at->job->body, out);
		break;
	case OUTPUT_NONE:
		break;
	default:
		must(url_parse(at->args->url, &first, &why) &&
		     file_is_named(at->args, &first, name, &ignored));
		at->save = mem_new(1, sizeof *at->save);
		file_write(router->manage->conf, name, text_str(&at->job->body), at->job->body.len,
		           saved, at->save);
		return false;
	}
	put_status(at, "finished", out, now);
	return true;
}

static bool answered(struct router *router, struct fetch_state *at, struct text *out, mono now)
{
	char why[FETCHER_ERROR_BYTES + URL_HOST_BYTES];
	unsigned status = at->job->status;

	if (at->job->location[0] != '\0' && status >= 300 && status < 400)
		return follow(router, at, out, now);
	if (status < 300)
		return keep(router, at, out, now);
	snprintf(why, sizeof why, "closing connection: <%u%s> %s:%u", status, status_word(status),
	         at->url.host, at->url.port);
	return fail(at, out, now, why);
}

bool tool_fetch_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct fetch_state *at = state;
	char why[FETCHER_ERROR_BYTES + URL_HOST_BYTES + 16];

	if (at->save != NULL) {
		if (!at->save->came)
			return false;
		if (at->save->error != 0) {
			snprintf(why, sizeof why, "the file can't be written: %s; %s",
			         strerror(-at->save->error), store_words_advice(at->save->error));
			return fail(at, out, now, why);
		}
		put_status(at, "finished", out, now);
		return true;
	}
	if (at->job->stage == FETCHER_FINISHED)
		return answered(router, at, out, now);
	if (at->job->stage == FETCHER_FAILED) {
		snprintf(why, sizeof why, "%s:%u: %s", at->url.host, at->url.port, at->job->error);
		return fail(at, out, now, why);
	}
	if (at->args->duration_ms > 0 && mono_since_ms(now, at->began) >= at->args->duration_ms)
		return fail(at, out, now, "its time is over: duration");
	show_progress(at, out, now);
	return false;
}

void tool_fetch_interrupt(struct router *router, void *state, struct text *out)
{
	let_go(router, state);
}

bool tool_fetch_finish(struct router *router, void *state, struct diag *diag)
{
	struct fetch_state *at = state;

	let_go(router, at);
	if (!at->failed)
		return true;
	return diag_fail(diag, NULL, "failure: %s", at->error);
}
