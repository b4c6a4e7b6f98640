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

static void to_line(void *arg, const char *bytes, size_t len)
{
	const struct console *console = arg;

	console->line.out(console->line.arg, bytes, len);
}

static void to_line_beside(void *arg, const char *bytes, size_t len)
{
	const struct console *console = arg;

	console->line.notice(console->line.arg, bytes, len);
}

static bool line_has_room(void *arg)
{
	const struct console *console = arg;

	return console->line.has_room(console->line.arg);
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
	for (unsigned i = 0; i < CONSOLES_MAX; i++) {
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
		to_line_beside(console, notice, strlen(notice));
}

/* Show @text at every console but @from's (NULL: at all). False: nobody is there. */
static bool tell_others(struct consoles *consoles, const struct console *from, const char *text)
{
	bool heard = false;

	for (unsigned i = 0; i < CONSOLES_MAX; i++) {
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

static struct session_setup setup_of(struct console *console, const struct console_guest *guest)
{
	const struct login_name *name = guest->name;

	return (struct session_setup){
		.conf = console->all->conf,
		.who = console->who,
		.door = guest->door,
		.width = name->width > 0 ? name->width : guest->size.width,
		.height = name->height > 0 ? name->height : guest->size.height,
		.interactive = guest->interactive,
		.colour = guest->colour && !name->no_colour,
		.dumb = guest->dumb || name->dumb,
		.no_detection = name->no_detection,
		.history = console->history,
		.arg = console,
		.out = to_line,
		.has_room = line_has_room,
		.notice = to_line_beside,
		.globals = console->all->manage->globals,
		.execute = execute,
		.policies = policies,
		.error = guest->interactive ? NULL : to_line_beside,
		.chat = chat,
	};
}

static void open_session(struct console *console, const struct console_guest *guest)
{
	struct consoles *consoles = console->all;
	struct session_setup setup = setup_of(console, guest);
	struct text welcome = { 0 };

	text_add(&welcome, greeting);
	setup_read_greeting(consoles->conf, &welcome);
	note_show(consoles->conf, &welcome);
	setup.greeting = text_str(&welcome);
	notice_show(console, consoles->manage);
	console->session = session_new(&setup);
	text_free(&welcome);
}

struct console *consoles_open(struct consoles *consoles, const struct console_guest *guest)
{
	struct console *console = free_place(consoles);

	if (console == NULL) {
		login_end(guest->login);
		return NULL;
	}
	*console = (struct console){ .used = true,
		                     .all = consoles,
		                     .line = guest->line,
		                     .login = guest->login,
		                     .interactive = guest->interactive,
		                     .sized = guest->name->width > 0 };
	snprintf(console->who, sizeof console->who, "%s", guest->login->name);
	console->history = recalls_take(&consoles->recalls, console->who);
	open_session(console, guest);
	return console;
}

void console_input(struct console *console, const void *bytes, size_t len)
{
	/* What no longer fits was typed far ahead of a command that still runs. */
	if (session_input(console->session, bytes, len) < len)
		to_line(console, "\a", 1);
}

void console_resize(struct console *console, struct console_size size)
{
	if (!console->sized)
		session_resize(console->session, size.width, size.height);
}

void console_close(struct console *console)
{
	session_free(console->session);
	recalls_give(&console->all->recalls, console->history);
	login_end(console->login);
	console->used = false;
}

/* --- the local socket --- */

static void client_out(void *arg, const void *bytes, size_t len)
{
	local_client_out(arg, bytes, len);
}

static void client_notice(void *arg, const void *bytes, size_t len)
{
	local_client_notice(arg, bytes, len);
}

static bool client_has_room(void *arg)
{
	return local_client_has_room(arg);
}

static void client_bye(void *arg, const char *why)
{
	local_client_bye(arg, why);
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

static void *hello(void *arg, struct local_client *client, const struct console_hello *said)
{
	struct consoles *consoles = arg;
	struct login_name name;
	struct console_guest guest = {
		.line = { client, client_out, client_notice, client_has_room, client_bye },
		.door = said->interactive ? "console" : "script",
		.size = said->size,
		.interactive = said->interactive,
		.colour = said->colour,
		.dumb = said->dumb,
		.name = &name,
	};
	char words[DIAG_TEXT_BYTES];
	struct text why = text_into(words, sizeof words);

	if (login_name_parse(said->who, &name, &why))
		guest.login = admit(consoles, client, &name, &why);
	if (guest.login == NULL) {
		local_client_bye(client, text_str(&why));
		return NULL;
	}
	/* The socket has no more clients than there are places. */
	return consoles_open(consoles, &guest);
}

static void input(void *session, const uint8_t *bytes, size_t len)
{
	console_input(session, bytes, len);
}

static void ran(void *arg, bool ok)
{
	const struct console *console = arg;

	local_client_done(console->line.arg, ok ? 0 : 1);
}

static void run(void *session, const char *script, size_t len)
{
	static const char busy[] = "failure: a script is running, or this one is too long\n";
	struct console *console = session;

	if (session_run(console->session, script, len, ran, console))
		return;
	local_client_notice(console->line.arg, busy, sizeof busy - 1);
	local_client_done(console->line.arg, 1);
}

static void interrupt(void *session)
{
	session_interrupt(((struct console *)session)->session);
}

static void resize(void *session, struct console_size size)
{
	console_resize(session, size);
}

static void gone(void *session)
{
	console_close(session);
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

	for (unsigned i = 0; i < CONSOLES_MAX; i++) {
		struct console *console = &consoles->at[i];

		if (!console->used)
			continue;
		more |= session_turn(console->session, now);
		if (session_closed(console->session) && !console->goodbye) {
			console->goodbye = true;
			console->line.bye(console->line.arg, "");
		}
	}
	return more;
}

mono consoles_next(const struct consoles *consoles)
{
	mono next = mono_never();

	for (unsigned i = 0; i < CONSOLES_MAX; i++) {
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
	for (unsigned i = 0; i < CONSOLES_MAX; i++) {
		if (consoles->at[i].used && session_busy(consoles->at[i].session))
			return true;
	}
	return false;
}
