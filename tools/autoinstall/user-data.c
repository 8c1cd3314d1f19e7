// SPDX-License-Identifier: MIT
/*
 * user-data.c - the whole file.
 *
 * The installer gets disk, network, mirror, kernel and packages; what is inside the
 * system is the late command's.
 */
#include "user-data.h"

#include "facts.h"
#include "network.h"
#include "refuse.h"
#include "system.h"

#include <string.h>

/* --- what is put together first --- */

static char *selections(struct plan *p)
{
	struct text t;

	text_open(&t);
	for (const struct setting *s = NULL;
		(s = recipe_next(p->recipe, K_ANSWER, s));)
		fprintf(t.f, "%s\n", recipe_join(p->pool, s->word));
	return text_close(&t, p->pool);
}

/* Where no mirror is known, the country's: what the installer would ask the net for. */
static void country_mirror(struct plan *p)
{
	static const char host[] = "http://archive.ubuntu.com";
	const char *mirror = plan_get(p, "mirror"), *country = plan_get(p, "country");

	if (!recipe_find(p->recipe, K_COUNTRY) ||
		strcmp(plan_origin(p, "mirror").name, "default") != 0 ||
		strncmp(mirror, host, strlen(host)) != 0)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->var[i].name, "mirror") == 0) {
			p->var[i].value = pool_printf(p->pool, "http://%c%c.%s",
				country[0] | 0x20, country[1] | 0x20,
				mirror + strlen("http://"));
			p->var[i].from = plan_origin(p, "country");
		}
}

void user_data_make(struct user_data *u, struct plan *p)
{
	u->plan = p;
	refuse_foreign(p);
	country_mirror(p);
	storage_make(&u->storage, p);
	apt_make(&u->apt, p);
	u->selections = selections(p);
	u->command = system_command(p);
}

/* --- its parts, in the order of the file --- */

static void list(struct out *o, const char *const *word)
{
	out_list(o, true);
	for (; *word; word++)
		out_text(o, *word);
	out_end(o);
}

static void write_report(const struct user_data *u, struct out *o)
{
	out_map(o, false);
	out_text(o, "seedbed");
	out_map(o, false);
	out_pair(o, "type", "webhook");
	out_pair(o, "endpoint", u->report);
	out_end(o);
	out_end(o);
}

/* By itself nothing ends on an error: a question waits on the console. */
static void write_error(const struct user_data *u, struct out *o)
{
	const char *tell = pool_printf(u->plan->pool,
		"tail -n 200 /var/log/installer/subiquity-server-debug.log "
		"/var/log/installer/curtin-install.log >/dev/%s 2>&1; poweroff",
		u->plan->arch->console);

	out_list(o, false);
	list(o, (const char *const[]){ "sh", "-c", tell, NULL });
	out_end(o);
}

/* "ch(fr)" */
static void write_keyboard(const struct user_data *u, struct out *o)
{
	const char *keymap = plan_get(u->plan, "keyboard");
	const size_t n = strcspn(keymap, "(");
	const char *variant = keymap[n] ? keymap + n + 1 : "";

	out_map(o, true);
	out_pair(o, "layout", pool_strndup(u->plan->pool, keymap, n));
	out_pair(o, "variant",
		pool_strndup(u->plan->pool, variant, strcspn(variant, ")")));
	out_end(o);
}

static void write_source(const struct user_data *u, struct out *o)
{
	(void)u;
	out_map(o, true);
	out_pair(o, "id", "ubuntu-server-minimal");
	out_pair_bool(o, "search_drivers", false);
	out_end(o);
}

static void write_network(const struct user_data *u, struct out *o)
{
	network_write(u->plan, o);
}

static void write_proxy(const struct user_data *u, struct out *o)
{
	out_text(o, plan_get(u->plan, "proxy"));
}

static void write_apt(const struct user_data *u, struct out *o)
{
	apt_write(&u->apt, u->plan, o);
}

static void write_storage(const struct user_data *u, struct out *o)
{
	storage_write(&u->storage, o);
}

static void write_kernel(const struct user_data *u, struct out *o)
{
	out_map(o, true);
	out_pair(o, "package", plan_get(u->plan, "kernel-package"));
	out_end(o);
}

/* Without an account of the installer's there must be this; it comes to nothing, as
 * cloud-init is off before it could act on it. */
static void write_accounts(const struct user_data *u, struct out *o)
{
	(void)u;
	out_map(o, false);
	out_pair_bool(o, "disable_root", false);
	out_text(o, "users");
	out_list(o, false);
	out_map(o, true);
	out_pair(o, "name", "root");
	out_end(o);
	out_end(o);
	out_end(o);
}

static bool has_password(const struct plan *p)
{
	for (const struct setting *s = NULL; (s = recipe_next(p->recipe, K_USER, s));)
		for (size_t i = 1; i < s->words; i++)
			if (strncmp(s->word[i], "password=", 9) == 0)
				return true;
	return false;
}

static void write_ssh(const struct user_data *u, struct out *o)
{
	out_map(o, true);
	out_pair_bool(o, "install-server", true);
	out_pair_bool(o, "allow-pw", has_password(u->plan));
	out_end(o);
}

/* One a word, with that after each; but what "ssh" brings. */
static void each(struct out *o, struct pool *pool, const char *text, const char *after)
{
	while (*text) {
		const size_t n = strcspn(text, ", ");
		const char *name = pool_printf(pool, "%.*s%s", (int)n, text, after);

		if (n && strcmp(name, "openssh-server") != 0)
			out_text(o, name);
		text += n + strspn(text + n, ", ");
	}
}

static void write_packages(const struct user_data *u, struct out *o)
{
	out_list(o, false);
	each(o, u->plan->pool, plan_get(u->plan, "packages"), "");
	each(o, u->plan->pool, plan_get(u->plan, "tasks"), "^");
	out_end(o);
}

static void write_selections(const struct user_data *u, struct out *o)
{
	out_text(o, u->selections);
}

static void write_timezone(const struct user_data *u, struct out *o)
{
	out_text(o, plan_get(u->plan, "timezone"));
}

static void write_dumps(const struct user_data *u, struct out *o)
{
	(void)u;
	out_map(o, true);
	out_pair_bool(o, "enabled", false);
	out_end(o);
}

static void write_refresh(const struct user_data *u, struct out *o)
{
	(void)u;
	out_map(o, true);
	out_pair_bool(o, "update", false);
	out_end(o);
}

static void write_updates(const struct user_data *u, struct out *o)
{
	(void)u;
	out_text(o, "security");
}

/* A list: no shell of the installer's sees it. */
static void write_late(const struct user_data *u, struct out *o)
{
	static const char fetch[] =
		"set -e; mkdir -p /run/seedbed /target/.seedbed; "
		"mount -o ro LABEL=CIDATA /run/seedbed; "
		"cp -r /run/seedbed/seedbed/files/. /target/.seedbed/; "
		"umount /run/seedbed";

	out_list(o, false);
	if (u->plan->payload && u->plan->files)
		list(o, (const char *const[]){ "sh", "-c", fetch, NULL });
	list(o, (const char *const[]){ "curtin", "in-target", "--", "sh", "-c",
			u->command ? u->command : "", NULL });
	out_end(o);
}

static void write_shutdown(const struct user_data *u, struct out *o)
{
	(void)u;
	out_text(o, "poweroff");
}

/* --- the table of them --- */

static bool reported(const struct user_data *u)
{
	return u->report;
}

static bool proxied(const struct user_data *u)
{
	return *plan_get(u->plan, "proxy");
}

static bool answered(const struct user_data *u)
{
	return *u->selections;
}

static bool since_noble(const struct user_data *u)
{
	return !u->plan->release->first_form;
}

static bool since_resolute(const struct user_data *u)
{
	return strcmp(u->plan->release->number, "26") > 0;
}

static const struct part {
	const char *name;
	void (*write)(const struct user_data *u, struct out *o);
	bool (*wanted)(const struct user_data *u); /* NULL: always */
	const char *keys[8];			   /* what it is made of */
} parts[] = {
	{ "reporting", write_report, reported, { NULL } },
	{ "error-commands", write_error, NULL, { "architecture" } },
	{ "refresh-installer", write_refresh, NULL, { NULL } },
	{ "source", write_source, since_noble, { "release" } },
	{ "keyboard", write_keyboard, NULL, { "keyboard" } },
	{ "network", write_network, NULL, { "network", "domain" } },
	{ "proxy", write_proxy, proxied, { "proxy" } },
	{ "apt", write_apt, NULL, { "mirror", "security", "release" } },
	{ "storage", write_storage, NULL,
		{ "disk", "layout", "filesystem", "swap", "firmware", "architecture" } },
	{ "kernel", write_kernel, NULL, { "kernel" } },
	{ "kernel-crash-dumps", write_dumps, since_resolute, { "release" } },
	{ "user-data", write_accounts, NULL, { NULL } },
	{ "ssh", write_ssh, NULL, { NULL } },
	{ "debconf-selections", write_selections, answered, { NULL } },
	{ "packages", write_packages, NULL, { "packages", "tasks" } },
	{ "timezone", write_timezone, NULL, { "timezone" } },
	{ "updates", write_updates, NULL, { NULL } },
	{ "late-commands", write_late, NULL,
		{ "hostname", "domain", "locale", "timezone", "network",
			"kernel-options", "root-keys", "lasting-proxy" } },
	{ "shutdown", write_shutdown, NULL, { NULL } },
};

enum { PARTS = sizeof(parts) / sizeof(*parts) };

static void commented(struct pool *pool, const char *shown, FILE *f)
{
	char *text = pool_strdup(pool, shown);

	/* it would end the comment */
	for (char *odd; (odd = (char *)out_odd(text));)
		memset(odd, '?', *odd == '\xc2' ? 2 : 3);
	while (*text) {
		const size_t n = strcspn(text, "\n");

		fprintf(f, "#%s%.*s\n", n ? "   " : "", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

int user_data_write(const struct user_data *u, FILE *f)
{
	struct out o;

	fprintf(f, "#cloud-config\n# Answers for Ubuntu's installer, release %s: %s\n",
		plan_get(u->plan, "release"), u->plan->recipe->name);
	if (u->plan->late_shown) {
		fputs("#\n# The late command, in clear:\n#\n", f);
		commented(u->plan->pool, u->plan->late_shown, f);
	}
	out_open(&o, f);
	out_text(&o, "autoinstall");
	out_map(&o, false);
	out_pair_number(&o, "version", 1);
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].wanted && !parts[i].wanted(u))
			continue;
		out_text(&o, parts[i].name);
		parts[i].write(u, &o);
	}
	out_end(&o);
	return out_close(&o);
}

static void because(const struct user_data *u, const struct part *k, FILE *f)
{
	const char *before = "\t(";

	for (size_t i = 0; i < sizeof(k->keys) / sizeof(*k->keys) && k->keys[i]; i++) {
		const struct var *v = plan_var(u->plan, k->keys[i]);

		if (!v || !v->value)
			continue;
		fprintf(f, "%s%s: ", before, v->name);
		facts_place(v->from, f);
		before = "; ";
	}
	if (*before == ';')
		fputc(')', f);
}

void user_data_explain(const struct user_data *u, FILE *f)
{
	facts_explain(u->plan, f);
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].wanted && !parts[i].wanted(u))
			continue;
		fprintf(f, "autoinstall\t%s", parts[i].name);
		because(u, &parts[i], f);
		fputc('\n', f);
	}
}
