// SPDX-License-Identifier: MIT
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

int digest_begin_sum(struct digest *d)
{
	*d = (struct digest){ .sum = XXH3_createState() };
	if (!d->sum)
		return -ENOMEM;
	XXH3_128bits_reset(d->sum);
	return 0;
}

static int start(void **ctx, const EVP_MD *md)
{
	*ctx = EVP_MD_CTX_new();
	return *ctx && EVP_DigestInit_ex(*ctx, md, NULL) ? 0 : -ENOMEM;
}

int digest_begin(struct digest *d, const char *algo)
{
	const EVP_MD *named = NULL;
	int r = digest_begin_sum(d);

	if (algo)
		named = EVP_get_digestbyname(
			strcmp(algo, "MD5Sum") == 0 ? "MD5" : algo);
	if (r == 0)
		r = start(&d->sha256, EVP_sha256());
	if (r == 0 && named)
		r = start(&d->named, named);
	return r;
}

void digest_free(struct digest *d)
{
	EVP_MD_CTX_free(d->sha256);
	EVP_MD_CTX_free(d->named);
	XXH3_freeState(d->sum);
	*d = (struct digest){ 0 };
}

void digest_add(struct digest *d, const void *data, size_t n)
{
	if (d->sha256)
		EVP_DigestUpdate(d->sha256, data, n);
	if (d->named)
		EVP_DigestUpdate(d->named, data, n);
	XXH3_128bits_update(d->sum, data, n);
}

static void put_hex(const unsigned char *data, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", data[i]);
}

static void final_hex(EVP_MD_CTX *ctx, char *out)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	EVP_DigestFinal_ex(ctx, md, &n);
	put_hex(md, n, out);
}

void digest_sha256(struct digest *d, char *out)
{
	final_hex(d->sha256, out);
}

void digest_named(struct digest *d, char *out)
{
	final_hex(d->named, out);
}

void digest_sum(struct digest *d, const char *block, size_t covered, char *out)
{
	XXH128_canonical_t sum;

	XXH3_128bits_update(d->sum, block, covered);
	XXH128_canonicalFromHash(&sum, XXH3_128bits_digest(d->sum));
	put_hex(sum.digest, sizeof(sum.digest), out);
}
