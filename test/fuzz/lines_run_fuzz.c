#include "fuzz.h"
#include "small_router.h"

#include <stdio.h>

#include "lang/parse.h"

enum {
	SCRIPT_MOST = 2000,
};

/* What a fresh router has and an export begins with. */
static const char emptied[] = "/ip/firewall/filter remove [find]\n"
			      "/interface/list/member remove [find]\n"
			      "/interface/list remove WAN,LAN\n"
			      "/system/logging remove [find]\n";

enum form {
	PLAIN,
	TERSE,
	VERBOSE,
	FORMS,
};

static void export_all(struct small_router *s, enum form form, struct text *out)
{
	const struct export_options options = { .terse = form == TERSE,
		                                .verbose = form == VERBOSE,
		                                .show_sensitive = true };

	small_router_export(s, &options, out);
}

/* A reference to an item that is gone ("*9") stays what it is, and nobody can type it. */
static bool refers_to_nothing(const struct text *exported)
{
	return strstr(text_str(exported), "=*") != NULL ||
	       strstr(text_str(exported), "=!*") != NULL ||
	       strstr(text_str(exported), "%*") != NULL;
}

static void must_be_same(const struct text *a, const struct text *b)
{
	if (strcmp(text_str(a), text_str(b)) != 0)
		fprintf(stderr, "--- this\n%s--- became\n%s", text_str(a), text_str(b));
	must(strcmp(text_str(a), text_str(b)) == 0);
}

/* What was exported makes the same configuration on an empty router. */
static void check_import(const struct text *exported, enum form form)
{
	struct small_router s;
	struct text out = { 0 }, again = { 0 };

	must(small_router_open(&s, NULL) == 0);
	must(small_router_run(&s, emptied, strlen(emptied), &out));
	text_clear(&out);
	bool taken = small_router_run(&s, text_str(exported), exported->len, &out);

	if (!taken && !refers_to_nothing(exported))
		fprintf(stderr, "--- this\n%s--- is refused\n%s", text_str(exported),
		        text_str(&out));
	must(taken || refers_to_nothing(exported));
	export_all(&s, form, &again);
	if (taken)
		must_be_same(exported, &again);
	text_free(&out);
	text_free(&again);
	small_router_close(&s);
}

/* What was answered is in the store. */
static void check_reload(struct memory_store *store, const struct text *exported)
{
	struct small_router s;
	struct text again = { 0 };

	must(small_router_open(&s, store) == 0);
	export_all(&s, PLAIN, &again);
	must_be_same(exported, &again);
	text_free(&again);
	small_router_close(&s);
}

/* What it has changed is there when it is imported, and when it is loaded again. */
static void run(struct memory_store *store, const char *script, size_t size)
{
	struct text out = { 0 }, before = { 0 }, exported = { 0 }, formed = { 0 };
	enum form form = (enum form)(size % FORMS);
	struct small_router s;

	must(small_router_open(&s, store) == 0);
	export_all(&s, PLAIN, &before);
	(void)small_router_run(&s, script, size, &out);
	export_all(&s, PLAIN, &exported);
	export_all(&s, form, &formed);
	small_router_close(&s);
	if (strcmp(text_str(&before), text_str(&exported)) != 0) {
		check_import(&formed, form);
		check_reload(store, &exported);
	}
	text_free(&out);
	text_free(&before);
	text_free(&exported);
	text_free(&formed);
}

/* A script, run. It is parsed first: what can't be does not cost a store. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *script = (const char *)data;
	struct memory_store *store;
	struct diag diag = { 0 };

	if (size > SCRIPT_MOST || !parse_check(menus_all, script, size, &diag))
		return 0;
	store = mem_new(1, sizeof *store);
	memory_store_init(store);
	run(store, script, size);
	memory_store_free(store);
	mem_free(store);
	return 0;
}
