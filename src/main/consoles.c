#include "main/consoles.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "lib/text.h"
#include "manage/jobs.h"
#include "manage/login.h"
#include "manage/manage.h"
#include "menu/setup.h"
#include "menu/system.h"
#include "ui/login_name.h"

static void to_client(void *arg, const char *bytes, size_t len)
{
	const struct console *console = arg;

	local_client_out(console->client, bytes, len);
}

static void to_client_beside(void *arg, const char *bytes, size_t len)
{
	const struct console *console = arg;

	local_client_notice(console->client, bytes, len);
}

static bool client_has_room(void *arg)
{
	const struct console *console = arg;

	return local_client_has_room(console->client);
}

static bool execute(void *arg, const char *source, struct text *ret_job, struct diag *diag)
{
	const struct console *console = arg;

	return jobs_execute(console->all->manage->jobs, console->who, source, ret_job, diag);
}

static uint32_t policies(void *arg)
{
	return login_policies(((const struct console *)arg)->login);
}

static struct console *free_place(struct consoles *consoles)
{
	for (unsigned i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		if (!consoles->at[i].used)
			return &consoles->at[i];
	}
	return NULL;
}

static const char greeting[] =
	"\n"
	"Towpath " TOWPATH_VERSION ". What is typed here is in force and kept at once.\n"
	"\n"
	"[?]     what can stand here         [Tab]   completes; twice: shows the choice\n"
	"/       up to the top               ..      up one level\n"
	"export  the configuration           /quit   leaves; the router goes on\n"
	"\n";

/* What whoever looks after the router must know before anything else. */
static void notice_show(struct console *console, const struct manage *manage)
{
	const char *notice = recovery_notice(manage);

	if (notice != NULL)
		local_client_notice(console->client, notice, strlen(notice));
}

/* Show @text at every console but @from's (NULL: at all). False: nobody is there. */
static bool tell_others(struct consoles *consoles, const struct console *from, const char *text)
{
	bool heard = false;

	for (unsigned i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		struct console *to = &consoles->at[i];

		if (!to->used || to == from || !to->interactive || session_closed(to->session))
			continue;
		session_tell(to->session, text);
		heard = true;
	}
	return heard;
}

/* What one user says to all others who sit at a console. */
static bool chat(void *arg, const char *line)
{
	const struct console *from = arg;
	struct text text = { 0 };
	bool heard;

	text_printf(&text, "# %s: %s\n", from->who, line);
	heard = tell_others(from->all, from, text_str(&text));
	text_free(&text);
	return heard;
}

void consoles_echo(void *arg, const char *line)
{
	struct text text = { 0 };

	text_printf(&text, "%s\n", line);
	(void)tell_others(arg, NULL, text_str(&text));
	text_free(&text);
}

/* The owner's note, above the first prompt. */
static void note_show(struct conf *conf, struct text *welcome)
{
	const struct conf_state *state = conf_hold(conf);

	if (system_note_at_login(state, welcome))
		text_char(welcome, '\n');
	conf_release(conf, state);
}

static struct session_setup setup_of(struct console *console, const struct console_hello *said,
                                     const struct login_name *name)
{
	return (struct session_setup){
		.conf = console->all->conf,
		.who = console->who,
		.door = said->interactive ? "console" : "script",
		.width = name->width > 0 ? name->width : said->size.width,
		.height = name->height > 0 ? name->height : said->size.height,
		.interactive = said->interactive,
		.colour = said->colour && !name->no_colour,
		.dumb = said->dumb || name->dumb,
		.no_detection = name->no_detection,
		.history = console->history,
		.arg = console,
		.out = to_client,
		.has_room = client_has_room,
		.notice = to_client_beside,
		.globals = console->all->manage->globals,
		.execute = execute,
		.policies = policies,
		.error = said->interactive ? NULL : to_client_beside,
		.chat = chat,
	};
}

/* What a login has come to, at once: by the local socket nobody is asked for a password. */
struct admission {
	struct login *login;
	struct text *why;
};

static void admitted(void *arg, struct login *login, const struct diag *diag)
{
	struct admission *admission = arg;

	admission->login = login;
	if (login == NULL)
		text_add(admission->why, diag->text);
}

static struct login *admit(struct consoles *consoles, struct local_client *client,
                           const struct login_name *name, struct text *why)
{
	char who[USER_NAME_BYTES];
	const struct login_ask ask = { .door = DOOR_LOCAL, .name = who };
	struct admission admission = { .why = why };
	struct diag diag = { 0 };

	if (login_local_name(local_client_account(client), local_client_trusted(client), name->who,
	                     who, &diag))
		login_begin(consoles->manage->logins, &ask, admitted, &admission);
	else
		text_add(why, diag.text);
	return admission.login;
}

static void open_session(struct console *console, const struct console_hello *said,
                         const struct login_name *name)
{
	struct consoles *consoles = console->all;
	struct session_setup setup = setup_of(console, said, name);
	struct text welcome = { 0 };

	text_add(&welcome, greeting);
	setup_read_greeting(consoles->conf, &welcome);
	note_show(consoles->conf, &welcome);
	setup.greeting = text_str(&welcome);
	notice_show(console, consoles->manage);
	console->session = session_new(&setup);
	text_free(&welcome);
}

static void *hello(void *arg, struct local_client *client, const struct console_hello *said)
{
	struct consoles *consoles = arg;
	struct console *console = free_place(consoles);
	struct login *login = NULL;
	struct login_name name;
	char words[DIAG_TEXT_BYTES];
	struct text why = text_into(words, sizeof words);

	if (console == NULL)
		text_add(&why, "too many logins; end one of them first");
	else if (login_name_parse(said->who, &name, &why))
		login = admit(consoles, client, &name, &why);
	if (login == NULL) {
		local_client_bye(client, text_str(&why));
		return NULL;
	}
	*console = (struct console){ .used = true,
		                     .all = consoles,
		                     .client = client,
		                     .login = login,
		                     .interactive = said->interactive,
		                     .sized = name.width > 0 };
	snprintf(console->who, sizeof console->who, "%s", login->name);
	console->history = recalls_take(&consoles->recalls, console->who);
	open_session(console, said, &name);
	return console;
}

static void input(void *session, const uint8_t *bytes, size_t len)
{
	struct console *console = session;

	/* What no longer fits was typed far ahead of a command that still runs. */
	if (session_input(console->session, (const char *)bytes, len) < len)
		local_client_out(console->client, "\a", 1);
}

static void ran(void *arg, bool ok)
{
	const struct console *console = arg;

	local_client_done(console->client, ok ? 0 : 1);
}

static void run(void *session, const char *script, size_t len)
{
	static const char busy[] = "failure: a script is running, or this one is too long\n";
	struct console *console = session;

	if (session_run(console->session, script, len, ran, console))
		return;
	local_client_notice(console->client, busy, sizeof busy - 1);
	local_client_done(console->client, 1);
}

static void interrupt(void *session)
{
	session_interrupt(((struct console *)session)->session);
}

static void resize(void *session, struct console_size size)
{
	const struct console *console = session;

	if (!console->sized)
		session_resize(console->session, size.width, size.height);
}

static void gone(void *session)
{
	struct console *console = session;

	session_free(console->session);
	recalls_give(&console->all->recalls, console->history);
	login_end(console->login);
	console->used = false;
}

struct local_hooks consoles_hooks(struct consoles *consoles)
{
	return (struct local_hooks){
		.arg = consoles,
		.hello = hello,
		.input = input,
		.run = run,
		.interrupt = interrupt,
		.resize = resize,
		.gone = gone,
	};
}

bool consoles_turn(struct consoles *consoles, mono now)
{
	bool more = false;

	for (unsigned i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		struct console *console = &consoles->at[i];

		if (!console->used)
			continue;
		more |= session_turn(console->session, now);
		if (session_closed(console->session) && !console->goodbye) {
			console->goodbye = true;
			local_client_bye(console->client, "");
		}
	}
	return more;
}

mono consoles_next(const struct consoles *consoles)
{
	mono next = mono_never();

	for (unsigned i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		if (consoles->at[i].used)
			next = mono_min(next, session_next(consoles->at[i].session));
	}
	return next;
}

void consoles_free(struct consoles *consoles)
{
	recalls_free(&consoles->recalls);
}

bool consoles_busy(const struct consoles *consoles)
{
	for (unsigned i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		if (consoles->at[i].used && session_busy(consoles->at[i].session))
			return true;
	}
	return false;
}
