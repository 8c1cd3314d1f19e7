// SPDX-License-Identifier: MIT
/*
 * randomart against ssh-keygen -lv: thousands of fresh keys of every type and
 * many sizes, certificates, all hashes, the same to the byte.
 *
 * RANDOMART_KEYS=N makes N keys of each type; RANDOMART_KEEP=FILE leaves the keys
 * there (the benchmark takes them).
 */
// needs: libcrypto
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cleanup.h"
#include "run.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <string.h>

enum { BLOB_MAX = 8192, CERTIFICATES = 12 };

struct blob {
	uint8_t b[BLOB_MAX];
	size_t n;
};

static char scratch[] = "/tmp/seedbed-unit.XXXXXX";

static void put_string(struct blob *b, const void *p, size_t n)
{
	uint32_t len = htonl((uint32_t)n);

	memcpy(b->b + b->n, &len, 4);
	memcpy(b->b + b->n + 4, p, n);
	b->n += 4 + n;
}

/* A number of just so many bits, odd: all that a modulus shows from outside. */
static void put_number(struct blob *b, unsigned bits)
{
	uint8_t p[2100];
	size_t n = (bits + 7) / 8;
	unsigned top = 1U << (bits - 1) % 8;

	p[0] = 0;
	assert_int_equal(RAND_bytes(p + 1, (int)n), 1);
	p[1] = (uint8_t)((p[1] & (2 * top - 1)) | top);
	p[n] |= 1;
	put_string(b, p[1] & 0x80 ? p : p + 1, p[1] & 0x80 ? n + 1 : n);
}

static void put_random(struct blob *b, int n)
{
	uint8_t p[64];

	assert_int_equal(RAND_bytes(p, n), 1);
	put_string(b, p, (size_t)n);
}

static void put_point(struct blob *b, const char *ssh, const char *group)
{
	EVP_PKEY *k = EVP_EC_gen(group);
	uint8_t p[256];
	size_t n;

	assert_non_null(k);
	assert_int_equal(EVP_PKEY_get_octet_string_param(
				 k, OSSL_PKEY_PARAM_PUB_KEY, p, sizeof(p), &n),
		1);
	EVP_PKEY_free(k);
	put_string(b, ssh, strlen(ssh));
	put_string(b, p, n);
}

static void ed25519(struct blob *b, unsigned i)
{
	(void)i;
	put_random(b, 32);
}

static void sk_ed25519(struct blob *b, unsigned i)
{
	(void)i;
	put_random(b, 32);
	put_string(b, "ssh:", 4);
}

static void rsa(struct blob *b, unsigned i)
{
	static const unsigned sizes[] = { 1024, 1025, 2047, 2048, 3071, 3072, 4096,
		1536, 8191, 16384, 2049 };
	static const uint8_t e[] = { 1, 0, 1 };

	put_string(b, e, sizeof(e));
	put_number(b, sizes[i % (sizeof(sizes) / sizeof(*sizes))]);
}

static void dsa(struct blob *b, unsigned i)
{
	(void)i;
	put_number(b, 1024);
	put_number(b, 160);
	put_number(b, 1023);
	put_number(b, 1022);
}

static void p256(struct blob *b, unsigned i)
{
	(void)i;
	put_point(b, "nistp256", "P-256");
}

static void p384(struct blob *b, unsigned i)
{
	(void)i;
	put_point(b, "nistp384", "P-384");
}

static void p521(struct blob *b, unsigned i)
{
	(void)i;
	put_point(b, "nistp521", "P-521");
}

static void sk_p256(struct blob *b, unsigned i)
{
	p256(b, i);
	put_string(b, "ssh:somewhere", 13);
}

static const struct {
	const char *name;
	void (*make)(struct blob *b, unsigned i);
	bool curve;
} types[] = {
	{ "ssh-ed25519", ed25519, false }, { "ssh-rsa", rsa, false },
	{ "ecdsa-sha2-nistp256", p256, true }, { "ecdsa-sha2-nistp384", p384, true },
	{ "ecdsa-sha2-nistp521", p521, true },
	{ "sk-ssh-ed25519@openssh.com", sk_ed25519, false },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", sk_p256, true },
	{ "ssh-dss", dsa, false }, /* last: see known_types() */
};
enum { TYPES = sizeof(types) / sizeof(*types) };

static void write_key(FILE *f, unsigned type, unsigned i)
{
	static char text[BLOB_MAX * 2];
	struct blob b = { .n = 0 };

	put_string(&b, types[type].name, strlen(types[type].name));
	types[type].make(&b, i);
	EVP_EncodeBlock((unsigned char *)text, b.b, (int)b.n);
	/* Known hosts, authorized keys and plain ones. */
	fprintf(f, "%s%s %s key %u\n",
		i % 5 == 3   ? "host.example,192.0.2.7 "
		: i % 5 == 4 ? "command=\"a \\\"b\\\" c\",no-pty "
			     : "",
		types[type].name, text, i);
}

static void same_by(const char *hash, const char *file)
{
	const char *const theirs[] = { "ssh-keygen", "-lv", "-E", hash, "-f", file,
		NULL };
	const char *const ours[] = { "randomart", "-E", hash, file, NULL };
	_cleanup_free_ char *a = NULL, *b = NULL;
	size_t na = 0, nb = 0;

	assert_int_equal(run_capture(theirs, (size_t)1 << 30, &a, &na), 0);
	assert_int_equal(run_capture(ours, (size_t)1 << 30, &b, &nb), 0);
	assert_true(na > 100);
	for (size_t i = 0; i < na && i < nb; i++)
		if (a[i] != b[i])
			fail_msg("-E %s: byte %zu: ssh-keygen: %.80s\nrandomart: %.80s",
				hash, i, a + i, b + i);
	assert_int_equal(na, nb);
}

static void same_output(const char *file)
{
	static const char *const hashes[] = { "sha256", "md5", "sha1", "sha384",
		"sha512" };

	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++)
		same_by(hashes[i], file);
}

/* Today's OpenSSH may be built without DSA. */
static unsigned known_types(void)
{
	const char *const argv[] = { "ssh", "-Q", "key", NULL };
	_cleanup_free_ char *out = NULL;
	size_t n = 0;

	assert_int_equal(run_capture(argv, 65536, &out, &n), 0);
	return strstr(out, "ssh-dss") ? TYPES : TYPES - 1;
}

static void need_ssh_keygen(void)
{
	const char *const argv[] = { "sh", "-c", "command -v ssh-keygen", NULL };
	_cleanup_free_ char *out = NULL;
	size_t n = 0;

	if (run_capture(argv, 4096, &out, &n) != 0) {
		print_message("skipped: ssh-keygen is not installed\n");
		skip();
	}
}

static void fresh_keys(void **state)
{
	const char *n = getenv("RANDOMART_KEYS"), *keep = getenv("RANDOMART_KEEP");
	unsigned each = n ? (unsigned)strtoul(n, NULL, 10) : 480, known;
	char path[128];
	FILE *f;

	(void)state;
	need_ssh_keygen();
	known = known_types();
	snprintf(path, sizeof(path), "%s/keys", scratch);
	f = fopen(keep ? keep : path, "w");
	assert_non_null(f);
	for (unsigned i = 0; i < each; i++)
		for (unsigned t = 0; t < known; t++)
			/* ssh-keygen verifies points, which takes a while. */
			if (n || !types[t].curve || i % 6 == 0)
				write_key(f, t, i);
	assert_int_equal(fclose(f), 0);
	if (keep)
		return;
	same_output(path);
}

static void certificates(void **state)
{

	const char *argv[16 + TYPES * CERTIFICATES] = { "ssh-keygen", "-q" };
	char ca[64], all[64], (*paths)[64];
	const char *const make_ca[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "",
		"-f", ca, NULL };
	unsigned n = 2, made = 0, known;
	FILE *f, *out;

	(void)state;
	need_ssh_keygen();
	known = known_types();
	snprintf(ca, sizeof(ca), "%s/ca", scratch);
	snprintf(all, sizeof(all), "%s/certs", scratch);
	assert_int_equal(run(make_ca), 0);
	argv[n++] = "-s";
	argv[n++] = ca;
	argv[n++] = "-I";
	argv[n++] = "an id";
	argv[n++] = "-n";
	argv[n++] = "one,two";
	paths = calloc(TYPES * CERTIFICATES, sizeof(*paths));
	for (unsigned t = 0; t < known; t++)
		for (unsigned i = 0; i < CERTIFICATES; i++) {
			snprintf(paths[made], 64, "%s/k%u", scratch, made);
			assert_non_null(f = fopen(paths[made], "w"));
			/* Only files with a key and no more are signed. */
			write_key(f, t, 5 * i + i % 3);
			assert_int_equal(fclose(f), 0);
			argv[n++] = paths[made++];
		}
	argv[n] = NULL;
	assert_int_equal(run(argv), 0);
	assert_non_null(out = fopen(all, "w"));
	for (unsigned i = 0; i < made; i++) {
		char cert[80], line[BLOB_MAX * 2];

		snprintf(cert, sizeof(cert), "%s-cert.pub", paths[i]);
		assert_non_null(f = fopen(cert, "r"));
		assert_non_null(fgets(line, sizeof(line), f));
		assert_non_null(strstr(line, "-cert-v01@openssh.com"));
		fputs(line, out);
		fclose(f);
	}
	assert_int_equal(fclose(out), 0);
	free(paths);
	same_output(all);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

static int tear_down(void **state)
{
	const char *const rm[] = { "rm", "-rf", scratch, NULL };

	(void)state;
	return run(rm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_keys),
		cmocka_unit_test(certificates),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
