/* ( ... ): operators between values, the loosest first. */
#include <string.h>

#include "conf/diag.h"
#include "lang/parser.h"

struct operator_word {
	const char *text;
	enum operator operator;
	int level; /* the higher, the closer it binds */
	bool word; /* a blank or bracket must follow */
};

enum {
	LEVEL_OR = 1,
	LEVEL_AND,
	LEVEL_COMPARE,
	LEVEL_JOIN,
	LEVEL_CONCAT,
	LEVEL_BIT_OR,
	LEVEL_BIT_XOR,
	LEVEL_BIT_AND,
	LEVEL_SHIFT,
	LEVEL_SUM,
	LEVEL_PRODUCT,
};

/* Longer ones first where one begins another. */
static const struct operator_word operators[] = {
	{ "||", OPERATOR_OR, LEVEL_OR },
	{ "or", OPERATOR_OR, LEVEL_OR, true },
	{ "&&", OPERATOR_AND, LEVEL_AND },
	{ "and", OPERATOR_AND, LEVEL_AND, true },
	{ "<<", OPERATOR_SHIFT_LEFT, LEVEL_SHIFT },
	{ ">>", OPERATOR_SHIFT_RIGHT, LEVEL_SHIFT },
	{ "<=", OPERATOR_LESS_EQUAL, LEVEL_COMPARE },
	{ ">=", OPERATOR_GREATER_EQUAL, LEVEL_COMPARE },
	{ "!=", OPERATOR_NOT_EQUAL, LEVEL_COMPARE },
	{ "=", OPERATOR_EQUAL, LEVEL_COMPARE },
	{ "<", OPERATOR_LESS, LEVEL_COMPARE },
	{ ">", OPERATOR_GREATER, LEVEL_COMPARE },
	{ "~", OPERATOR_MATCH, LEVEL_COMPARE },
	{ "in", OPERATOR_IN, LEVEL_COMPARE, true },
	{ ",", OPERATOR_JOIN, LEVEL_JOIN },
	{ ".", OPERATOR_CONCAT, LEVEL_CONCAT },
	{ "|", OPERATOR_BIT_OR, LEVEL_BIT_OR },
	{ "^", OPERATOR_BIT_XOR, LEVEL_BIT_XOR },
	{ "&", OPERATOR_BIT_AND, LEVEL_BIT_AND },
	{ "+", OPERATOR_ADD, LEVEL_SUM },
	{ "-", OPERATOR_SUB, LEVEL_SUM },
	{ "*", OPERATOR_MUL, LEVEL_PRODUCT },
	{ "/", OPERATOR_DIV, LEVEL_PRODUCT },
	{ "%", OPERATOR_MOD, LEVEL_PRODUCT },
};

static bool operator_ahead(const struct lex *lex, const struct operator_word *word)
{
	size_t len = strlen(word->text), left = lex->len - lex->at;
	const char *at = lex->text + lex->at;

	if (left < len || memcmp(at, word->text, len) != 0)
		return false;
	return !word->word ||
	       (left > len && at[len] != '\0' && strchr(" \t\r\n([{\"$!", at[len]) != NULL);
}

/* The operator that is next, if it binds at least as close as @level. */
static const struct operator_word *find_operator(const struct lex *lex, int level)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (operator_ahead(lex, &operators[i]))
			return operators[i].level >= level ? &operators[i] : NULL;
	return NULL;
}

static bool parse_level(struct parser *p, int level);

static void emit_operator(struct parser *p, enum operator operator, unsigned operands,
                          const struct spot *spot)
{
	struct op *op = code_emit(p->program, OP_OPERATE, spot);

	op->operator= operator;
	op->count = operands;
}

static bool parse_literal(struct parser *p)
{
	struct word word = lex_literal(&p->lex, p->arena);

	if (word.len == 0)
		return parse_fail(p, &word.spot,
		                  lex_peek(&p->lex) == LEX_END
		                          ? "syntax error\na closing bracket ) is missing"
		                          : "syntax error\na value should stand here");
	code_push(p->program, p->arena, value_guess(p->arena, word.text), &word.spot);
	return true;
}

bool parse_expression_arrow(struct parser *p)
{
	struct lex before = p->lex;

	if (lex_take(&p->lex, '-') && lex_take(&p->lex, '>'))
		return true;
	p->lex = before;
	return false;
}

bool parse_expression_key(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	const char *text;

	if (lex_peek(&p->lex) == '$')
		return parse_value_load(p); /* $a->$i->0 is the element 0 of $a->$i */
	if (!parse_value_ahead(p))
		return parse_literal(p);
	if (!parse_value_text(p, NULL, &text))
		return false;
	if (text != NULL)
		code_push(p->program, p->arena, value_text(p->arena, text), &spot);
	return true;
}

bool parse_expression_elements(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);

	while (parse_expression_arrow(p)) {
		if (!parse_expression_key(p))
			return false;
		emit_operator(p, OPERATOR_ELEMENT, 2, &spot);
		spot = lex_spot(&p->lex);
	}
	return true;
}

static bool parse_unary(struct parser *p);

static bool parse_behind(struct parser *p, enum operator operator)
{
	struct spot spot = lex_spot(&p->lex);

	if (!parse_deeper(p, &spot))
		return false;
	lex_take(&p->lex, (char)lex_peek(&p->lex));
	lex_space(&p->lex);
	if (!parse_unary(p))
		return false;
	emit_operator(p, operator, 1, &spot);
	p->depth--;
	return true;
}

static bool parse_unary(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	const char *text;

	switch (lex_peek(&p->lex)) {
	case '!':
		return parse_behind(p, OPERATOR_NOT);
	case '-':
		return parse_behind(p, OPERATOR_NEGATE);
	case '~':
		return parse_behind(p, OPERATOR_BIT_NOT);
	default:
		break;
	}
	if (!parse_value_ahead(p))
		return parse_literal(p) && parse_expression_elements(p);
	if (!parse_value_text(p, NULL, &text))
		return false;
	if (text != NULL)
		code_push(p->program, p->arena, value_text(p->arena, text), &spot);
	return parse_expression_elements(p);
}

/* What stands to the right of @word; "and" and "or" don't look at it once the left one decides. */
static bool parse_right(struct parser *p, const struct operator_word *word, const struct spot *spot)
{
	size_t jump = code_here(p->program);
	bool decides = word->level == LEVEL_OR || word->level == LEVEL_AND;

	if (decides)
		code_emit(p->program, word->level == LEVEL_OR ? OP_EITHER : OP_BOTH, spot);
	if (!parse_level(p, word->level + 1))
		return false;
	emit_operator(p, word->operator, 2, spot);
	if (decides)
		code_aim(p->program, jump);
	return true;
}

static bool parse_level(struct parser *p, int level)
{
	const struct operator_word *word;

	lex_space(&p->lex);
	if (!parse_unary(p))
		return false;
	for (;;) {
		struct spot spot;

		lex_space(&p->lex);
		word = find_operator(&p->lex, level);
		if (word == NULL)
			return true;
		spot = lex_spot(&p->lex);
		p->lex.at += strlen(word->text);
		if (!parse_right(p, word, &spot))
			return false;
	}
}

bool parse_expression(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);

	if (!parse_deeper(p, &spot) || !lex_take(&p->lex, '('))
		return false;
	if (!parse_level(p, LEVEL_OR))
		return false;
	spot = lex_spot(&p->lex);
	if (!lex_take(&p->lex, ')'))
		return parse_fail(p, &spot,
		                  lex_peek(&p->lex) == LEX_END
		                          ? "syntax error\na closing bracket ) is missing"
		                          : "syntax error\nan operator should stand here, or )");
	p->depth--;
	return true;
}
