#include "unit.h"

#include "lib/hash.h"
#include "lib/must.h"
#include "seeded.h"

/* The key of the published vectors: bytes 00 to 0f, read as little-endian words. */
static const struct hash_key published_key = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };

/*
 * SipHash-2-4 of the messages 00, 00 01, 00 01 02, ... of 0 to 63 bytes (Aumasson and Bernstein's
 * vectors.h; the one of 15 bytes is in their paper, appendix A). OpenSSL 3 gives the same.
 */
static const uint64_t sip24[64] = {
	0x726fdb47dd0e0e31ULL, 0x74f839c593dc67fdULL, 0x0d6c8009d9a94f5aULL, 0x85676696d7fb7e2dULL,
	0xcf2794e0277187b7ULL, 0x18765564cd99a68dULL, 0xcbc9466e58fee3ceULL, 0xab0200f58b01d137ULL,
	0x93f5f5799a932462ULL, 0x9e0082df0ba9e4b0ULL, 0x7a5dbbc594ddb9f3ULL, 0xf4b32f46226bada7ULL,
	0x751e8fbc860ee5fbULL, 0x14ea5627c0843d90ULL, 0xf723ca908e7af2eeULL, 0xa129ca6149be45e5ULL,
	0x3f2acc7f57c29bdbULL, 0x699ae9f52cbe4794ULL, 0x4bc1b3f0968dd39cULL, 0xbb6dc91da77961bdULL,
	0xbed65cf21aa2ee98ULL, 0xd0f2cbb02e3b67c7ULL, 0x93536795e3a33e88ULL, 0xa80c038ccd5ccec8ULL,
	0xb8ad50c6f649af94ULL, 0xbce192de8a85b8eaULL, 0x17d835b85bbb15f3ULL, 0x2f2e6163076bcfadULL,
	0xde4daaaca71dc9a5ULL, 0xa6a2506687956571ULL, 0xad87a3535c49ef28ULL, 0x32d892fad841c342ULL,
	0x7127512f72f27cceULL, 0xa7f32346f95978e3ULL, 0x12e0b01abb051238ULL, 0x15e034d40fa197aeULL,
	0x314dffbe0815a3b4ULL, 0x027990f029623981ULL, 0xcadcd4e59ef40c4dULL, 0x9abfd8766a33735cULL,
	0x0e3ea96b5304a7d0ULL, 0xad0c42d6fc585992ULL, 0x187306c89bc215a9ULL, 0xd4a60abcf3792b95ULL,
	0xf935451de4f21df2ULL, 0xa9538f0419755787ULL, 0xdb9acddff56ca510ULL, 0xd06c98cd5c0975ebULL,
	0xe612a3cb9ecba951ULL, 0xc766e62cfcadaf96ULL, 0xee64435a9752fe72ULL, 0xa192d576b245165aULL,
	0x0a8787bf8ecb74b2ULL, 0x81b3e73d20b49b6fULL, 0x7fa8220ba3b2eceaULL, 0x245731c13ca42499ULL,
	0xb78dbfaf3a8d83bdULL, 0xea1ad565322a1a0bULL, 0x60e61c23a3795013ULL, 0x6606d7e446282b93ULL,
	0x6ca4ecb15c5f91e1ULL, 0x9f626da15c9625f3ULL, 0xe51b38608ef25f57ULL, 0x958a324ceb064572ULL,
};

/* SipHash-1-3 of such messages of 0, 8, 16, ... 64 bytes, as OpenSSL 3 computes it. */
static const uint64_t sip13[9] = {
	0xabac0158050fc4dcULL, 0x369095118d299a8eULL, 0xcc4fdd1a7d908b66ULL,
	0xf464aeb267349c8cULL, 0x81157b6c16a7b60dULL, 0xc1d2363299e41531ULL,
	0x9f3143f8df074c46ULL, 0xb4bcc0db243c6d75ULL, 0xf17997ec4b4a6065ULL,
};

static void counting_bytes(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)i;
}

static void bytes_match_the_published_vectors(void **state)
{
	uint8_t message[64];

	counting_bytes(message, sizeof message);
	for (size_t len = 0; len < 64; len++)
		assert_true(hash_bytes(&published_key, message, len) == sip24[len]);
}

/* Alignment must not matter: packets lie anywhere. */
static void bytes_may_lie_anywhere(void **state)
{
	uint8_t message[64 + 8];

	for (size_t shift = 0; shift < 8; shift++) {
		counting_bytes(message + shift, 64);
		assert_true(hash_bytes(&published_key, message + shift, 63) == sip24[63]);
	}
}

static void words_match_an_other_implementation(void **state)
{
	uint64_t words[8];

	for (size_t i = 0; i < 8; i++)
		words[i] = 0x0706050403020100ULL + i * 0x0808080808080808ULL;
	for (size_t n = 0; n <= 8; n++)
		assert_true(hash_words(&published_key, words, n) == sip13[n]);
}

static void each_key_bit_and_length_matters(void **state)
{
	uint64_t words[4] = { 0 };
	uint64_t plain = hash_words(&(struct hash_key){ 0, 0 }, words, 4);

	for (unsigned bit = 0; bit < 64; bit++) {
		struct hash_key low = { 1ULL << bit, 0 };
		struct hash_key high = { 0, 1ULL << bit };

		assert_true(hash_words(&low, words, 4) != plain);
		assert_true(hash_words(&high, words, 4) != plain);
		assert_true(hash_bytes(&low, words, 32) != hash_bytes(&high, words, 32));
	}
	for (size_t n = 0; n < 4; n++)
		assert_true(hash_words(&(struct hash_key){ 0, 0 }, words, n) != plain);
}

/* Neighbouring inputs fill 256 buckets evenly: chi-squared, 255 degrees of freedom, p = 0.0001. */
static void neighbours_spread(void **state)
{
	struct hash_key key = { 1, 2 };
	unsigned buckets[256] = { 0 };
	double chi2 = 0;

	for (uint64_t i = 0; i < 65536; i++)
		buckets[hash_words(&key, &i, 1) & 255]++;
	for (unsigned i = 0; i < 256; i++)
		chi2 += (buckets[i] - 256.0) * (buckets[i] - 256.0) / 256.0;
	assert_true(chi2 < 347);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_match_the_published_vectors),
		cmocka_unit_test(bytes_may_lie_anywhere),
		cmocka_unit_test(words_match_an_other_implementation),
		cmocka_unit_test(each_key_bit_and_length_matters),
		cmocka_unit_test(neighbours_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
