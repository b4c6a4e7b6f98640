/* The wizard: what it asks, what it offers, and what becomes of the answers, to the letter. */
#include "menu/fixture.h"

#include "conf/question.h"
#include "conf/trial.h"

struct turn {
	const char *prompt, *answer; /* answer NULL: Enter */
};

/* What a fresh router has besides its cards. */
static const char emptied[] = "/ip/firewall/filter remove [find]\n"
			      "/interface/list/member remove [find]\n"
			      "/interface/list remove WAN,LAN\n";

static struct fixture *bare_router(void)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, emptied);
	f->asks = true;
	return f;
}

static void step(struct fixture *f, struct run *run, enum run_state expected)
{
	for (int i = 0; i < 100; i++)
		if (run_step(run, f->now, 100) == expected)
			return;
	fail_msg("the wizard does not come to %s", expected == RUN_DONE ? "its end" : "a question");
}

/* Answer the question that is open; f->diag says why it can't be the answer. */
static bool answer(struct fixture *f, struct run *run, const char *prompt, const char *text)
{
	const struct question *question;

	step(f, run, RUN_ASKING);
	question = run_question(run);
	assert_non_null(question);
	assert_string_equal(question->prompt, prompt);
	assert_non_null(question->help);
	text_clear(&f->out);
	f->diag = (struct diag){ 0 };
	return run_answer(run, text != NULL ? text : question->dflt, &f->diag);
}

static void talk(struct fixture *f, struct run *run, const struct turn *turns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!answer(f, run, turns[i].prompt, turns[i].answer))
			fail_msg("%s%s\n%s", turns[i].prompt,
			         turns[i].answer != NULL ? turns[i].answer : "(Enter)",
			         f->diag.text);
}

#define TALK(f_, run_, ...)                                                                        \
	talk(f_, run_, (const struct turn[]){ __VA_ARGS__ },                                       \
	     sizeof((const struct turn[]){ __VA_ARGS__ }) / sizeof(struct turn))

#define BEGIN   "your choice [press Enter to configure ip address and gateway]: "
#define END     "your choice [press Enter to see what will be done]: "
#define SECRET  "new password of admin: "
#define REPEAT  "once more: "
#define DO_IT   "Do it? [Y/n]: "
#define HEADING "\nThis will be done, all of it or nothing:\n\n"

/* Ids depend on how many rows a fresh router has: *# stands for any. */
static bool matches(const char *shown, const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (strncmp(pattern, "*#", 2) == 0 && *shown == '*') {
			shown += 1 + strspn(shown + 1, "0123456789ABCDEF");
			pattern++;
		} else if (*shown++ != *pattern) {
			return false;
		}
	}
	return *shown == '\0';
}

/* The last answer has led to these lines; do them. */
static void lines_done(struct fixture *f, struct run *run, const char *lines)
{
	struct text pattern = { 0 };
	bool same;

	text_printf(&pattern, "%s%s\n", HEADING, lines);
	same = matches(text_str(&f->out), text_str(&pattern));
	text_free(&pattern);
	if (!same)
		fail_msg("expected:\n%s\nshown:\n%s", lines, text_str(&f->out));
	TALK(f, run, { DO_IT, NULL });
	step(f, run, RUN_DONE);
	end(f, run);
	if (!f->ok)
		fail_msg("%s", f->diag.text);
}

static char *all_of(struct fixture *f)
{
	const struct export_options options = { .show_sensitive = true };
	struct text out = { 0 };
	char *copy;

	conf_export(f->conf, &options, &out);
	copy = mem_strdup(strchr(text_str(&out), '\n') + 1); /* the first line tells the time */
	text_free(&out);
	return copy;
}

static void same_as(struct fixture *f, char *before)
{
	char *now = all_of(f);

	assert_string_equal(now, before);
	mem_free(now);
	mem_free(before);
}

/* From nothing to a router that hosts reach the internet by. */
static void test_whole(void **unused)
{
	struct fixture *f = bare_router();
	struct run *run = begin(f, "/setup");

	step(f, run, RUN_ASKING);
	assert_non_null(strstr(text_str(&f->out), "\n 2  ether3 "));
	assert_non_null(strstr(text_str(&f->out), " up    none\n"));
	TALK(f, run, { BEGIN, NULL }, { "enable interface [ether1]: ", NULL },
	     { "ip address [none]: ", "203.0.113.2" }, { "netmask [255.255.255.0]: ", NULL },
	     { "another ip address [none]: ", NULL }, { "enable interface [ether2]: ", NULL },
	     { "ip address [192.168.88.1/24]: ", NULL },
	     { "another ip address [none]: ", "192.168.0.1/255.255.255.0" },
	     { "another ip address [none]: ", NULL }, { "enable interface [ether3]: ", "none" },
	     { "gateway [203.0.113.1]: ", NULL }, { "interface to the internet [ether1]: ", NULL },
	     { "masquerade what leaves to the internet? [Y/n]: ", NULL },
	     { "keep strangers out? [Y/n]: ", "n" }, { SECRET, "canary1" }, { REPEAT, "canary2" },
	     { SECRET, "canary1" }, { REPEAT, "canary1" }, { END, NULL });
	lines_done(f, run,
	           "/user/set admin # password changes and is not shown\n"
	           "/interface/list/add name=WAN\n"
	           "/interface/list/add name=LAN\n"
	           "/interface/list/member/add interface=ether1 list=WAN\n"
	           "/interface/list/member/add interface=ether2 list=LAN\n"
	           "/ip/address/add address=203.0.113.2/24 interface=ether1\n"
	           "/ip/address/add address=192.168.88.1/24 interface=ether2\n"
	           "/ip/address/add address=192.168.0.1/24 interface=ether2\n"
	           "/ip/route/add gateway=203.0.113.1\n"
	           "/ip/firewall/nat/add action=masquerade chain=srcnat out-interface-list=WAN\n");

	char *before = all_of(f);

	assert_non_null(strstr(before, "/interface/list\n"));
	assert_string_equal(strstr(before, "/interface/list\n"),
	                    "/interface/list\n"
	                    "add name=WAN\n"
	                    "add name=LAN\n"
	                    "/interface/list/member\n"
	                    "add interface=ether1 list=WAN\n"
	                    "add interface=ether2 list=LAN\n"
	                    "/ip/address\n"
	                    "add address=203.0.113.2/24 interface=ether1\n"
	                    "add address=192.168.88.1/24 interface=ether2\n"
	                    "add address=192.168.0.1/24 interface=ether2\n"
	                    "/ip/route\n"
	                    "add gateway=203.0.113.1\n"
	                    "/ip/firewall/nat\n"
	                    "add action=masquerade chain=srcnat out-interface-list=WAN\n");

	/* A second time, what is there is offered; with Enter alone nothing changes. */
	run = begin(f, "/set");
	TALK(f, run, { BEGIN, NULL }, { "enable interface [ether1]: ", NULL },
	     { "ip address [203.0.113.2/24]: ", NULL }, { "another ip address [none]: ", NULL },
	     { "enable interface [ether2]: ", NULL }, { "ip address [192.168.88.1/24]: ", NULL },
	     { "ip address [192.168.0.1/24]: ", NULL }, { "another ip address [none]: ", NULL },
	     { "enable interface [ether3]: ", NULL }, { "ip address [none]: ", NULL },
	     { "enable interface [none]: ", NULL }, { "gateway [203.0.113.1]: ", NULL },
	     { "interface to the internet [ether1]: ", NULL },
	     { "masquerade what leaves to the internet? [Y/n]: ", NULL },
	     { "keep strangers out? [Y/n]: ", "n" }, { END, NULL });
	assert_string_equal(text_str(&f->out), "There is nothing to change.\n");
	step(f, run, RUN_DONE);
	end(f, run);
	same_as(f, before);
	fixture_free(f);
}

/* The filter is that of a fresh router; without a filter everybody would come in. */
static void test_filter(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const char *fresh;
	char *before = all_of(f);
	struct run *run;

	must_run(f, "/ip/firewall/filter remove [find]");
	f->asks = true;
	run = begin(f, "/setup");
	TALK(f, run, { BEGIN, "w" }, { "interface to the internet [ether1]: ", NULL },
	     { "masquerade what leaves to the internet? [y/N]: ", NULL },
	     { "keep strangers out? [Y/n]: ", NULL }, { END, NULL });
	fresh = text_str(&f->out);
	assert_non_null(strstr(fresh, "/ip/firewall/filter/add action=drop chain=input "
	                              "comment=\"defconf: drop all not coming from LAN\" "
	                              "in-interface-list=!LAN\n"));
	TALK(f, run, { DO_IT, NULL });
	step(f, run, RUN_DONE);
	end(f, run);
	assert_true(f->ok);
	same_as(f, before);
	fixture_free(f);
}

/* What can't be is told as the command would, and asked again. */
static void test_wrong(void **unused)
{
	static const struct {
		const char *prompt, *answer, *why; /* why NULL: it is taken */
	} turns[] = {
		{ BEGIN, "a", NULL },
		{ "enable interface [ether1]: ", "ether4",
		  "input does not match any value of interface: there is no ether4; there are "
		  "ether1, ether2, ether3" },
		{ "enable interface [ether1]: ", "eth",
		  "input does not match any value of interface: there is no eth; there are "
		  "ether1, ether2, ether3" },
		{ "enable interface [ether1]: ", "3",
		  "input does not match any value of interface: there is no 3; there are "
		  "ether1, ether2, ether3" },
		{ "enable interface [ether1]: ", "1", NULL },
		{ "ip address [192.168.88.1/24]: ", "192.168.0",
		  "invalid value for argument address: 192.168.0 is not an address with a prefix "
		  "length of 0 to 32" },
		{ "ip address [192.168.88.1/24]: ", "192.168.0.1", NULL },
		{ "netmask [255.255.255.0]: ", "255.0.255.0",
		  "invalid value for argument netmask: it must be ones, then zeroes, such as "
		  "255.255.255.0, or their number, such as 24" },
		{ "netmask [255.255.255.0]: ", "33",
		  "invalid value for argument netmask: it must be ones, then zeroes, such as "
		  "255.255.255.0, or their number, such as 24" },
		{ "netmask [255.255.255.0]: ", "/16", NULL },
		{ "another ip address [none]: ", "10.0.0.0/24",
		  "invalid value for argument address: 10.0.0.0 is the network address of its "
		  "network, not a host's; the first host is 10.0.0.1" },
		{ "another ip address [none]: ", "10.0.0.255", NULL },
		/* It is the address that can't be: both are asked again. */
		{ "netmask [255.255.255.0]: ", "24",
		  "invalid value for argument address: 10.0.0.255 is the broadcast address of its "
		  "network, not a host's; the first host is 10.0.0.1" },
		{ "another ip address [none]: ", "none", NULL },
		{ "enable interface [ether1]: ", "none", NULL },
		{ "gateway [none]: ", "10.9.9.9",
		  "invalid value for argument gateway: 10.9.9.9 is in none of the router's "
		  "networks: 192.168.0.1/16 on ether2" },
		{ "gateway [none]: ", "192.168.0.1",
		  "invalid value for argument gateway: 192.168.0.1 is this router's own address; "
		  "the gateway is the next router on the way to the internet" },
		{ "gateway [none]: ", "192.168.7.8", NULL },
		{ "interface to the internet [ether2]: ", "ppp",
		  "input does not match any value of interface: there is no ppp; there are "
		  "ether1, ether2, ether3" },
		{ "interface to the internet [ether2]: ", "ether2", NULL },
		{ "masquerade what leaves to the internet? [y/N]: ", NULL, NULL },
		{ SECRET, "", NULL },
		{ END, "x", NULL },
	};
	struct fixture *f = fixture_new(NULL);
	struct run *run;

	f->asks = true;
	run = begin(f, "/setup");
	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		bool ok = answer(f, run, turns[i].prompt, turns[i].answer);

		assert_string_equal(f->diag.text, turns[i].why != NULL ? turns[i].why : "");
		assert_true(ok == (turns[i].why == NULL));
	}
	lines_done(f, run,
	           "/interface/list/member/remove *# # comment=defconf interface=ether2 "
	           "list=LAN\n"
	           "/interface/list/member/add interface=ether2 list=WAN\n"
	           "/ip/address/add address=192.168.0.1/16 interface=ether2\n"
	           "/ip/route/add gateway=192.168.7.8\n");
	fixture_free(f);
}

/* Whoever gives up has changed nothing, wherever it was. */
static void test_giving_up(void **unused)
{
	static const struct turn turns[] = {
		{ BEGIN, NULL },
		{ "enable interface [ether1]: ", NULL },
		{ "ip address [none]: ", "203.0.113.2/24" },
		{ "another ip address [none]: ", NULL },
		{ "enable interface [ether2]: ", "none" },
		{ "gateway [203.0.113.1]: ", NULL },
		{ "interface to the internet [ether1]: ", NULL },
		{ "masquerade what leaves to the internet? [y/N]: ", "y" },
		{ SECRET, "canary1" },
		{ REPEAT, "canary1" },
		{ END, NULL },
	};
	struct fixture *f = fixture_new(NULL);

	f->asks = true;
	must_run(f, "/interface disable ether1");
	for (size_t n = 0; n <= ARRAY_LEN(turns); n++) {
		char *before = all_of(f);
		struct run *run = begin(f, "/setup");

		talk(f, run, turns, n);
		step(f, run, RUN_ASKING);
		text_clear(&f->out);
		run_interrupt(run);
		step(f, run, RUN_DONE);
		end(f, run);
		assert_string_equal(text_str(&f->out), "Nothing was changed.\n");
		same_as(f, before);
	}
	fixture_free(f);
}

/* Existing addresses are replaced, removed, moved to another card. */
static void test_changing(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct run *run;

	f->asks = true;
	must_run(f, "/ip/address/add address=10.0.1.1/24 interface=ether1\n"
	            "/ip/address/add address=10.0.2.1/24 interface=ether1\n"
	            "/ip/address/add address=10.0.3.1/24 interface=ether1\n"
	            "/ip/address/add address=10.0.9.1/24 interface=ether1 disabled=yes\n"
	            "/ip/address/add address=10.0.4.1/24 interface=ether2\n"
	            "/ip/route/add gateway=10.0.1.254\n"
	            "/ip/route/add dst-address=10.99.0.0/16 gateway=10.0.3.254\n"
	            "/ip/firewall/nat/add chain=srcnat action=masquerade out-interface-list=WAN\n"
	            "/interface/disable ether2");
	run = begin(f, "/setup");
	TALK(f, run, { BEGIN, NULL }, { "enable interface [ether1]: ", "ether2" },
	     { "ip address [10.0.4.1/24]: ", "none" }, { "ip address [none]: ", NULL },
	     { "enable interface [ether1]: ", NULL }, { "ip address [10.0.1.1/24]: ", "none" },
	     { "ip address [10.0.2.1/24]: ", "10.0.2.2" }, { "netmask [255.255.255.0]: ", "25" },
	     { "ip address [10.0.3.1/24]: ", NULL },
	     { "another ip address [none]: ", "10.0.4.1/24" },
	     { "another ip address [none]: ", NULL }, { "enable interface [ether3]: ", "none" },
	     { "gateway [10.0.1.254]: ", "10.0.4.254" },
	     { "interface to the internet [ether1]: ", "2" },
	     { "masquerade what leaves to the internet? [Y/n]: ", "n" }, { SECRET, "" },
	     { END, NULL });
	/* "n" leads back to the questions, and what was answered is kept. */
	TALK(f, run, { DO_IT, "n" }, { END, "g" }, { "gateway [10.0.4.254]: ", "none" },
	     { END, NULL });
	lines_done(f, run,
	           "/ip/route/remove *# # gateway=10.0.1.254\n"
	           "/ip/address/remove *# # address=10.0.1.1/24 interface=ether1\n"
	           "/ip/address/remove *# # address=10.0.2.1/24 interface=ether1\n"
	           "/ip/address/remove *# # address=10.0.4.1/24 interface=ether2\n"
	           "/interface/list/member/remove *# # comment=defconf interface=ether1 "
	           "list=WAN\n"
	           "/interface/list/member/remove *# # comment=defconf interface=ether3 "
	           "list=LAN\n"
	           "/interface/set ether2 disabled=no # was disabled=yes\n"
	           "/interface/list/member/add interface=ether1 list=LAN\n"
	           "/interface/list/member/add interface=ether3 list=WAN\n"
	           "/ip/address/add address=10.0.2.2/25 interface=ether1\n"
	           "/ip/address/add address=10.0.4.1/24 interface=ether1\n"
	           "/ip/firewall/nat/set *# disabled=yes # was disabled=no\n");
	fixture_free(f);
}

/* What is refused at the end leads back, and what others did meanwhile is no harm. */
static void test_others(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct run *run, *other;
	struct program program = { 0 };
	struct run_host host;

	f->asks = true;
	run = begin(f, "/setup");
	TALK(f, run, { BEGIN, NULL }, { "enable interface [ether1]: ", NULL },
	     { "ip address [none]: ", "10.0.1.1/24" }, { "another ip address [none]: ", NULL },
	     { "enable interface [ether2]: ", "none" }, { "gateway [10.0.1.2]: ", "none" },
	     { "interface to the internet [ether1]: ", "none" });
	host = (struct run_host){ .conf = f->conf,
		                  .numbering = &f->numbering,
		                  .who = "other",
		                  .door = "console",
		                  .arg = f,
		                  .out = fixture_out,
		                  .notice = fixture_notice,
		                  .go = fixture_go };
	static const char line[] = "/ip/address/add address=10.0.1.1/24 interface=ether3";
	assert_true(parse_program(menus_all, "/", line, strlen(line), &program, NULL, &f->diag));
	other = run_new(&host, &program);
	step(f, other, RUN_DONE);
	assert_true(run_ok(other));
	run_free(other);
	assert_false(answer(f, run, END, NULL));
	assert_non_null(strstr(f->diag.text, "already have such address"));
	TALK(f, run, { END, "a" }, { "enable interface [ether1]: ", NULL },
	     { "ip address [10.0.1.1/24]: ", "10.0.5.1/24" },
	     { "another ip address [none]: ", NULL }, { "enable interface [ether2]: ", "none" },
	     { "gateway [10.0.5.2]: ", "none" }, { END, NULL });
	lines_done(f, run,
	           "/interface/list/member/remove *# # comment=defconf interface=ether1 "
	           "list=WAN\n"
	           "/interface/list/member/add interface=ether1 list=LAN\n"
	           "/ip/address/add address=10.0.5.1/24 interface=ether1\n");
	fixture_free(f);
}

static void taken_back(void *arg, const struct conf_answer *answer)
{
	*(bool *)arg = answer->ok;
}

/* In safe mode the wizard's changes go with the rest when the line is lost. */
static void test_safe_mode(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;
	struct run *run;
	char *before;
	bool back = false;

	memory_store_init(store);
	f = fixture_new(store);
	before = all_of(f);
	f->asks = true;
	f->trial = trial_take(f->conf, "admin", "console", &f->diag);
	assert_int_not_equal(f->trial, 0);
	run = begin(f, "/setup");
	TALK(f, run, { BEGIN, NULL }, { "enable interface [ether1]: ", "ether2" },
	     { "ip address [192.168.88.1/24]: ", NULL }, { "another ip address [none]: ", NULL },
	     { "enable interface [ether1]: ", "none" }, { "gateway [none]: ", NULL },
	     { "interface to the internet [ether1]: ", NULL },
	     { "masquerade what leaves to the internet? [Y/n]: ", NULL }, { SECRET, "" },
	     { END, NULL });
	lines_done(f, run,
	           "/ip/address/add address=192.168.88.1/24 interface=ether2\n"
	           "/ip/firewall/nat/add action=masquerade chain=srcnat out-interface-list=WAN\n");
	trial_unroll(f->conf, f->trial, NULL, taken_back, &back);
	assert_true(back);
	same_as(f, before);
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void test_script(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, ":local x 1; set x 5; :put $x");
	assert_string_equal(text_str(&f->out), "5\n");

	refused(f, "/setup",
	        "failure: setup asks questions, and nobody can answer them here\n"
	        "type it at the console (towpath without -c), or use what it would: "
	        "/ip/address/add, /ip/route/add, /interface/list/member/add, "
	        "/ip/firewall/nat/add");
	fixture_free(f);
	f = fixture_with_ports(NULL, 0);
	f->asks = true;
	refused(f, "/setup",
	        "failure: this router has no cards; start towpathd with --port "
	        "ether1=INTERFACE for each of them");
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),     cmocka_unit_test(test_filter),
		cmocka_unit_test(test_wrong),     cmocka_unit_test(test_giving_up),
		cmocka_unit_test(test_changing),  cmocka_unit_test(test_others),
		cmocka_unit_test(test_safe_mode), cmocka_unit_test(test_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
