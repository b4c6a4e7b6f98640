/* The table of statements, in the order of their names. */
#include "lang/act.h"
#include "lang/statement.h"

#define NAMED(word, text)      .param = { .name = (word), .help = (text) }
#define POSITIONAL(word, text) .param = { .name = (word), .help = (text), .positional = true }

static const struct statement_param do_params[] = {
	{ POSITIONAL("command", "The commands: { ... }"), .form = FORM_BLOCK, .required = true },
	{ NAMED("while", "Again, as long as this is true") },
	{ NAMED("on-error", "What to do when one of them fails: { ... }"), .form = FORM_BLOCK },
};
static const struct statement_param if_params[] = {
	{ POSITIONAL("condition", "What must be true, in ( )"), .required = true },
	{ NAMED("do", "What to do then: { ... }"), .form = FORM_BLOCK },
	{ NAMED("else", "What to do otherwise: { ... }"), .form = FORM_BLOCK },
};
static const struct statement_param for_params[] = {
	{ POSITIONAL("counter", "Name of the variable that counts"), .form = FORM_NAME,
	  .required = true },
	{ NAMED("from", "Where to begin"), .required = true },
	{ NAMED("to", "Where to end"), .required = true },
	{ NAMED("step", "By how much; 1, or -1 downwards, when it is not given") },
	{ NAMED("do", "What to do for each: { ... }"), .form = FORM_BLOCK, .required = true },
};
static const struct statement_param foreach_params[] = {
	{ POSITIONAL("counter", "Name of the variable for each element, or key,value"),
	  .form = FORM_NAMES, .required = true },
	{ NAMED("in", "The array, or [find ...]"), .required = true },
	{ NAMED("do", "What to do for each: { ... }"), .form = FORM_BLOCK, .required = true },
};
static const struct statement_param while_params[] = {
	{ POSITIONAL("condition", "As long as this is true, in ( )"), .required = true },
	{ NAMED("do", "What to do: { ... }"), .form = FORM_BLOCK, .required = true },
};
static const struct statement_param onerror_params[] = {
	{ POSITIONAL("counter", "Name of the variable for the message"), .form = FORM_NAME,
	  .required = true },
	{ NAMED("in", "What to try: { ... }"), .form = FORM_BLOCK, .required = true },
	{ NAMED("do", "What to do when it fails: { ... }"), .form = FORM_BLOCK, .required = true },
};
static const struct statement_param retry_params[] = {
	{ POSITIONAL("command", "What to try: { ... }"), .form = FORM_BLOCK, .required = true },
	{ NAMED("delay", "How long to wait before the next try"), .required = true },
	{ NAMED("max", "How often to try at most"), .required = true },
	{ NAMED("on-error", "What to do when none has worked: { ... }"), .form = FORM_BLOCK },
};
static const struct statement_param variable_params[] = {
	{ POSITIONAL("name", "Name of the variable"), .form = FORM_NAME, .required = true },
	{ POSITIONAL("value", "What it is to hold") },
	{ NAMED("do", "The commands of a function: { ... }"), .form = FORM_CODE },
};
static const struct statement_param set_params[] = {
	{ POSITIONAL("name", "Name of the variable, or ($name->key)"), .form = FORM_TARGET,
	  .required = true },
	{ POSITIONAL("value", "What it is to hold; nothing when it is not given") },
	{ NAMED("do", "The commands of a function: { ... }"), .form = FORM_CODE },
};
static const struct statement_param put_params[] = {
	{ POSITIONAL("message", "What to print"), .required = true },
};
static const struct statement_param return_params[] = {
	{ POSITIONAL("value", "What the function yields") },
};
static const struct statement_param error_params[] = {
	{ POSITIONAL("message", "What has gone wrong"), .required = true },
};
static const struct statement_param delay_params[] = {
	{ POSITIONAL("delay-time", "How long: 5s, 100ms, 1m30s; seconds if it is a number") },
};
static const struct statement_param log_params[] = {
	{ POSITIONAL("topics", "debug, info, warning or error"), .required = true },
	{ POSITIONAL("message", "What to write"), .required = true },
};
static const struct statement_param source_params[] = {
	{ POSITIONAL("source", "Commands as a text"), .form = FORM_CODE, .required = true },
};
static const struct statement_param execute_params[] = {
	{ POSITIONAL("script", "Commands, as { ... } or as a text"), .form = FORM_CODE,
	  .required = true },
};
static const struct statement_param environment_params[] = {
	{ POSITIONAL("command", "print") },
};
static const struct statement_param time_params[] = {
	{ POSITIONAL("command", "The commands: { ... }"), .form = FORM_BLOCK, .required = true },
};

#define TAKES(array) .params = (array), .nparams = ARRAY_LEN(array)

const struct statement statements_all[] = {
	{ "break", "Leave the loop", .emit = statement_emit_break },
	{ "continue", "Go on with the loop's next round", .emit = statement_emit_continue },
	{ "delay", "Wait", TAKES(delay_params), .emit = statement_emit_act, .act = act_delay },
	{ "do", "Carry out commands, perhaps again, perhaps catching errors", TAKES(do_params),
	  .emit = statement_emit_do, .scoped = true, .loops = true },
	{ "environment", "Show the global variables", TAKES(environment_params),
	  .emit = statement_emit_act, .act = act_environment },
	{ "error", "Stop with an error", TAKES(error_params), .emit = statement_emit_act,
	  .act = act_error },
	{ "execute", "Run commands by themselves, while this goes on", TAKES(execute_params),
	  .emit = statement_emit_act, .act = act_execute },
	{ "for", "Count from one number to another", TAKES(for_params), .emit = statement_emit_for,
	  .scoped = true, .loops = true },
	{ "foreach", "Go through an array", TAKES(foreach_params), .emit = statement_emit_foreach,
	  .scoped = true, .loops = true },
	{ "global", "Make a variable that all scripts share known here", TAKES(variable_params),
	  .emit = statement_emit_global },
	{ "if", "Carry out commands if something is true", TAKES(if_params),
	  .emit = statement_emit_if },
	{ "jobname", "The name of the script that runs", .emit = statement_emit_act,
	  .act = act_jobname },
	{ "local", "Make a variable", TAKES(variable_params), .emit = statement_emit_local },
	{ "log", "Write to the log", TAKES(log_params), .emit = statement_emit_act,
	  .act = act_log },
	{ "nothing", "Do nothing; as a value, none", .emit = statement_emit_act, .act = NULL },
	{ "onerror", "Try commands; as a value, whether they failed", TAKES(onerror_params),
	  .emit = statement_emit_onerror, .scoped = true, .yields = true },
	{ "parse", "Make a function of a text", TAKES(source_params), .emit = statement_emit_act,
	  .act = act_parse },
	{ "put", "Print a value", TAKES(put_params), .emit = statement_emit_act, .act = act_put },
	{ "retry", "Try commands several times", TAKES(retry_params), .emit = statement_emit_retry,
	  .scoped = true },
	{ "return", "End the function with a value", TAKES(return_params),
	  .emit = statement_emit_return },
	{ "set", "Give a variable a value", TAKES(set_params), .emit = statement_emit_set },
	{ "time", "How long commands take", TAKES(time_params), .emit = statement_emit_time,
	  .yields = true },
	{ "while", "Carry out commands as long as something is true", TAKES(while_params),
	  .emit = statement_emit_while, .scoped = true, .loops = true },
};
const size_t statements_n = ARRAY_LEN(statements_all);
