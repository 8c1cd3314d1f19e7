// SPDX-License-Identifier: MIT
/* settle.c - puts together what the recipe, the operator and the host say. */
#include "settle.h"

#include "utf8.h"
#include "values.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static const struct origin by_default = { "default", 0 };

/* What the recipe or the operator says, else the guess, else the fallback. */
static const char *settle(struct plan *p, enum key_id id, const char *guess,
	const char *source, const char *fallback)
{
	const struct setting *s = recipe_find(p->recipe, id);
	const char *name = keys[id].name;

	if (s)
		plan_set(p, name, recipe_join(p->pool, s->word), s->from);
	else if (guess)
		plan_set(p, name, guess, (struct origin){ source, 0 });
	else
		plan_set(p, name, fallback, by_default);
	return plan_get(p, name);
}

/* One of the distribution's, or the one of its own that stands in for it. */
static void plan_release(struct plan *p)
{
	const char *name = settle(p, K_RELEASE, NULL, NULL, p->of->release);

	p->release = release_find(name);
	if (p->release->of != p->of) {
		plan_clash(p, K_RELEASE, "%s: is %s's: %s compiles that", name,
			p->release->of->name, p->release->of->tool);
		p->release = release_find(p->of->release);
	}
	plan_derive(p, "release-number", p->release->number, "release");
}

static void plan_firmware(struct plan *p)
{
	const char *firmware = settle(
		p, K_FIRMWARE, NULL, NULL, p->arch->bios ? "bios" : "uefi");

	if (strcmp(firmware, "bios") == 0 && !p->arch->bios)
		plan_clash(p, K_FIRMWARE, "bios: this architecture has uefi only");
	if (strcmp(firmware, "uefi") == 0 && !p->arch->uefi)
		plan_clash(p, K_FIRMWARE, "uefi: this architecture has no such thing");
}

static void plan_kernel(struct plan *p)
{
	const char *cloud = p->of->cloud ? p->of->cloud : p->arch->cloud;
	const char *generic = p->of->kernel ? p->of->kernel : p->arch->kernel;
	const char *kernel =
		settle(p, K_KERNEL, NULL, NULL, cloud ? "cloud" : "generic");
	bool said_cloud = strcmp(kernel, "cloud") == 0;
	bool said_generic = strcmp(kernel, "generic") == 0;

	if (said_cloud && !cloud)
		plan_clash(p, K_KERNEL, "cloud: this architecture has generic only");
	if (!said_cloud && !said_generic &&
		strncmp(kernel, p->of->kernel_prefix, strlen(p->of->kernel_prefix)) != 0)
		plan_clash(p, K_KERNEL, "%s: is no kernel of %s, whose names begin with %s",
			kernel, p->of->name, p->of->kernel_prefix);
	plan_derive(p, "kernel-package",
		said_cloud ? cloud : said_generic ? generic : kernel, "kernel");
}

static void plan_machine(struct plan *p)
{
	struct utsname un;
	const char *machine = uname(&un) == 0 ? un.machine : "";
	const struct platform *host = platform_find(machine);

	settle(p, K_NAME, p->recipe->name, "the recipe's file", NULL);
	settle(p, K_HOSTNAME, plan_get(p, "name"), "the appliance's name", NULL);
	settle(p, K_DOMAIN, NULL, NULL, "");
	plan_release(p);
	p->arch = platform_find(settle(p, K_ARCHITECTURE,
		host && host->kernel ? host->name : NULL, "uname -m", "amd64"));
	settle(p, K_DISK, NULL, NULL, p->of->disk);
	settle(p, K_MEMORY, NULL, NULL, "1G");
	settle(p, K_CPUS, get_nprocs() > 1 ? "2" : "1", "the host's processors", NULL);
	plan_firmware(p);
	plan_kernel(p);
}

/*
 * In a newer release, what was only another name of a time zone is in tzdata-legacy, and
 * an installer that is told such a name leaves the system on UTC without a word.
 */
static void plan_zone(struct plan *p, const char *zone)
{
	const char *now = zone_now(zone);

	if (!now || p->release->old_zones)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->var[i].name, "timezone") == 0)
			p->var[i].value = now;
}

static void plan_language(struct plan *p, const struct host *h)
{
	const char *source = NULL;
	const char *guess = host_locale(h, &source);
	const char *locale = settle(p, K_LOCALE, guess, source, "C.UTF-8");
	const char *under = strchr(locale, '_');
	const struct setting *country = recipe_find(p->recipe, K_COUNTRY);

	/*
	 * The installer speaks English whatever the system will speak: on a
	 * serial console it offers languages of the Latin alphabet only, and
	 * its messages are read by programs.
	 */
	settle(p, K_LANGUAGE, NULL, NULL, "en");
	if (country)
		settle(p, K_COUNTRY, NULL, NULL, NULL);
	else
		plan_derive(p, "country", under ? pool_strndup(p->pool, under + 1, 2) : "US",
			"locale");
	guess = host_keyboard(h, &source);
	settle(p, K_KEYBOARD, guess, source, "us");
	guess = host_timezone(h, &source);
	plan_zone(p, settle(p, K_TIMEZONE, guess, source, "Etc/UTC"));
}

static const struct setting *lasting_proxy(const struct recipe *r)
{
	const struct setting *found = NULL;

	for (const struct setting *s = NULL; (s = recipe_next(r, K_PROXY, s));)
		if (s->from.line)
			found = s;
	return found;
}

/*
 * The operator's proxy is for the installation, the recipe's for good; while
 * installing, the operator's counts.
 */
static void plan_proxy(struct plan *p)
{
	const struct setting *now = recipe_find(p->recipe, K_PROXY);
	const struct setting *later = lasting_proxy(p->recipe);
	bool none = !now || strcmp(now->word[0], "none") == 0;

	/* The question must be answered even with nothing. */
	plan_set(p, "proxy", none ? "" : now->word[0], now ? now->from : by_default);
	none = !later || strcmp(later->word[0], "none") == 0;
	plan_set(p, "lasting-proxy", none ? NULL : later->word[0],
		later ? later->from : by_default);
}

static void plan_mirror(struct plan *p, const struct host *h)
{
	const char *source = NULL;
	const char *guess = host_mirror(h, p->of, &source);
	const char *url = settle(
		p, K_MIRROR, guess, source, release_mirror(p->of, p->arch));
	const char *host = strstr(url, "://") + 3;
	size_t n = strcspn(host, "/");
	const struct setting *security = recipe_find(p->recipe, K_SECURITY);
	bool none = security && strcmp(security->word[0], "none") == 0;

	plan_derive(p, "mirror-protocol",
		pool_strndup(p->pool, url, (size_t)(host - 3 - url)), "mirror");
	plan_derive(p, "mirror-host", pool_strndup(p->pool, host, n), "mirror");
	plan_derive(p, "mirror-directory", host[n] ? host + n : "/", "mirror");
	/* the host that a build's package cache knows beside the mirror's */
	plan_set(p, "security",
		none	   ? NULL
		: security ? security->word[0]
			   : release_security(p->of, p->arch),
		security ? security->from : by_default);
	plan_derive(p, "services", none ? "updates" : "security, updates", "security");
	plan_proxy(p);
}

static void plan_network(struct plan *p)
{
	const struct setting *s = recipe_find(p->recipe, K_NETWORK);
	struct why why;
	bool is_static;

	settle(p, K_NETWORK, NULL, NULL, "dhcp");
	if (s)
		net_parse(&p->net, s->word, p->pool, &why);
	is_static = p->net.family != 0;
	plan_derive(p, "static", is_static ? "true" : NULL, "network");
	plan_derive(p, "address", is_static ? p->net.address : NULL, "network");
	plan_derive(p, "netmask", is_static ? p->net.netmask : NULL, "network");
	plan_derive(p, "gateway",
		!is_static	  ? NULL
		: *p->net.gateway ? p->net.gateway
				  : "none",
		"network");
	/* empty is an answer, too: a network without name servers */
	plan_derive(p, "nameservers", is_static ? p->net.nameservers : "", "network");
}

static void plan_disk(struct plan *p)
{
	settle(p, K_LAYOUT, NULL, NULL, "regular");
	settle(p, K_FILESYSTEM, NULL, NULL, "ext4");
	settle(p, K_SWAP, NULL, NULL, "none");
}

/* Whether that word was in the list already: bases and recipes may agree. */
static bool repeated(const struct recipe *r, const struct setting *at, size_t word)
{
	for (const struct setting *s = NULL; (s = recipe_next(r, at->key->id, s));) {
		size_t n = s == at ? word : s->words;

		for (size_t i = 0; i < n; i++)
			if (strcmp(s->word[i], at->word[word]) == 0)
				return true;
		if (s == at)
			break;
	}
	return false;
}

/* All words of a list key, with that between. */
static char *gather(
	struct plan *p, enum key_id id, const char *start, const char *between)
{
	struct text t;
	bool any = *start;

	fputs(start, text_open(&t));
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, id, s));)
		for (size_t i = 0; i < s->words; i++) {
			if (repeated(p->recipe, s, i))
				continue;
			fprintf(t.f, "%s%s", any ? between : "", s->word[i]);
			any = true;
		}
	return text_close(&t, p->pool);
}

static struct origin list_origin(struct plan *p, enum key_id id)
{
	const struct setting *s = recipe_next(p->recipe, id, NULL);

	return s ? s->from : by_default;
}

static bool wants_sudo(struct plan *p)
{
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, K_USER, s));)
		for (size_t i = 1; i < s->words; i++)
			if (strcmp(s->word[i], "sudo") == 0)
				return true;
	return false;
}

static void plan_software(struct plan *p)
{
	const char *always = wants_sudo(p)
				     ? pool_printf(p->pool, "%s sudo", p->of->packages)
				     : p->of->packages;
	char *tasks = gather(p, K_TASK, "", ", ");
	char *options;

	plan_set(p, "packages", gather(p, K_PACKAGE, always, " "),
		list_origin(p, K_PACKAGE));
	plan_set(p, "tasks", *tasks ? tasks : NULL, list_origin(p, K_TASK));
	plan_set(p, "run-tasksel", *tasks ? "true" : "false", list_origin(p, K_TASK));
	/*
	 * eth0 everywhere: an appliance moves between hypervisors, and its
	 * card's place on the bus with it.
	 */
	options = pool_printf(
		p->pool, "net.ifnames=0 console=tty0 console=%s", p->arch->console);
	plan_set(p, "kernel-options", gather(p, K_CMDLINE, options, " "),
		list_origin(p, K_CMDLINE));
}

static bool user_gets_in(const struct recipe *r)
{
	for (const struct setting *s = NULL; (s = recipe_next(r, K_USER, s));)
		for (size_t i = 1; i < s->words; i++)
			if (strncmp(s->word[i], "key=", 4) == 0 ||
				strncmp(s->word[i], "password=", 9) == 0)
				return true;
	return false;
}

static void add_key_file(struct plan *p, const char *text, const char *file, FILE *f)
{
	struct why why;
	unsigned line = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");
		char *key = pool_strndup(p->pool, text, n);
		struct origin at = { file, ++line };

		text += n + (text[n] == '\n');
		if (!*key || *key == '#')
			continue;
		if (text_fault(key, strlen(key)))
			complain(p->recipe, at, "key: is no plain text");
		else if (!ssh_key_ok(key, &why))
			complain(p->recipe, at, "key: %s", why.text);
		else
			fprintf(f, "%s\n", key);
	}
}

static void plan_keys(struct plan *p, const struct host *h, const char *key_text,
	const char *key_file)
{
	struct origin from = list_origin(p, K_KEY);
	const char *source = NULL;
	struct text t;

	text_open(&t);
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, K_KEY, s));)
		fprintf(t.f, "%s\n", s->word[0]);
	if (key_text) {
		add_key_file(p, key_text, key_file, t.f);
		from = (struct origin){ key_file, 0 };
	}
	p->root_keys = text_close(&t, p->pool);
	if (!key_text && !*p->root_keys) {
		p->root_keys = host_ssh_keys(h, &source);
		from = (struct origin){ source, 0 };
	}
	if (!*p->root_keys && !user_gets_in(p->recipe))
		complain(p->recipe, (struct origin){ p->recipe->name, 0 },
			"nobody could log in: no %s; make a key with ssh-keygen, name "
			"one "
			"with --key FILE, or put a key line into the recipe",
			source ? source : "key");
	plan_set(p, "root-keys", *p->root_keys ? p->root_keys : NULL, from);
}

static void check_users(struct plan *p)
{
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, K_USER, s));)
		for (const struct setting *t = s;
			(t = recipe_next(p->recipe, K_USER, t));)
			if (strcmp(s->word[0], t->word[0]) == 0)
				complain(p->recipe, t->from,
					"user: %s: said twice: line %u has it already",
					t->word[0], s->from.line);
}

static void check_answers(struct plan *p)
{
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, K_ANSWER, s));)
		for (const struct setting *t = s;
			(t = recipe_next(p->recipe, K_ANSWER, t));)
			if (strcmp(s->word[1], t->word[1]) == 0 &&
				strcmp(s->word[2], t->word[2]) == 0 &&
				s->from.name == t->from.name)
				complain(p->recipe, t->from,
					"answer: %s: said twice: line %u has it "
					"already",
					t->word[1], s->from.line);
}

void plan_make(struct plan *p, const struct host *h, const char *key_text,
	const char *key_file)
{
	plan_machine(p);
	plan_language(p, h);
	plan_mirror(p, h);
	plan_network(p);
	plan_disk(p);
	plan_software(p);
	plan_keys(p, h, key_text, key_file);
	check_users(p);
	check_answers(p);
}
