#include "manage/password.h"

#include <crypt.h>
#include <string.h>

#include "lib/mem.h"

/* yescrypt at the cost of 16 MiB: what libcrypt gives new passwords. */
#define PREFIX     "$y$j9T$"
#define HASH_CHARS 43
#define SALT_MOST  86
#define ALPHABET   "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool password_is_hash(const char *text)
{
	size_t prefix = strlen(PREFIX), salt;

	if (strlen(text) >= PASSWORD_BYTES || strncmp(text, PREFIX, prefix) != 0)
		return false;
	text += prefix;
	salt = strspn(text, ALPHABET);
	if (salt == 0 || salt > SALT_MOST || text[salt] != '$')
		return false;
	text += salt + 1;
	return strspn(text, ALPHABET) == HASH_CHARS && text[HASH_CHARS] == '\0';
}

/* @setting: a salt's, or a whole hash's. */
static bool hash_with(const char *clear, const char *setting, char ret_hash[PASSWORD_BYTES])
{
	struct crypt_data *data = mem_new(1, sizeof *data);
	const char *hash = crypt_r(clear, setting, data);
	bool ok = hash != NULL && password_is_hash(hash);

	if (ok)
		memcpy(ret_hash, hash, strlen(hash) + 1);
	explicit_bzero(data, sizeof *data);
	mem_free(data);
	return ok;
}

bool password_hash(const char *clear, const uint8_t salt[PASSWORD_SALT_BYTES],
                   char ret_hash[PASSWORD_BYTES])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	return crypt_gensalt_rn("$y$", 0, (const char *)salt, PASSWORD_SALT_BYTES, setting,
	                        sizeof setting) != NULL &&
	       hash_with(clear, setting, ret_hash);
}

/* In a time that does not tell how much of it is right. */
static bool same(const char *a, const char *b, size_t len)
{
	unsigned different = 0;

	for (size_t i = 0; i < len; i++)
		different |= (unsigned char)a[i] ^ (unsigned char)b[i];
	return different == 0;
}

bool password_verify(const char *clear, const char *hash)
{
	char made[PASSWORD_BYTES];

	return password_is_hash(hash) && hash_with(clear, hash, made) &&
	       strlen(made) == strlen(hash) && same(made, hash, strlen(hash));
}
