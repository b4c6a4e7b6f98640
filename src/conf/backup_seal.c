#include "conf/backup_seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "lib/mem.h"

#define MAGIC "TOWPATH BACKUP 1"

enum {
	MAGIC_BYTES = 16,
	HOW_AT = 16,
	COST_AT = 17,
	SALT_AT = 32,
	SALT_BYTES = 16,
	NONCE_AT = 48,
	NONCE_BYTES = 12,
	COVERED_BYTES = 64,
	SUM_AT = 64,
	TAG_BYTES = 16,
	KEY_BYTES = 32,
};

enum how {
	HOW_OPEN,
	HOW_AES,
};

/* 32 MiB and a tenth of a second for each guess. */
static const uint8_t cost[3] = { 15, 8, 1 };

#define COST_MEMORY_MAX ((uint64_t)64 << 20)

static bool key_make(const uint8_t *head, const char *password, uint8_t key[KEY_BYTES])
{
	return EVP_PBE_scrypt(password, strlen(password), head + SALT_AT, SALT_BYTES,
	                      1ULL << head[COST_AT], head[COST_AT + 1], head[COST_AT + 2],
	                      COST_MEMORY_MAX, key, KEY_BYTES) == 1;
}

static void sum(const uint8_t *head, const uint8_t *bytes, size_t len, uint8_t out[32])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	memset(out, 0, 32);
	if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(context, head, COVERED_BYTES) == 1 &&
	    EVP_DigestUpdate(context, bytes, len) == 1)
		(void)!EVP_DigestFinal_ex(context, out, NULL);
	EVP_MD_CTX_free(context);
}

/* In pieces: the library counts in int. */
static bool crypt_update(EVP_CIPHER_CTX *context, const uint8_t *in, size_t len, uint8_t *out)
{
	while (len > 0) {
		int piece = len < 1 << 20 ? (int)len : 1 << 20, done;

		if (EVP_CipherUpdate(context, out, &done, in, piece) != 1 || done != piece)
			return false;
		in += piece;
		out += piece;
		len -= (size_t)piece;
	}
	return true;
}

/* The tag is written when @encrypts, compared when not. */
static bool crypt_all(uint8_t *head, const uint8_t *in, size_t len, const uint8_t *key,
                      bool encrypts, uint8_t *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t last[16];
	int n;
	bool ok = context != NULL &&
	          EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, head + NONCE_AT,
	                            encrypts) == 1 &&
	          EVP_CipherUpdate(context, NULL, &n, head, COVERED_BYTES) == 1 &&
	          crypt_update(context, in, len, out);

	if (ok && !encrypts)
		ok = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, head + SUM_AT) ==
		     1;
	ok = ok && EVP_CipherFinal_ex(context, last, &n) == 1;
	if (ok && encrypts)
		ok = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, head + SUM_AT) ==
		     1;
	EVP_CIPHER_CTX_free(context);
	return ok;
}

static bool crypt_with(uint8_t *head, const char *password, const uint8_t *in, size_t len,
                       bool encrypts, uint8_t *out)
{
	uint8_t key[KEY_BYTES];
	bool ok = key_make(head, password, key) && crypt_all(head, in, len, key, encrypts, out);

	OPENSSL_cleanse(key, sizeof key);
	return ok;
}

uint8_t *backup_seal(const uint8_t *bytes, size_t len, const char *password,
                     const uint8_t salt[BACKUP_SALT_BYTES], size_t *ret_len)
{
	uint8_t *sealed = mem_new(1, BACKUP_HEAD_BYTES + len);

	memcpy(sealed, MAGIC, MAGIC_BYTES);
	sealed[HOW_AT] = password != NULL ? HOW_AES : HOW_OPEN;
	memcpy(sealed + COST_AT, cost, sizeof cost);
	memcpy(sealed + SALT_AT, salt, SALT_BYTES);
	memcpy(sealed + NONCE_AT, salt + SALT_BYTES, NONCE_BYTES);
	*ret_len = BACKUP_HEAD_BYTES + len;
	if (password == NULL) {
		memcpy(sealed + BACKUP_HEAD_BYTES, bytes, len);
		sum(sealed, bytes, len, sealed + SUM_AT);
	} else if (!crypt_with(sealed, password, bytes, len, true, sealed + BACKUP_HEAD_BYTES)) {
		mem_free(sealed);
		return NULL;
	}
	return sealed;
}

static enum backup_opened open_plain(const uint8_t *sealed, size_t len, uint8_t *out)
{
	uint8_t found[32];

	sum(sealed, sealed + BACKUP_HEAD_BYTES, len, found);
	if (memcmp(found, sealed + SUM_AT, sizeof found) != 0)
		return BACKUP_DAMAGED;
	memcpy(out, sealed + BACKUP_HEAD_BYTES, len);
	return BACKUP_OPENED;
}

static enum backup_opened open_locked(const uint8_t *sealed, size_t len, const char *password,
                                      uint8_t *out)
{
	static const uint8_t nothing[BACKUP_HEAD_BYTES - SUM_AT - TAG_BYTES];
	uint8_t head[BACKUP_HEAD_BYTES];

	memcpy(head, sealed, sizeof head);
	if (memcmp(head + SUM_AT + TAG_BYTES, nothing, sizeof nothing) != 0)
		return BACKUP_DAMAGED;
	if (memcmp(head + COST_AT, cost, sizeof cost) != 0) /* nobody chooses what we spend */
		return BACKUP_DAMAGED;
	return crypt_with(head, password, sealed + BACKUP_HEAD_BYTES, len, false, out)
	               ? BACKUP_OPENED
	               : BACKUP_WRONG_PASSWORD;
}

enum backup_opened backup_open(const uint8_t *sealed, size_t len, const char *password,
                               uint8_t **ret_bytes, size_t *ret_len)
{
	enum backup_opened opened;
	uint8_t *out;

	if (len < BACKUP_HEAD_BYTES || memcmp(sealed, MAGIC, MAGIC_BYTES) != 0)
		return BACKUP_FOREIGN;
	if (sealed[HOW_AT] > HOW_AES)
		return BACKUP_DAMAGED;
	if (sealed[HOW_AT] == HOW_AES && password == NULL)
		return BACKUP_NEEDS_PASSWORD;
	if (sealed[HOW_AT] == HOW_OPEN && password != NULL)
		return BACKUP_NEEDS_NONE;
	len -= BACKUP_HEAD_BYTES;
	out = mem_new(1, len + 1);
	opened = password == NULL ? open_plain(sealed, len, out)
	                          : open_locked(sealed, len, password, out);
	if (opened != BACKUP_OPENED) {
		OPENSSL_cleanse(out, len);
		mem_free(out);
		return opened;
	}
	*ret_bytes = out;
	*ret_len = len;
	return BACKUP_OPENED;
}
