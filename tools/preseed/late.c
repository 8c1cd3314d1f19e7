// SPDX-License-Identifier: MIT
/* late.c - preseed/late_command: the script for the installed system, by in-target. */
#include "late.h"

#include "script.h"
#include "sources.h"

/*
 * A command that reads would talk to debconf. The installer names the card as its own
 * kernel does; the installed system boots with net.ifnames=0.
 */
static const struct script_own own = {
	.first = "unset DEBCONF_READFD DEBCONF_WRITEFD DEBCONF_REDIR DEBIAN_HAS_FRONTEND\n"
		 "card=$(sed -n 's/^iface \\(e[a-z0-9]*\\) .*/\\1/p' "
		 "/etc/network/interfaces | head -n 1) || card=\n"
		 "[ -z \"$card\" ] || sed -i \"s/\\\\b$card\\\\b/eth0/g\" "
		 "/etc/network/interfaces\n",
	.forget_proxy = "[ ! -e /etc/apt/apt.conf ] ||"
			" sed -i '/^Acquire::[a-z]*::Proxy /d' /etc/apt/apt.conf\n"
			"[ -s /etc/apt/apt.conf ] || rm -f /etc/apt/apt.conf\n",
};

void late_make(struct plan *p)
{
	unsigned before = p->recipe->errors;
	struct origin from = { "the recipe's keys, users, files and commands", 0 };
	char *script, *value;
	size_t len = 0;

	sources_read(p);
	if (p->recipe->errors != before)
		return;
	script = script_make(p, &own, false, &len);
	value = pool_printf(p->pool, "%sin-target sh -c '%s'",
		p->payload && p->files
			? "[ -e /target/.seedbed ] || "
			  "cp -r /seedbed/files /target/.seedbed && "
			: "",
		script_line(p, script, len));
	script_limit(p, value, "preseed file");
	plan_set(p, "late-command", value, from);
	p->late_shown = script_make(p, &own, true, &len);
}
