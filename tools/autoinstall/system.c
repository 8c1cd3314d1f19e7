// SPDX-License-Identifier: MIT
/*
 * system.c - the script for the installed system.
 *
 * What this installer would leave to cloud-init, which acts at the first boot only and
 * makes the ssh host keys anew then, is done here, and cloud-init turned off.
 */
#include "system.h"

#include "network.h"
#include "script.h"
#include "sources.h"

#include <string.h>

static void names(struct script *s)
{
	struct pool *pool = s->p->pool;
	const char *host = plan_get(s->p, "hostname"), *domain = plan_get(s->p, "domain");
	const char *all =
		*domain ? pool_printf(pool, "%s.%s %s", host, domain, host) : host;

	script_put(s, pool_printf(pool, "%s\n", host), "/etc/hostname", "0644",
		"root:root");
	script_put(s,
		pool_printf(pool,
			"127.0.0.1 localhost\n"
			"127.0.1.1 %s\n"
			"\n"
			"::1 localhost ip6-localhost ip6-loopback\n"
			"ff02::1 ip6-allnodes\n"
			"ff02::2 ip6-allrouters\n",
			all),
		"/etc/hosts", "0644", "root:root");
}

/* Each locale there is by its name here is one of UTF-8, whether it says so or not. */
static void language(struct script *s)
{
	struct pool *pool = s->p->pool;
	const char *locale = plan_get(s->p, "locale"), *zone = plan_get(s->p, "timezone");

	if (strcmp(locale, "C.UTF-8") != 0) {
		fputs("printf '%s UTF-8\\n'", s->f);
		script_word(s, locale);
		fputs(" >>/etc/locale.gen\nlocale-gen\n", s->f);
	}
	script_command(s, "update-locale", pool_printf(pool, "LANG=%s", locale),
		(char *)NULL);
	script_command(s, "ln -sfn", pool_printf(pool, "/usr/share/zoneinfo/%s", zone),
		"/etc/localtime", (char *)NULL);
	script_put(s, pool_printf(pool, "%s\n", zone), "/etc/timezone", "0644",
		"root:root");
}

/* What the installer wrote is for cloud-init, or for other cards. */
static void network(struct script *s)
{
	struct out o;
	struct text t;

	out_open(&o, text_open(&t));
	out_text(&o, "network");
	network_write(s->p, &o);
	out_close(&o);
	fputs("rm -f /etc/netplan/*.yaml\n", s->f);
	script_put(s, text_close(&t, s->p->pool), "/etc/netplan/50-seedbed.yaml", "0600",
		"root:root");
}

/* After curtin's own file, and that of any package. */
static void boot(struct script *s)
{
	script_put(s,
		pool_printf(s->p->pool,
			"GRUB_CMDLINE_LINUX_DEFAULT=\"\"\n"
			"GRUB_CMDLINE_LINUX=\"%s\"\n",
			plan_get(s->p, "kernel-options")),
		"/etc/default/grub.d/90-seedbed.cfg", "0644", "root:root");
	fputs("update-grub\n", s->f);
}

static void finish_system(struct script *s)
{
	names(s);
	language(s);
	network(s);
	fputs("mkdir -p /etc/cloud\n"
	      "touch /etc/cloud/cloud-init.disabled\n"
	      "ssh-keygen -A\n",
		s->f);
	boot(s);
}

static const struct script_own own = {
	.first = "",
	.system = finish_system,
	.forget_proxy = "rm -f /etc/apt/apt.conf.d/90curtin-aptproxy"
			" /etc/systemd/system/snapd.service.d/snap_proxy.conf\n",
};

char *system_command(struct plan *p)
{
	unsigned before = p->recipe->errors;
	char *script, *line;
	size_t len = 0;

	sources_read(p);
	if (p->recipe->errors != before)
		return NULL;
	script = script_make(p, &own, false, &len);
	line = script_line(p, script, len);
	script_limit(p, line, "user-data");
	p->late_shown = script_make(p, &own, true, &len);
	return line;
}
