/* The wizard asks for a password, twice. */
#include "menu/setup.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"

bool setup_password_take(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;

	if (*answer == '\0') {
		setup_to_menu(setup, t->out);
		return true;
	}
	if (strlen(answer) >= sizeof setup->password)
		return diag_fail(t->diag, "password",
		                 "value of password out of range (1..%zu characters)",
		                 sizeof setup->password - 1);
	snprintf(setup->password, sizeof setup->password, "%s", answer);
	setup->password_asked = true;
	setup->step = SETUP_REPEAT;
	return setup_fits(t);
}

bool setup_password_repeat(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;

	if (strcmp(answer, setup->password) == 0) {
		setup_to_menu(setup, t->out);
		return true;
	}
	text_add(t->out, "The two differ; once more, please.\n");
	memset(setup->password, 0, sizeof setup->password);
	setup->password_asked = false;
	setup->step = SETUP_PASSWORD;
	return true;
}
