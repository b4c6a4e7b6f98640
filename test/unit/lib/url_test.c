#include "../unit.h"

#include "lib/text.h"
#include "lib/url.h"

static void what_a_request_needs(void **state)
{
	static const struct {
		const char *text, *host, *target, *user, *password, *printed;
		unsigned port;
		bool tls;
	} good[] = {
		{ "http://10.0.0.1", "10.0.0.1", "/", "", "", "http://10.0.0.1/", 80, false },
		{ "HTTP://Example.ORG/A?b=c#d", "example.org", "/A?b=c", "", "",
		  "http://example.org/A?b=c", 80, false },
		{ "https://a-b.c_d:8443?x", "a-b.c_d", "/?x", "", "", "https://a-b.c_d:8443/?x",
		  8443, true },
		{ "https://u%20v:p%40%3a@h/", "h", "/", "u v", "p@:", "https://h/", 443, true },
		{ "http://me@h:80/x", "h", "/x", "me", "", "http://h/x", 80, false },
		{ "http://a@b@h:/", "h", "/", "a@b", "", "http://h/", 80, false },
		{ "https://h:80/", "h", "/", "", "", "https://h:80/", 80, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct text why = { 0 }, out = { 0 };
		struct url url;

		assert_true(url_parse(good[i].text, &url, &why));
		assert_string_equal(url.host, good[i].host);
		assert_string_equal(url.target, good[i].target);
		assert_string_equal(url.user, good[i].user);
		assert_string_equal(url.password, good[i].password);
		assert_int_equal(url.port, good[i].port);
		assert_int_equal(url.tls, good[i].tls);
		url_print(&url, &out);
		assert_string_equal(text_str(&out), good[i].printed);
		text_free(&out);
		text_free(&why);
	}
}

static void all_else_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "", "a URL begins with http:// or https://" },
		{ "10.0.0.1/x", "a URL begins with http:// or https://" },
		{ "ftp://h/", "only http:// and https:// are supported" },
		{ "http://", "there is no host in it" },
		{ "http:///x", "there is no host in it" },
		{ "http://:80/", "there is no host in it" },
		{ "http://h:0/", "a port is a number from 1 to 65535" },
		{ "http://h:65536/", "a port is a number from 1 to 65535" },
		{ "http://h:80:80/", "a port is a number from 1 to 65535" },
		{ "http://h:a/", "a port is a number from 1 to 65535" },
		{ "http://[::1]/", "IPv6 is not supported" },
		{ "http://a b/", "a host's name has letters, digits, dots and dashes" },
		{ "http://h\r\nX: y/", "a host's name has letters, digits, dots and dashes" },
		{ "http://h/a b", "a path has no blanks and only ASCII: write %20 for a blank" },
		{ "http://h/a\r\nX:",
		  "a path has no blanks and only ASCII: write %20 for a blank" },
		{ "http://h/\303\244",
		  "a path has no blanks and only ASCII: write %20 for a blank" },
		{ "http://@h/", "there is no user before the @" },
		{ "http://%4@h/", "after a % come two digits of a number to base 16" },
		{ "http://%zz@h/", "after a % come two digits of a number to base 16" },
		{ "http://a%0d@h/",
		  "user and password have at most 127 characters, and no controls" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct text why = { 0 };
		struct url url;

		assert_false(url_parse(bad[i][0], &url, &why));
		assert_string_equal(text_str(&why), bad[i][1]);
		text_free(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_request_needs),
		cmocka_unit_test(all_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
