#include "lib/guard.h"

#include <string.h>

void guard_ask_for(struct guard_question *question, enum guard_door door,
                   const struct ip_addr *source, const void *user, size_t len)
{
	memset(question, 0, sizeof *question);
	question->door = (uint8_t)door;
	question->local = source == NULL;
	if (source != NULL && source->family == IP_V4)
		question->source = ip_addr_v4(source->v4);
	else if (source != NULL)
		question->source = *source;
	if (len > GUARD_USER_BYTES)
		len = GUARD_USER_BYTES;
	question->user_len = (uint8_t)len;
	if (len > 0)
		memcpy(question->user, user, len);
}

void guard_try(struct guard_question *question, const void *password, size_t len, const char *hash)
{
	size_t hash_len = hash != NULL ? strlen(hash) : 0;

	/* What would be right if cut off must not be. */
	if (len > GUARD_PASSWORD_BYTES || hash_len >= sizeof question->hash)
		hash_len = 0;
	if (len > GUARD_PASSWORD_BYTES)
		len = GUARD_PASSWORD_BYTES;
	question->password_len = (uint8_t)len;
	if (len > 0)
		memcpy(question->password, password, len);
	if (hash_len > 0)
		memcpy(question->hash, hash, hash_len);
}

void guard_wipe(struct guard_question *question)
{
	explicit_bzero(question, sizeof *question);
}
