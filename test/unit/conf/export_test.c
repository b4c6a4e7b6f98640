#include "fixture.h"

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % below;
}

static uint32_t named(struct fixture *f, const char *ref, const char *name)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct row *row = conf_state_named(state, ref, name, NULL);
	uint32_t id = row != NULL ? row->id : 0;

	conf_release(f->conf, state);
	return id;
}

static void exported_is(struct fixture *f, struct export_options options, const char *want)
{
	struct text out = { 0 };

	conf_export(f->conf, &options, &out);
	assert_string_equal(text_str(&out), want);
	text_free(&out);
}

#define HEAD "# 2023-11-14 22:13:20 by Towpath " TOWPATH_VERSION "\n"
#define HEAD_WHOLE                                                                                 \
	HEAD "# for a router on a new store: towpathd --no-defaults, then towpath < this file\n"

static void only_what_differs(void **unused)
{
	struct fixture f = { 0 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	assert_true(fixture_remove(&f, "/profile", named(&f, "/profile", "quick")));
	exported_is(&f, (struct export_options){ 0 }, HEAD_WHOLE);
	assert_true(fixture_set(&f, "/interface/ethernet", named(&f, "interface", "ether1"), "name",
	                        "wan", "disabled", "yes"));
	assert_true(fixture_set(&f, "/interface/ethernet", named(&f, "interface", "ether2"), "mtu",
	                        "1500"));
	(void)fixture_add(&f, "/ip/address", "address", "192.168.88.1/24", "interface", "wan",
	                  "comment", "say \"hi\" for $5?");
	(void)fixture_add(&f, "/ip/rule", "log", "yes", "secret", "hush", "disabled", "yes");
	assert_true(fixture_set(&f, "/ip/settings", 0, "identity", ""));
	exported_is(&f, (struct export_options){ 0 },
	            HEAD_WHOLE "/ip/settings\n"
	                       "set identity=\"\"\n"
	                       "/interface/ethernet\n"
	                       "set [ find default-name=ether1 ] disabled=yes name=wan\n"
	                       "/ip/address\n"
	                       "add address=192.168.88.1/24 comment=\"say \\\"hi\\\" for \\$5\\?\" "
	                       "interface=wan\n"
	                       "/ip/rule\n"
	                       "add disabled=yes log\n");
	exported_is(&f, (struct export_options){ .path = "/ip/rule/", .show_sensitive = true },
	            HEAD "/ip/rule\n"
	                 "add disabled=yes log secret=hush\n");
	exported_is(&f, (struct export_options){ .path = "/ip", .terse = true },
	            HEAD "/ip/settings/set identity=\"\"\n"
	                 "/ip/address/add address=192.168.88.1/24 comment=\"say \\\"hi\\\" for "
	                 "\\$5\\?\" interface=wan\n"
	                 "/ip/rule/add disabled=yes log\n");
	exported_is(&f, (struct export_options){ .path = "/interface", .verbose = true },
	            HEAD "/interface/ethernet\n"
	                 "set [ find default-name=ether1 ] disabled=yes mtu=1500 name=wan\n"
	                 "set [ find default-name=ether2 ] disabled=no mtu=1500 name=ether2\n"
	                 "set [ find default-name=ether3 ] disabled=no mtu=1500 name=ether3\n");
	exported_is(&f, (struct export_options){ .path = "/ip/rul" }, HEAD);
	fixture_close(&f);
}

/* Each line leaves names that differ: who has another's default name finds it free. */
static void things_that_swap_names_make_way(void **unused)
{
	struct fixture f = { 0 };
	const char *const names[] = { "x", "ether1", "ether2" };
	const char *const things[] = { "ether1", "ether2", "x" };

	assert_int_equal(fixture_open(&f, NULL), 0);
	assert_true(fixture_remove(&f, "/profile", named(&f, "/profile", "quick")));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(fixture_set(&f, "/interface/ethernet",
		                        named(&f, "interface", things[i]), "name", names[i]));
	assert_true(fixture_set(&f, "/interface/ethernet", named(&f, "interface", "ether3"), "name",
	                        "ether2-2"));
	exported_is(&f, (struct export_options){ .terse = true },
	            HEAD_WHOLE
	            "/interface/ethernet/set [ find default-name=ether2 ] name=ether2-3\n"
	            "/interface/ethernet/set [ find default-name=ether1 ] name=ether2\n"
	            "/interface/ethernet/set [ find default-name=ether2 ] name=ether1\n"
	            "/interface/ethernet/set [ find default-name=ether3 ] name=ether2-2\n");
	fixture_close(&f);
}

static void no_line_is_longer_than_80(void **unused)
{
	struct fixture f = { 0 };
	struct text out = { 0 };
	const char *line;

	assert_int_equal(fixture_open(&f, NULL), 0);
	for (char name[] = "aaaaaaaaaaaaaaa"; name[0] < 'k'; name[0]++) {
		(void)fixture_add(&f, "/interface/vlan", "name", name + name[0] - 'a', "vlan-id",
		                  "1000", "interface", "ether1", "comment", "some words here");
		(void)fixture_add(&f, "/ip/rule", "comment", name, "src-address",
		                  "10.11.12.13-20.21.22.23", "timeout", "1d2h3m4s500ms", "state",
		                  "established,related");
	}
	fixture_export(&f, &out);
	for (line = text_str(&out); *line != '\0'; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	assert_non_null(strstr(text_str(&out), " \\\n    "));
	text_free(&out);
	fixture_close(&f);
}

/* The words of a line, read by the rules of ROUTEROS.md 1.2, written independently of conf. */
static char *word_read(const char **at)
{
	struct text word = { 0 };
	bool quoted = false;
	char *kept;

	while (**at == ' ' || strncmp(*at, "\\\n", 2) == 0)
		*at += **at == ' ' ? 1 : 2;
	while (**at != '\0' && (quoted || (**at != ' ' && **at != '\n'))) {
		if (**at == '"') {
			quoted = !quoted;
		} else if (quoted && **at == '\\') {
			static const char from[] = "nrtabfv", to[] = "\n\r\t\a\b\f\v";
			const char *found = strchr(from, (*at)[1]);
			unsigned hex;

			(*at)++;
			if (found != NULL) {
				text_char(&word, to[found - from]);
			} else if (strchr("0123456789ABCDEF", **at) != NULL) {
				assert_int_equal(sscanf(*at, "%2X", &hex), 1);
				text_char(&word, (char)hex);
				(*at)++;
			} else {
				text_char(&word, **at);
			}
		} else {
			text_char(&word, **at);
		}
		(*at)++;
	}
	assert_false(quoted);
	kept = mem_strdup(text_str(&word));
	text_free(&word);
	return kept;
}

/* "[ find default-name=ether1 ]", the bracket already read. */
static uint32_t find_read(const struct menu *menu, struct fixture *f, const char **at)
{
	char *find = word_read(at), *test = word_read(at), *end = word_read(at);
	const struct conf_state *state = conf_hold(f->conf);
	struct rows rows = conf_state_rows(state, menu->path);
	char *value = strchr(test, '=');
	uint32_t id = 0;

	assert_string_equal(find, "find");
	assert_string_equal(end, "]");
	*value++ = '\0';

	const struct field *field = &menu->fields[menu_field(menu, test)];

	for (size_t i = 0; i < rows.n; i++) {
		struct text out = { 0 };

		field->type->print(field, state, rows.at[i]->body + field->offset, &out);
		if (strcmp(text_str(&out), value) == 0)
			id = rows.at[i]->id;
		text_free(&out);
	}
	conf_release(f->conf, state);
	mem_free(find);
	mem_free(test);
	mem_free(end);
	return id;
}

static void line_import(struct fixture *f, const struct menu *menu, const char **at)
{
	char *word = word_read(at);
	bool add = strcmp(word, "add") == 0;
	struct request *request = fixture_make(f, add ? VERB_ADD : VERB_SET, menu->path, 0, NULL);

	assert_true(add || strcmp(word, "set") == 0);
	request->ids = arena_new(&f->arena, 1, sizeof *request->ids);
	while (**at != '\n') {
		char *equals;

		mem_free(word);
		word = word_read(at);
		equals = strchr(word, '=');
		if (strcmp(word, "[") == 0) {
			request->ids[0] = find_read(menu, f, at);
			request->nids = 1;
		} else if (equals != NULL) {
			*equals = '\0';
			request_put(request, word, equals + 1);
		} else {
			request_put(request, word, "yes");
		}
	}
	mem_free(word);
	if (!fixture_do(f, request))
		fail_msg("%s", f->diag.text);
}

static void import(struct fixture *f, const char *at)
{
	const struct menu *menu = NULL;

	for (; *at != '\0'; at++) {
		if (*at == '#') {
			at += strcspn(at, "\n");
		} else if (*at == '/') {
			char *path = word_read(&at);

			menu = conf_menu(f->conf, path);
			assert_non_null(menu);
			mem_free(path);
		} else {
			line_import(f, menu, &at);
		}
		assert_int_equal(*at, '\n');
	}
}

static void any_text(uint64_t *seed, char *text, size_t most)
{
	size_t n = draw(seed, (uint32_t)most);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)(1 + draw(seed, draw(seed, 2) != 0 ? 255 : 126));
	text[n] = '\0';
}

/* Adds and sets of everything there is, some of which is refused. */
static void any_change(struct fixture *f, uint64_t *seed)
{
	char text[30], name[30], number[16];
	const char *interface = draw(seed, 2) != 0 ? "ether1" : "n2";

	any_text(seed, text, sizeof text);
	snprintf(name, sizeof name, "n%u", draw(seed, 9));
	snprintf(number, sizeof number, "%u", draw(seed, 5000));
	switch (draw(seed, 6)) {
	case 0:
		(void)fixture_do(f, fixture_make(f, VERB_ADD, "/interface/vlan", 0, "name", name,
		                                 "vlan-id", number, "interface", "ether2",
		                                 "comment", text, NULL));
		break;
	case 1:
		(void)fixture_do(f, fixture_make(f, VERB_ADD, "/ip/address", 0, "address",
		                                 "10.0.0.1/8", "interface", interface, "comment",
		                                 text, NULL));
		break;
	case 2:
		(void)fixture_do(f,
		                 fixture_make(f, VERB_ADD, "/ip/rule", 0, "secret", text, "timeout",
		                              number, "log", "yes", "disabled", "yes", NULL));
		break;
	case 3:
		(void)fixture_set(f, "/ip/settings", 0, "identity", text);
		break;
	case 4:
		(void)fixture_set(f, "/interface/ethernet", named(f, "interface", "ether3"),
		                  "comment", text, "mtu", number);
		break;
	default:
		(void)fixture_set(f, "/profile", named(f, "/profile", "default"), "timeout",
		                  number);
	}
}

static void an_import_makes_the_same(void **unused)
{
	uint64_t seed = 4;

	for (int round = 0; round < 60; round++) {
		struct fixture f = { 0 }, g = { 0 };
		struct text first = { 0 }, second = { 0 };

		assert_int_equal(fixture_open(&f, NULL), 0);
		assert_int_equal(fixture_open(&g, NULL), 0);
		assert_true(fixture_remove(&f, "/profile", named(&f, "/profile", "quick")));
		assert_true(fixture_remove(&g, "/profile", named(&g, "/profile", "quick")));
		for (uint32_t i = draw(&seed, 40); i > 0; i--)
			any_change(&f, &seed);
		fixture_export(&f, &first);
		import(&g, text_str(&first));
		fixture_export(&g, &second);
		assert_string_equal(text_str(&first), text_str(&second));
		text_free(&first);
		text_free(&second);
		fixture_close(&f);
		fixture_close(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_differs),
		cmocka_unit_test(things_that_swap_names_make_way),
		cmocka_unit_test(no_line_is_longer_than_80),
		cmocka_unit_test(an_import_makes_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
