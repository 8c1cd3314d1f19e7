// SPDX-License-Identifier: MIT
#include "kernels.h"
#include "bytes.h"
#include "cleanup.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A file name that needs no quoting in a grub.cfg; others are not kernels. */
static bool plain(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("._+~-", *s))
			return false;
	return true;
}

static bool begins(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && strcmp(s + n - t, tail) == 0;
}

/* What package managers and editors leave beside a file, and signatures of it. */
static bool is_leftover(const char *name)
{
	static const char *const tails[] = { ".rpmsave", ".rpmnew", ".rpmorig", ".sig",
		".asc", ".sign", ".hmac", ".bak", ".orig", ".tmp", ".pacnew", ".pacsave",
		"~" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
		if (ends(name, tails[i]))
			return true;
	return strstr(name, ".dpkg-") || strstr(name, ".old");
}

/* "6.1.0-9-amd64" of "vmlinuz-6.1.0-9-amd64"; "" of "vmlinuz"; NULL: no kernel. */
static const char *version_of(const char *name)
{
	static const char *const heads[] = { "vmlinuz-", "bzImage-", "kernel-" };

	if (!plain(name) || is_leftover(name))
		return NULL;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (begins(name, heads[i]))
			return name + strlen(heads[i]);
	return strcmp(name, "vmlinuz") == 0 || strcmp(name, "bzImage") == 0 ? "" : NULL;
}

bool kernel_is_named(const char *name)
{
	return version_of(name) != NULL;
}

bool initrd_is_named(const char *name)
{
	return begins(name, "initr") && plain(name);
}

const char *kernel_fault(const void *head, size_t len, uint64_t size)
{
	enum { SETUP = 0x1f1, PARAGRAPHS = 0x1f4, MAGIC = 0x202, PROTOCOL = 0x206,
		END = 0x208, SECTOR = 512, USUAL_SETUP = 4, HAS_SIZE = 0x204 };
	const unsigned char *h = head;
	uint64_t setup;

	if (len == 0)
		return "empty";
	if (len >= 64 && memcmp(h + 56, "ARM\x64", 4) == 0)
		return "arm64's";
	if (len >= 64 && memcmp(h + 56, "RSC\x05", 4) == 0)
		return "riscv's";
	if (len >= 2 && h[0] == 0x1f && h[1] == 0x8b)
		return "gzip-compressed, as other architectures have it";
	if (len >= 4 && memcmp(h, "\x7f""ELF", 4) == 0)
		return "an ELF file";
	if (len < END || get_le16(h + 510) != 0xaa55 || memcmp(h + MAGIC, "HdrS", 4) != 0)
		return "no bzImage";
	setup = (h[SETUP] ? h[SETUP] : USUAL_SETUP) + (uint64_t)1;
	if (size > 0 && get_le16(h + PROTOCOL) >= HAS_SIZE &&
		size + SECTOR < setup * SECTOR + (uint64_t)get_le32(h + PARAGRAPHS) * 16)
		return "cut short";
	return NULL;
}

/* Where a character that is no digit sorts: "~" before the end, letters before others. */
static int order(char c)
{
	if (!c || isdigit((unsigned char)c))
		return 0;
	return c == '~' ? -1 : isalpha((unsigned char)c) ? c : c + 256;
}

int version_cmp(const char *a, const char *b)
{
	while (*a || *b) {
		int first = 0;

		while ((*a && !isdigit((unsigned char)*a)) ||
			(*b && !isdigit((unsigned char)*b))) {
			if (order(*a) != order(*b))
				return order(*a) - order(*b);
			a += *a != '\0';
			b += *b != '\0';
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		while (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			if (!first)
				first = *a - *b;
			a++, b++;
		}
		if (isdigit((unsigned char)*a) || isdigit((unsigned char)*b))
			return isdigit((unsigned char)*a) ? 1 : -1;
		if (first)
			return first;
	}
	return 0;
}

/* A kernel of the folder, and what it boots with. */
struct kernel {
	const char *name, *initrd;
};

/* One that has no initrd, where others have theirs, would not find its root. */
static int best_first(const void *a, const void *b)
{
	const struct kernel *x = a, *y = b;

	if (!x->initrd != !y->initrd)
		return !x->initrd - !y->initrd;
	return version_cmp(version_of(y->name), version_of(x->name));
}

static const char *find(char *const *names, const char *want)
{
	for (; *names; names++)
		if (strcmp(*names, want) == 0)
			return *names;
	return NULL;
}

/* As the distributions name them. */
static const char *initrd_for(char *const *names, const char *version)
{
	static const char *const forms[][2] = { { "initrd.img-", "" },
		{ "initramfs-", ".img" }, { "initrd-", "" }, { "initramfs-", "" },
		{ "initrd-", ".img" } };
	static const char *const bare[] = { "initrd.img", "initrd", "initramfs.img" };
	const char *found = NULL;

	for (size_t i = 0; *version && !found && i < sizeof(forms) / sizeof(*forms);
		i++) {
		_cleanup_free_ char *want = NULL;

		if (asprintf(&want, "%s%s%s", forms[i][0], version, forms[i][1]) > 0)
			found = find(names, want);
	}
	for (size_t i = 0; !*version && !found && i < sizeof(bare) / sizeof(*bare); i++)
		found = find(names, bare[i]);
	return found;
}

/* The next word of a command line as GRUB splits it: quotes and escapes are its own. */
static const char *take_word(const char *s, FILE *f)
{
	char quote = 0;

	for (; *s && (quote || !strchr(" \t\n", *s)); s++) {
		/* a quote without another is a character */
		if (!quote && (*s == '"' || *s == '\'') && strchr(s + 1, *s))
			quote = *s;
		else if (quote && *s == quote)
			quote = 0;
		else if (*s == '\\' && quote != '\'' && s[1])
			fputc(*++s, f);
		else if ((unsigned char)*s >= 0x20 && *s != 0x7f)
			fputc(*s, f);
	}
	return s;
}

/* Back into a grub.cfg: what its script would act on is quoted or escaped. */
static void put_word(FILE *f, const char *word)
{
	bool quoted = strpbrk(word, " \t") != NULL;

	if (quoted)
		fputc('"', f);
	for (; *word; word++) {
		if (strchr(quoted ? "\\\"$" : "\\\"'$;|&<>{}#`", *word))
			fputc('\\', f);
		fputc(*word, f);
	}
	if (quoted)
		fputc('"', f);
}

static void put_args(FILE *f, const char *args)
{
	for (args += strspn(args, " \t\n"); *args; args += strspn(args, " \t\n")) {
		_cleanup_free_ char *word = NULL;
		size_t len;
		FILE *w = open_memstream(&word, &len);

		if (!w)
			return;
		args = take_word(args, w);
		if (fclose(w) == 0 && len > 0) {
			fputc(' ', f);
			put_word(f, word);
		}
	}
}

static void entry(FILE *f, const struct menu *m, const struct kernel *k)
{
	fprintf(f,
		"menuentry 'Linux %s' {\n"
		"\tlinux %s/%s root=%s ro",
		version_of(k->name), m->folder, k->name,
		k->initrd ? m->root : m->root_plain);
	if (m->args)
		put_args(f, m->args);
	fputc('\n', f);
	if (k->initrd)
		fprintf(f, "\tinitrd %s/%s\n", m->folder, k->initrd);
	fputs("}\n", f);
}

static void write_menu(
	FILE *f, const struct menu *m, const struct kernel *kernels, size_t n)
{
	fputs("# Made from the kernels that were here; update-grub replaces it.\n", f);
	if (m->search)
		fprintf(f, "search --no-floppy --fs-uuid --set=root %s\n", m->search);
	if (m->existing)
		fprintf(f, "if [ -f %s ]; then configfile %s; fi\n", m->existing,
			m->existing);
	fputs("set default=0\nset timeout=2\n", f);
	for (size_t i = 0; i < n; i++)
		entry(f, m, &kernels[i]);
}

char *menu_make(const struct menu *m, char *const *names, int *count, char **demoted)
{
	_cleanup_free_ struct kernel *kernels = NULL;
	_cleanup_free_ char *text = NULL;
	size_t all = 0, n = 0, len;
	FILE *f;

	*demoted = NULL;
	while (names[all])
		all++;
	*count = 0;
	if (!(kernels = calloc(all + 1, sizeof(*kernels))))
		return NULL;
	for (size_t i = 0; i < all; i++) {
		const char *version = version_of(names[i]);
		const char *initrd = version ? initrd_for(names, version) : NULL;

		/* without anything to say of its root it can't boot */
		if (version && (initrd ? m->root : m->root_plain))
			kernels[n++] = (struct kernel){ names[i], initrd };
	}
	if (n == 0 || !(f = open_memstream(&text, &len)))
		return NULL;
	qsort(kernels, n, sizeof(*kernels), best_first);
	write_menu(f, m, kernels, n);
	if (fclose(f) != 0)
		return NULL;
	for (size_t i = 1; kernels[0].initrd && i < n && !*demoted; i++)
		if (!kernels[i].initrd && version_cmp(version_of(kernels[i].name),
						  version_of(kernels[0].name)) > 0)
			*demoted = strdup(kernels[i].name);
	*count = (int)n;
	return steal_ptr(&text);
}

/* The stanza of a question: from its Name line to the blank line. */
static const char *stanza(const char *text, const char *question, size_t *len)
{
	size_t n = strlen(question);

	while (*text) {
		const char *end = strstr(text, "\n\n");

		*len = end ? (size_t)(end + 1 - text) : strlen(text);
		if (begins(text, "Name: ") && strncmp(text + 6, question, n) == 0 &&
			text[6 + n] == '\n')
			return text;
		text += *len;
		text += strspn(text, "\n");
	}
	return NULL;
}

static const char *field(const char *s, size_t len, const char *key, size_t *n)
{
	size_t k = strlen(key);

	for (const char *l = s; l < s + len; l += strcspn(l, "\n") + 1)
		if (strncmp(l, key, k) == 0) {
			l += k;
			l += *l == ' ';
			*n = strcspn(l, "\n");
			return l;
		}
	return NULL;
}

/* A stanza again, with another value. */
static void put_stanza(FILE *f, const char *s, size_t len, const char *value)
{
	bool done = false;

	for (const char *l = s, *end = s + len; l < end;) {
		size_t n = strcspn(l, "\n");

		if (begins(l, "Value:")) {
			fprintf(f, "Value: %s\n", value);
			done = true;
		} else {
			if (!done && begins(l, "Owners:")) {
				fprintf(f, "Value: %s\n", value);
				done = true;
			}
			fprintf(f, "%.*s\n", (int)n, l);
		}
		l += n;
		l += l < end;
	}
}

char *debconf_forget(const char *text, char **device)
{
	static const char empty[] = "grub-pc/install_devices_empty";
	size_t len, elen, size, n = 0;
	const char *s = stanza(text, "grub-pc/install_devices", &len), *e, *v;
	_cleanup_free_ char *out = NULL;
	FILE *f;

	*device = NULL;
	v = s ? field(s, len, "Value:", &n) : NULL;
	if (!v || n == 0 || !(f = open_memstream(&out, &size)))
		return NULL;
	e = stanza(text, empty, &elen);
	for (const char *l = text; *l;) {
		const char *end = strstr(l, "\n\n");
		size_t k = end ? (size_t)(end + 1 - l) : strlen(l);

		if (l == s)
			put_stanza(f, l, k, "");
		else if (l == e)
			put_stanza(f, l, k, "true");
		else
			fwrite(l, 1, k, f);
		l += k;
		for (; *l == '\n'; l++)
			fputc('\n', f);
	}
	if (!e)
		fprintf(f,
			"Name: %s\nTemplate: %s\nValue: true\nOwners: grub-pc\n"
			"Flags: seen\n\n",
			empty, empty);
	if (fclose(f) != 0)
		return NULL;
	*device = strndup(v, n);
	return steal_ptr(&out);
}
