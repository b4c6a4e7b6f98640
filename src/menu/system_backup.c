/*
 * system_backup.c -- /system/backup: all settings as one file, and back.
 */
#include <string.h>
#include <time.h>

#include "conf/backup.h"
#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"

struct save_args {
	char name[FILE_NAME_BYTES];
	char password[BACKUP_PASSWORD_BYTES];
	char encryption[16];
	bool dont_encrypt;
};

struct load_args {
	char name[FILE_NAME_BYTES];
	char password[BACKUP_PASSWORD_BYTES];
};

static const struct field save_fields[] = {
	{ "name", &type_string, AT(struct save_args, name), .max = FILE_NAME_BYTES - 1,
	  .help = "the file; by itself the router's name and the time" },
	{ "password", &type_string, AT(struct save_args, password),
	  .max = BACKUP_PASSWORD_BYTES - 1, .flags = F_SECRET,
	  .help = "encrypts the file; without it nobody can load it again" },
	{ "encryption", &type_word, AT(struct save_args, encryption), .max = 15,
	  .help = "how it is encrypted: aes-sha256, which is AES-256 here" },
	{ "dont-encrypt", &type_bool, AT(struct save_args, dont_encrypt), .dflt = "no",
	  .help = "leave it open: whoever has the file reads all passwords in it" },
};

static const char *const backups[] = { BACKUP_SUFFIX, NULL };

static const struct field load_fields[] = {
	{ "name", &type_file, AT(struct load_args, name), .max = FILE_NAME_BYTES - 1,
	  .words = backups, .flags = F_REQUIRED | F_UNNAMED,
	  .help = "the file that save has written" },
	{ "password", &type_string, AT(struct load_args, password),
	  .max = BACKUP_PASSWORD_BYTES - 1, .flags = F_SECRET,
	  .help = "the one that it was saved with" },
};

/* The router's name, with what can't be in a file's name replaced. */
static void put_identity(struct conf *conf, struct text *out)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const struct conf_state *state = conf_hold(conf);
	struct rows rows = conf_state_rows(state, menu_system_identity.path);
	struct text name = { 0 };

	if (rows.n > 0)
		conf_field_print(state, &menu_system_identity.fields[0], rows.at[0], &name);
	for (size_t i = 0; i < name.len && i < 24; i++)
		text_char(out, strchr(letters, name.bytes[i]) != NULL ? name.bytes[i] : '-');
	if (out->len == 0 || out->bytes[0] == '-')
		text_add(out, "router");
	text_free(&name);
	conf_release(conf, state);
}

/* "Towpath-20260131-1000.backup" */
static void put_name(struct conf *conf, char name[FILE_NAME_BYTES])
{
	const struct manage *manage = conf_router(conf)->manage;
	time_t seconds = (time_t)(clock_wall(manage->doors.clock).ns / (int64_t)NS_PER_S);
	struct text out = text_into(name, FILE_NAME_BYTES);
	struct tm at;
	char date[20] = "";

	put_identity(conf, &out);
	if (gmtime_r(&seconds, &at) != NULL)
		(void)strftime(date, sizeof date, "-%Y%m%d-%H%M", &at);
	text_printf(&out, "%s" BACKUP_SUFFIX, date);
}

static bool save_check(const struct save_args *args, struct diag *diag)
{
	if (args->encryption[0] != '\0' && strcmp(args->encryption, "aes-sha256") != 0)
		return diag_fail(diag, "encryption",
		                 "input does not match any value of encryption: %s is not "
		                 "supported, only aes-sha256",
		                 args->encryption);
	if (args->dont_encrypt && (args->password[0] != '\0' || args->encryption[0] != '\0'))
		return diag_fail(diag, "dont-encrypt",
		                 "bad parameter dont-encrypt: leave it out, or password and "
		                 "encryption");
	if (args->encryption[0] != '\0' && args->password[0] == '\0')
		return diag_fail(diag, "password",
		                 "missing value(s) of argument(s) password\nwhat is encrypted is "
		                 "encrypted with a password");
	return true;
}

static void save(struct conf *conf, const struct action_caller *caller, const void *args,
                 conf_done *done, void *arg)
{
	const struct save_args *wanted = args;
	struct diag diag = { 0 };
	char name[FILE_NAME_BYTES];

	if (wanted->name[0] == '\0')
		put_name(conf, name);
	if (!save_check(wanted, &diag) ||
	    (wanted->name[0] != '\0' &&
	     !file_name_of("name", wanted->name, BACKUP_SUFFIX, name, &diag))) {
		conf_refuse(&diag, done, arg);
		return;
	}
	text_printf(caller->notice, "Configuration backup saved as %s\n", name);
	if (wanted->password[0] == '\0' && !wanted->dont_encrypt)
		text_add(caller->notice, "it is not encrypted: keep it as you keep the passwords "
		                         "in it, or save it with password=\n");
	backup_save(conf, name, wanted->password, done, arg);
}

static void load(struct conf *conf, const struct action_caller *caller, const void *args,
                 conf_done *done, void *arg)
{
	const struct load_args *wanted = args;
	const struct journal_origin origin = {
		.who = caller->who,
		.lacks = caller->lacks,
		.door = caller->door,
		.trial = action_trial(caller),
	};
	struct diag diag = { 0 };
	char name[FILE_NAME_BYTES];

	if (!file_name_of("name", wanted->name, BACKUP_SUFFIX, name, &diag)) {
		conf_refuse(&diag, done, arg);
		return;
	}
	text_add(caller->notice, "System configuration restored\n");
	backup_load(conf, name, wanted->password, &origin, done, arg);
}

static const struct action actions[] = {
	{ .name = "save",
	  .help = "all settings, secrets and history too, into a file of the router's",
	  .fields = save_fields,
	  .nfields = ARRAY_LEN(save_fields),
	  .args_size = sizeof(struct save_args),
	  .change = save,
	  .policy = POLICY_READ | POLICY_WRITE | POLICY_POLICY | POLICY_SENSITIVE },
	{ .name = "load",
	  .help = "all settings from such a file, in place of what there is; undo takes it back",
	  .fields = load_fields,
	  .nfields = ARRAY_LEN(load_fields),
	  .args_size = sizeof(struct load_args),
	  .change = load,
	  .policy = POLICY_WRITE | POLICY_POLICY },
};

const struct menu menu_system_backup = {
	.path = "/system/backup",
	.title = "All settings as one file",
	.kind = MENU_FOLDER,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
};
