#include "kernels.h"
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

/* "6.1.0-9-amd64" of "vmlinuz-6.1.0-9-amd64"; "" of "vmlinuz"; NULL: no kernel. */
static const char *version_of(const char *name)
{
	static const char *const heads[] = { "vmlinuz-", "vmlinux-", "bzImage-",
		"kernel-" };

	if (!plain(name))
		return NULL;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (begins(name, heads[i]) && !strstr(name, ".old"))
			return name + strlen(heads[i]);
	return strcmp(name, "vmlinuz") == 0 || strcmp(name, "bzImage") == 0 ? "" : NULL;
}

static int newest_first(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return strverscmp(version_of(y), version_of(x));
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

/* Words for the kernel, with what GRUB's script would act on escaped. */
static void put_args(FILE *f, const char *args)
{
	for (; args && *args; args++) {
		if ((unsigned char)*args < 0x20 || *args == 0x7f)
			continue;
		if (strchr("\\\"'$;|&<>{}#`", *args))
			fputc('\\', f);
		fputc(*args, f);
	}
}

static void entry(FILE *f, const struct menu *m, char *const *names, const char *kernel)
{
	const char *initrd = initrd_for(names, version_of(kernel));

	fprintf(f,
		"menuentry 'Linux %s' {\n"
		"\tlinux %s/%s root=%s ro",
		version_of(kernel), m->folder, kernel,
		initrd ? m->root : m->root_plain);
	if (m->args && *m->args) {
		fputc(' ', f);
		put_args(f, m->args);
	}
	fputc('\n', f);
	if (initrd)
		fprintf(f, "\tinitrd %s/%s\n", m->folder, initrd);
	fputs("}\n", f);
}

static void write_menu(FILE *f, const struct menu *m, char *const *names,
	const char *const *kernels, int n)
{
	fputs("# Made from the kernels that were here; update-grub replaces it.\n", f);
	if (m->search)
		fprintf(f, "search --no-floppy --fs-uuid --set=root %s\n", m->search);
	if (m->existing)
		fprintf(f, "if [ -f %s ]; then configfile %s; fi\n", m->existing,
			m->existing);
	fputs("set default=0\nset timeout=2\n", f);
	for (int i = 0; i < n; i++)
		entry(f, m, names, kernels[i]);
}

char *menu_make(const struct menu *m, char *const *names, int *count)
{
	_cleanup_free_ const char **kernels = NULL;
	_cleanup_free_ char *text = NULL;
	size_t all = 0, n = 0, len;
	FILE *f;

	while (names[all])
		all++;
	*count = 0;
	if (!(kernels = calloc(all + 1, sizeof(*kernels))))
		return NULL;
	for (size_t i = 0; i < all; i++)
		if (version_of(names[i]))
			kernels[n++] = names[i];
	if (n == 0 || !(f = open_memstream(&text, &len)))
		return NULL;
	qsort(kernels, n, sizeof(*kernels), newest_first);
	write_menu(f, m, names, kernels, (int)n);
	if (fclose(f) != 0)
		return NULL;
	*count = (int)n;
	return steal_ptr(&text);
}

int config_names_builder(const char *text, bool maps, char *dev, size_t size)
{
	static const char *const bad[] = { "/dev/loop", "/dev/dm-", "/dev/mapper/" };
	size_t n = maps ? 2 : 3;

	for (int line = 1; *text; line++) {
		size_t len = strcspn(text, "\n");
		const char *body = text + strspn(text, " \t");

		for (size_t i = 0; *body != '#' && i < n; i++) {
			const char *at = memmem(text, len, bad[i], strlen(bad[i]));

			if (!at)
				continue;
			snprintf(dev, size, "%.*s", (int)strcspn(at, " \t\n\"'"), at);
			return line;
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

char *default_value(const char *text, const char *key)
{
	size_t n = strlen(key);
	const char *found = NULL;

	/* as a shell reads it: the last one counts */
	for (const char *l = text; *l; l += strcspn(l, "\n"), l += *l == '\n') {
		l += strspn(l, " \t");
		if (strncmp(l, key, n) == 0 && l[n] == '=')
			found = l + n + 1;
	}
	if (!found)
		return NULL;
	if (*found == '"' || *found == '\'')
		return strndup(
			found + 1, strcspn(found + 1, *found == '"' ? "\"\n" : "'\n"));
	return strndup(found, strcspn(found, " \t\n#"));
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
