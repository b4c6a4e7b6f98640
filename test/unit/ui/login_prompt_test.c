#include "unit.h"

#include "lib/text.h"
#include "ui/login_prompt.h"

struct fixture {
	struct login_prompt prompt;
	struct text out;
};

static void begin(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	login_prompt_begin(&f->prompt, &f->out);
}

static size_t type(struct fixture *f, const char *keys)
{
	return login_prompt_input(&f->prompt, keys, strlen(keys), &f->out);
}

#define SHOWS(f, bytes)                                                                            \
	do {                                                                                       \
		assert_string_equal(text_str(&(f)->out), bytes);                                   \
		text_clear(&(f)->out);                                                             \
	} while (0)

static void a_name_and_a_password(void **state)
{
	struct fixture f;

	begin(&f);
	SHOWS(&f, "Login: ");
	(void)type(&f, "admin+ct80w\r");
	SHOWS(&f, "admin+ct80w\r\nPassword: ");
	assert_int_equal(f.prompt.state, LOGIN_PROMPT_PASSWORD);
	/* What is typed ahead is not taken. */
	assert_int_equal(type(&f, "s3cret\r/ip"), 7);
	SHOWS(&f, "\r\n");
	assert_int_equal(f.prompt.state, LOGIN_PROMPT_ASK);
	assert_string_equal(f.prompt.name, "admin+ct80w");
	assert_string_equal(f.prompt.password, "s3cret");
	login_prompt_again(&f.prompt, "wrong\nreally", &f.out);
	SHOWS(&f, "wrong\r\nreally\r\n\r\nLogin: ");
	assert_string_equal(f.prompt.name, "");
	for (size_t i = 0; i < sizeof f.prompt.password; i++)
		assert_int_equal(f.prompt.password[i], 0);
	text_free(&f.out);
}

static void ends_of_lines_are_one_key(void **state)
{
	struct fixture f;

	begin(&f);
	assert_int_equal(login_prompt_input(&f.prompt, "bob\r\nx\r\0", 8, &f.out), 7);
	assert_string_equal(f.prompt.name, "bob");
	assert_string_equal(f.prompt.password, "x");
	text_free(&f.out);
	begin(&f);
	(void)type(&f, "\n\r\nbob\nx\n");
	SHOWS(&f, "Login: \r\nLogin: \r\nLogin: bob\r\nPassword: \r\n");
	assert_string_equal(f.prompt.name, "bob");
	text_free(&f.out);
}

static void what_was_typed_can_be_mended(void **state)
{
	struct fixture f;

	begin(&f);
	text_clear(&f.out);
	(void)type(&f, "\bax\177b\303\244\177c\033[A\033[1~\033OPd\001\r");
	SHOWS(&f, "ax\b \bb\303\244\b \bcd\r\nPassword: ");
	assert_string_equal(f.prompt.name, "abcd");
	(void)type(&f, "wrong\025right\r");
	SHOWS(&f, "\r\n");
	assert_string_equal(f.prompt.password, "right");
	text_free(&f.out);
	begin(&f);
	text_clear(&f.out);
	(void)type(&f, "mallory\rsecret\003eve\r");
	SHOWS(&f, "mallory\r\nPassword: \r\nLogin: eve\r\nPassword: ");
	assert_string_equal(f.prompt.name, "eve");
	(void)type(&f, "x\004");
	assert_int_equal(f.prompt.state, LOGIN_PROMPT_PASSWORD);
	(void)type(&f, "\177\004");
	assert_int_equal(f.prompt.state, LOGIN_PROMPT_LEAVE);
	text_free(&f.out);
}

static void more_than_fits_rings(void **state)
{
	struct fixture f;

	begin(&f);
	for (unsigned i = 0; i < 100; i++)
		(void)type(&f, "n");
	(void)type(&f, "\r");
	assert_int_equal(strlen(f.prompt.name), LOGIN_NAME_BYTES - 1);
	assert_non_null(strchr(text_str(&f.out), '\a'));
	for (unsigned i = 0; i < 1000; i++)
		(void)type(&f, "p");
	(void)type(&f, "\r");
	assert_int_equal(strlen(f.prompt.password), LOGIN_PASSWORD_BYTES - 1);
	assert_null(strchr(text_str(&f.out), 'p'));
	text_free(&f.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_and_a_password),
		cmocka_unit_test(ends_of_lines_are_one_key),
		cmocka_unit_test(what_was_typed_can_be_mended),
		cmocka_unit_test(more_than_fits_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
