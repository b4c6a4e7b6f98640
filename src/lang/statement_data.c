/* Statements about variables. */
#include "conf/diag.h"
#include "lang/act.h"
#include "lang/parser.h"
#include "lang/statement.h"

/* The value, or the function behind do=; false with nothing pushed when there is neither. */
static bool paste_value(struct parser *p, struct statement_call *call, bool *ret_ok)
{
	const struct statement_given *value = &call->given[1], *code = &call->given[2];

	*ret_ok = true;
	if (value->given && code->given)
		*ret_ok = parse_fail(p, &code->spot,
		                     "expected end of command\na value or do={ }, not both");
	else if (value->given)
		statement_paste(p, call, 1);
	else if (code->given)
		statement_paste(p, call, 2);
	return value->given || code->given;
}

bool statement_emit_local(struct parser *p, struct statement_call *call)
{
	bool ok;

	/* Each round of a loop makes it anew. */
	if (!paste_value(p, call, &ok))
		code_push(p->program, p->arena, value_nil(), &call->spot);
	if (ok)
		code_store(p->program, scope_local(&p->scope, call->given[0].name), &call->spot);
	return ok;
}

bool statement_emit_global(struct parser *p, struct statement_call *call)
{
	bool ok;
	bool given = paste_value(p, call, &ok);

	scope_global(&p->scope, call->given[0].name);
	if (given && ok)
		code_emit(p->program, OP_STORE_GLOBAL, &call->spot)->text = call->given[0].name;
	return ok;
}

static void emit_variable(struct parser *p, const struct scope_name *name, bool store,
                          const struct spot *spot)
{
	if (name->global)
		code_emit(p->program, store ? OP_STORE_GLOBAL : OP_LOAD_GLOBAL, spot)->text =
			name->name;
	else
		code_emit(p->program, store ? OP_STORE : OP_LOAD, spot)->slot = name->slot;
}

bool statement_emit_set(struct parser *p, struct statement_call *call)
{
	const struct statement_given *target = &call->given[0];
	const struct scope_name *name = scope_use(&p->scope, target->name);
	struct word word = { .text = target->name, .spot = target->spot };
	bool ok;

	if (name == NULL)
		return parse_value_unknown(p, &word);
	if (call->nkeys > 0) {
		emit_variable(p, name, false, &target->spot);
		statement_paste(p, call, 0);
	}
	if (!paste_value(p, call, &ok))
		code_push(p->program, p->arena, value_nil(), &call->spot);
	if (!ok)
		return false;
	if (call->nkeys > 0) {
		struct op *op = code_emit(p->program, OP_ACT, &call->spot);

		op->act = act_set_element;
		op->count = call->nkeys + 2;
	}
	emit_variable(p, name, true, &call->spot);
	return true;
}
