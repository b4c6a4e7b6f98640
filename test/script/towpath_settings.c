#include <stdlib.h>
#include <string.h>

#include "script/stack_towpath.h"
#include "tcp/tcp.h"

static bool set_number(struct tcp_settings *tcp, const char *word, int64_t number)
{
	bool on = number != 0;

	if (strcmp(word, "timestamps") == 0)
		tcp->timestamps = on;
	else if (strcmp(word, "sack") == 0)
		tcp->sack = on;
	else if (strcmp(word, "window-scaling") == 0)
		tcp->window_scaling = on;
	else if (strcmp(word, "syn-retries") == 0)
		tcp->syn_retries = (uint8_t)number;
	else if (strcmp(word, "syn-linear-timeouts") == 0)
		tcp->syn_schedule = on ? TCP_SYN_LINEAR : TCP_SYN_DOUBLING;
	else if (strcmp(word, "syn-ack-retries") == 0)
		tcp->syn_ack_retries = (uint8_t)number;
	else if (strcmp(word, "retries") == 0)
		tcp->retries = (uint8_t)number;
	else if (strcmp(word, "orphan-retries") == 0)
		tcp->orphan_retries = (uint8_t)number;
	else if (strcmp(word, "syn-cookies") == 0)
		tcp->syn_cookies = on, tcp->only_syn_cookies = number == 2;
	else if (strcmp(word, "fin-timeout") == 0)
		tcp->fin_wait_2_ms = (uint32_t)number * 1000;
	else
		return false;
	return true;
}

/* What is always so here, and can't be set otherwise. */
static bool is_so(const char *word, int64_t number)
{
	static const struct {
		const char *word;
		int64_t number;
	} always[] = {
		{ "time-wait-reuse", 1 },
		{ "time-wait-ignores-reset", 1 },
		{ "duplicate-sack", 1 },
		{ "slow-start-after-idle", 1 },
	};

	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		if (strcmp(always[i].word, word) == 0 && always[i].number == number)
			return true;
	return false;
}

bool towpath_settings(struct tcp *tcp, const struct script *script, struct text *why)
{
	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];
		const char *word = setting->name->word;

		if (setting->name->kind != SETTING_NUMBER || is_so(word, setting->number))
			continue;
		if (tcp == NULL || !set_number(tcp_settings(tcp), word, setting->number)) {
			text_printf(why, "%s can't be %lld here", word, (long long)setting->number);
			return false;
		}
	}
	return true;
}
