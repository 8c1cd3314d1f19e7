// SPDX-License-Identifier: MIT
/*
 * vmfork - saves a guest as it runs, and forks others from there.
 *
 * A saved guest is a folder: its memory, compressed, its disks, frozen, and what it
 * takes to go on. Each fork is a guest of its own, on overlays of those disks.
 */
#include "asuser.h"
#include "cleanup.h"
#include "diag.h"
#include "hypervisor.h"
#include "opts.h"
#include "vmfork.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

static struct {
	char *uri, *user, *name, *uuid, *gate;
	char **disks;
	const char *const *command;
	int json;
} opt;

static const struct poptOption options[] = {
	{ "connect", 'c', POPT_ARG_STRING, &opt.uri, 0,
		"The hypervisor (HYPERVISOR in the environment, or " HYPERVISOR_URI ")",
		"URI" },
	{ "user", 'u', POPT_ARG_STRING, &opt.user, 0,
		"Who to become when started by root (" ASUSER_DEFAULT ")", "NAME" },
	{ "name", 'n', POPT_ARG_STRING, &opt.name, 0, "spawn: the fork's name",
		"NAME" },
	{ "uuid", '\0', POPT_ARG_STRING, &opt.uuid, 0,
		"spawn: the fork's UUID (random)", "UUID" },
	{ "disk", 'd', POPT_ARG_ARGV, &opt.disks, 0,
		"spawn: a qcow2 overlay of the frozen disk", "TARGET=FILE" },
	{ "gate", 'g', POPT_ARG_STRING, &opt.gate, 0,
		"spawn: the socket of the fork's netgate(1)", "PATH" },
	{ "json", '\0', POPT_ARG_NONE, &opt.json, 0, "info: as JSON", NULL },
	OPTS_COMMON
};

static int do_save(const char **args, const char *uri)
{
	const struct save_options o = {
		.uri = uri, .user = opt.user, .domain = args[1], .dir = args[2]
	};

	return save(&o);
}

static int do_spawn(const char **args, const char *uri)
{
	const struct spawn_options o = { .uri = uri,
		.user = opt.user,
		.name = opt.name,
		.uuid = opt.uuid,
		.gate = opt.gate,
		.dir = args[1],
		.disks = opt.disks };

	if (!o.name || !*o.name || strchr(o.name, '/'))
		return opts_error("spawn: --name: a name for the fork is wanted");
	return spawn(&o);
}

static int do_stream(const char **args, const char *uri)
{
	(void)uri;
	if (!args[3] != !opt.command)
		return opts_error("stream: PIPE and -- COMMAND go together");
	return stream(args[1], args[2], args[3], opt.command);
}

static int do_grow(const char **args, const char *uri)
{
	struct grow_options o = {
		.uri = uri, .user = opt.user, .domain = args[1], .target = args[2]
	};
	char *end;

	errno = 0;
	o.bytes = strtoull(args[3], &end, 10);
	if (*args[3] < '1' || *args[3] > '9' || *end || errno || o.bytes % 512)
		return opts_error("%s: not a disk's size in bytes", args[3]);
	return grow(&o);
}

static int do_verify(const char **args, const char *uri)
{
	(void)uri;
	return verify(args[1]);
}

static int do_info(const char **args, const char *uri)
{
	(void)uri;
	return info(args[1], opt.json);
}

static const struct {
	const char *name;
	int operands, more;
	bool forks; /* wants a hypervisor that can */
	int (*run)(const char **args, const char *uri);
} verbs[] = {
	{ "save", 2, 0, true, do_save },
	{ "spawn", 1, 0, true, do_spawn },
	{ "stream", 2, 1, false, do_stream },
	{ "grow", 3, 0, false, do_grow },
	{ "info", 1, 0, false, do_info },
	{ "verify", 1, 0, false, do_verify },
};

static bool cannot_fork(const char *verb, const char *uri)
{
	struct hypervisor_at at;

	if (hypervisor_at(&at, uri) < 0 || (at.can & NEED_FORK))
		return false;
	diag("%s: %s: %s: %s", uri, verb, hypervisor_lack(NEED_FORK),
		hypervisor_instead(NEED_FORK));
	return true;
}

static int dispatch(const char **args)
{
	const char *uri = hypervisor_uri(opt.uri);
	int n = 0;

	while (args[n + 1])
		n++;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(args[0], verbs[i].name) != 0)
			continue;
		if (opt.command && !verbs[i].more)
			return opts_error("%s: has no COMMAND", args[0]);
		if (n < verbs[i].operands || n > verbs[i].operands + verbs[i].more)
			return opts_error("%s: wants %d operand%s", args[0],
				verbs[i].operands, verbs[i].operands == 1 ? "" : "s");
		if (verbs[i].forks && cannot_fork(args[0], uri))
			return EX_FAILED;
		return verbs[i].run(args, uri);
	}
	return opts_error("%s: not save, spawn, stream, grow, info or verify", args[0]);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char **args;
	int r;

	opt.command = opts_command(&argc, argv);
	r = opts_parse(&ctx, argc, argv, options,
		"save GUEST DIR | spawn DIR | stream DIR XML [PIPE -- COMMAND] | "
		"grow GUEST TARGET BYTES | info DIR | verify DIR",
		2, 4, &args);
	if (r != OPTS_GO)
		return r;
	r = dispatch(args);
	xmlCleanupParser();
	return r;
}
