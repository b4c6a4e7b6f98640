#include "svc/fetch_serve.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "svc/fetch_proto.h"

#define CERTIFICATES     "/etc/ssl/certs/ca-certificates.crt" /* Debian's ca-certificates */
#define CERTIFICATES_MAX (4U << 20)
#define CONNECT_S        30L
#define SLOW_S           60L /* without a byte */

struct fetch_serve {
	int router, wire;
	CURLM *multi;
	CURL *easy;
	bool handed_over; /* libcurl has the connection, and will close it */
	bool has_length;
	int error; /* of a callback */
	struct curl_slist *headers, *resolved;
	char *certificates;
	char words[CURL_ERROR_SIZE];
	uint8_t message[FETCH_MESSAGE_BYTES + 1];
};

/* Waits for room: a router that does not read holds the connection up. */
static bool tell(struct fetch_serve *serve, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	do
		n = send(serve->router, bytes, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		serve->error = errno == EPIPE ? -ECONNRESET : -errno;
	return n >= 0;
}

static bool tell_pieces(struct fetch_serve *serve, enum fetch_type type, const char *bytes,
                        size_t len)
{
	while (len > 0) {
		size_t piece = len < FETCH_PIECE_BYTES ? len : FETCH_PIECE_BYTES;

		if (!tell(serve, serve->message,
		          fetch_proto_put(serve->message, type, bytes, piece)))
			return false;
		bytes += piece;
		len -= piece;
	}
	return true;
}

/* --- libcurl's callbacks --- */

static size_t on_body(char *bytes, size_t one, size_t len, void *arg)
{
	struct fetch_serve *serve = arg;
	curl_off_t length = -1;

	if (!serve->has_length) {
		serve->has_length = true;
		curl_easy_getinfo(serve->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		if (length >= 0 && !tell(serve, serve->message,
		                         fetch_proto_put_length(serve->message, (uint64_t)length)))
			return 0;
	}
	return tell_pieces(serve, FETCH_BODY, bytes, len * one) ? len * one : 0;
}

static size_t on_head(char *bytes, size_t one, size_t len, void *arg)
{
	return tell_pieces(arg, FETCH_HEAD, bytes, len * one) ? len * one : 0;
}

static curl_socket_t hand_over(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch_serve *serve = arg;

	(void)purpose;
	(void)address;
	if (serve->handed_over)
		return CURL_SOCKET_BAD;
	serve->handed_over = true;
	return serve->wire;
}

static int is_connected(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* The descriptor stays open: its end is the process's. */
static int keep_open(void *arg, curl_socket_t fd)
{
	(void)arg;
	(void)fd;
	return 0;
}

/* --- the question --- */

static char *part(const struct fetch_question *question, enum fetch_place place)
{
	const struct fetch_bytes *bytes = &question->at[place];
	char *text = mem_new(bytes->len + 1U, 1);

	if (bytes->len > 0)
		memcpy(text, bytes->bytes, bytes->len);
	return text;
}

static void set_text(CURL *easy, CURLoption option, const struct fetch_question *question,
                     enum fetch_place place)
{
	char *text = part(question, place);

	if (text[0] != '\0')
		curl_easy_setopt(easy, option, text); /* copies it */
	explicit_bzero(text, strlen(text));
	mem_free(text);
}

static void set_headers(struct fetch_serve *serve, const struct fetch_question *question)
{
	char *lines = part(question, FETCH_HEADERS), *rest = lines, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			serve->headers = curl_slist_append(serve->headers, line);
	/* What it would say of itself and ask for by itself: nothing. */
	serve->headers = curl_slist_append(serve->headers, "Expect:");
	curl_easy_setopt(serve->easy, CURLOPT_HTTPHEADER, serve->headers);
	mem_free(lines);
}

/* The host has this address, whatever it is called: libcurl asks nobody. */
static void set_address(struct fetch_serve *serve, const struct fetch_question *question)
{
	char *url = part(question, FETCH_URL), *address = part(question, FETCH_ADDRESS);
	struct text entry = { 0 };
	CURLU *parsed = curl_url();
	char *host = NULL, *port = NULL;

	if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
		text_printf(&entry, "%s:%s:%s", host, port, address);
		serve->resolved = curl_slist_append(NULL, text_str(&entry));
		curl_easy_setopt(serve->easy, CURLOPT_RESOLVE, serve->resolved);
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parsed);
	text_free(&entry);
	mem_free(url);
	mem_free(address);
}

static void set_certificates(struct fetch_serve *serve, bool check)
{
	struct curl_blob blob = { .flags = CURL_BLOB_NOCOPY };
	FILE *file = check ? fopen(CERTIFICATES, "re") : NULL;

	curl_easy_setopt(serve->easy, CURLOPT_SSL_VERIFYPEER, check ? 1L : 0L);
	curl_easy_setopt(serve->easy, CURLOPT_SSL_VERIFYHOST, check ? 2L : 0L);
	curl_easy_setopt(serve->easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(serve->easy, CURLOPT_CAPATH, NULL);
	if (file == NULL)
		return;
	serve->certificates = mem_new(CERTIFICATES_MAX, 1);
	blob.data = serve->certificates;
	blob.len = fread(serve->certificates, 1, CERTIFICATES_MAX, file);
	fclose(file);
	curl_easy_setopt(serve->easy, CURLOPT_CAINFO_BLOB, &blob);
}

static void set_ways(struct fetch_serve *serve)
{
	CURL *easy = serve->easy;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, serve->words);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, serve);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, hand_over);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, serve);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, is_connected);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, keep_open);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "Towpath/" TOWPATH_VERSION);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_S);
}

static void set_question(struct fetch_serve *serve, const struct fetch_question *question)
{
	CURL *easy = serve->easy;

	set_ways(serve);
	set_text(easy, CURLOPT_URL, question, FETCH_URL);
	set_address(serve, question);
	set_certificates(serve, question->check);
	if (question->at[FETCH_USER].len > 0) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		set_text(easy, CURLOPT_USERNAME, question, FETCH_USER);
		set_text(easy, CURLOPT_PASSWORD, question, FETCH_PASSWORD);
	}
	set_headers(serve, question);
	if (question->wants_head) {
		curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
		curl_easy_setopt(easy, CURLOPT_HEADERDATA, serve);
	}
	if (question->has_data) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)question->at[FETCH_DATA].len);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, question->at[FETCH_DATA].bytes);
	}
	if (question->at[FETCH_METHOD].len == 4 &&
	    memcmp(question->at[FETCH_METHOD].bytes, "HEAD", 4) == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		set_text(easy, CURLOPT_CUSTOMREQUEST, question, FETCH_METHOD);
}

int fetch_serve_ask(struct fetch_serve *serve)
{
	struct fetch_message message;
	ssize_t n;

	do
		n = recv(serve->router, serve->message, sizeof serve->message, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -ECONNRESET;
	if (!fetch_proto_take(serve->message, (size_t)n, &message) || message.type != FETCH_ASK)
		return -EPROTO;
	set_question(serve, &message.question);
	explicit_bzero(serve->message, (size_t)n);
	return 0;
}

/* --- the answer --- */

static void tell_failure(struct fetch_serve *serve, CURLcode code)
{
	const char *why = serve->words[0] != '\0' ? serve->words : curl_easy_strerror(code);
	char words[FETCH_WORDS_BYTES + 1];
	size_t len = strnlen(why, FETCH_WORDS_BYTES);

	for (size_t i = 0; i < len; i++)
		words[i] = why[i] >= ' ' && why[i] < 0x7f ? why[i] : '?';
	(void)tell(serve, serve->message,
	           fetch_proto_put(serve->message, FETCH_FAILED, words, len));
}

static void tell_done(struct fetch_serve *serve)
{
	long status = 0;
	char *location = NULL;

	curl_easy_getinfo(serve->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(serve->easy, CURLINFO_REDIRECT_URL, &location);
	(void)tell(serve, serve->message,
	           fetch_proto_put_done(serve->message, (uint16_t)status,
	                                location != NULL ? location : "",
	                                location != NULL ? strlen(location) : 0));
}

static CURLcode transfer(struct fetch_serve *serve)
{
	int running = 1, left;
	CURLMsg *said;

	if (curl_multi_add_handle(serve->multi, serve->easy) != CURLM_OK)
		return CURLE_FAILED_INIT;
	while (running > 0) {
		if (curl_multi_perform(serve->multi, &running) != CURLM_OK)
			return CURLE_FAILED_INIT;
		if (running > 0)
			(void)curl_multi_wait(serve->multi, NULL, 0, 1000, NULL);
	}
	said = curl_multi_info_read(serve->multi, &left);
	return said != NULL ? said->data.result : CURLE_FAILED_INIT;
}

int fetch_serve_run(struct fetch_serve *serve)
{
	CURLcode code = transfer(serve);

	if (serve->error != 0)
		return serve->error;
	if (code == CURLE_OK)
		tell_done(serve);
	else
		tell_failure(serve, code);
	return serve->error;
}

struct fetch_serve *fetch_serve_new(int router, int wire)
{
	struct fetch_serve *serve = mem_new(1, sizeof *serve);

	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	serve->router = router;
	serve->wire = wire;
	serve->multi = curl_multi_init();
	serve->easy = curl_easy_init();
	must(serve->multi != NULL && serve->easy != NULL);
	return serve;
}

void fetch_serve_free(struct fetch_serve *serve)
{
	if (serve == NULL)
		return;
	curl_multi_remove_handle(serve->multi, serve->easy);
	curl_easy_cleanup(serve->easy);
	curl_multi_cleanup(serve->multi);
	curl_slist_free_all(serve->headers);
	curl_slist_free_all(serve->resolved);
	mem_free(serve->certificates);
	mem_free(serve);
}
