// SPDX-License-Identifier: MIT
/*
 * domxml - describes a guest to libvirt.
 *
 * Options and what the host can do become a domain's XML on stdout. Asks
 * libvirt and the host's KVM; changes nothing.
 */
#include "asuser.h"
#include "cleanup.h"
#include "diag.h"
#include "hypervisor.h"
#include "opts.h"
#include "spec.h"
#include "virt.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

static struct {
	char *uri, *user, *name, *uuid, *kernel, *initrd, *cmdline, *firmware, *nvram;
	char *accel, *xen, *net, *gate, *mac, *arch, *machine, *cpu, *cpu_vendor;
	char **disks, **channels, **oem, **needs;
	int memory, cpus, throwaway, reboot, video, genid, offline, old_qemu_ok, facts;
} opt = { .memory = 1024, .cpus = 1 };

static const struct poptOption options[] = {
	{ "connect", 'c', POPT_ARG_STRING, &opt.uri, 0,
		"The hypervisor (HYPERVISOR in the environment, or " HYPERVISOR_URI ")",
		"URI" },
	{ "facts", '\0', POPT_ARG_NONE, &opt.facts, 0,
		"Print what guests can have there, and describe none", NULL },
	{ "need", '\0', POPT_ARG_ARGV, &opt.needs, 0,
		"Only find out whether guests can have this there", "NAME" },
	{ "offline", '\0', POPT_ARG_NONE, &opt.offline, 0, "Ask no hypervisor", NULL },
	{ "user", 'u', POPT_ARG_STRING, &opt.user, 0,
		"Who to become when started by root (" ASUSER_DEFAULT ")", "NAME" },
	{ "name", 'n', POPT_ARG_STRING, &opt.name, 0, "The guest's name", "NAME" },
	{ "uuid", '\0', POPT_ARG_STRING, &opt.uuid, 0, "The guest's UUID", "UUID" },
	{ "memory", 'm', POPT_ARG_INT, &opt.memory, 0, "Memory (1024)", "MIB" },
	{ "cpus", '\0', POPT_ARG_INT, &opt.cpus, 0, "Processors (1)", "N" },
	{ "disk", 'd', POPT_ARG_ARGV, &opt.disks, 0,
		"A disk; FORMAT is raw or qcow2, by default what the name ends in",
		"FILE[:FORMAT]" },
	{ "throwaway", '\0', POPT_ARG_NONE, &opt.throwaway, 0,
		"Never wait until a disk's data is safe", NULL },
	{ "kernel", 'k', POPT_ARG_STRING, &opt.kernel, 0,
		"Boot this kernel, not the disk", "FILE" },
	{ "initrd", 'i', POPT_ARG_STRING, &opt.initrd, 0, "with this initrd", "FILE" },
	{ "cmdline", 'a', POPT_ARG_STRING, &opt.cmdline, 0, "and these arguments",
		"TEXT" },
	{ "firmware", '\0', POPT_ARG_STRING, &opt.firmware, 0, "bios (default) or uefi",
		"KIND" },
	{ "nvram", '\0', POPT_ARG_STRING, &opt.nvram, 0,
		"Where UEFI keeps its variables", "FILE" },
	{ "accel", '\0', POPT_ARG_STRING, &opt.accel, 0,
		"kvm, tcg or auto (default: kvm where it really works)", "KIND" },
	{ "xen", '\0', POPT_ARG_STRING, &opt.xen, 0,
		"A guest of Xen: pv (default), pvh or hvm", "KIND" },
	{ "net", '\0', POPT_ARG_STRING, &opt.net, 0,
		"none (default), gate, user, network:NAME or bridge:NAME", "KIND" },
	{ "gate", 'g', POPT_ARG_STRING, &opt.gate, 0,
		"The socket of netgate(1); means --net gate", "PATH" },
	{ "mac", '\0', POPT_ARG_STRING, &opt.mac, 0, "The network card's address",
		"ADDRESS" },
	{ "channel", '\0', POPT_ARG_ARGV, &opt.channels, 0,
		"A port from the guest to vmrun(1)", "NAME" },
	{ "oem-string", '\0', POPT_ARG_ARGV, &opt.oem, 0,
		"A string in the guest's SMBIOS tables", "TEXT" },
	{ "video", '\0', POPT_ARG_NONE, &opt.video, 0, "A screen to take pictures of",
		NULL },
	{ "genid", '\0', POPT_ARG_NONE, &opt.genid, 0,
		"Tell the guest's kernel when it was forked by vmfork(1)", NULL },
	{ "reboot", '\0', POPT_ARG_NONE, &opt.reboot, 0,
		"Let the guest restart itself, which otherwise ends it", NULL },
	{ "arch", '\0', POPT_ARG_STRING, &opt.arch, 0,
		"The guest's architecture (amd64)", "ARCH" },
	{ "machine", '\0', POPT_ARG_STRING, &opt.machine, 0, "QEMU's machine (pc)",
		"NAME" },
	{ "cpu", '\0', POPT_ARG_STRING, &opt.cpu, 0,
		"QEMU's CPU model (the host's for kvm, Nehalem for tcg)", "MODEL" },
	{ "cpu-vendor", '\0', POPT_ARG_STRING, &opt.cpu_vendor, 0,
		"What the CPU says its maker is, twelve letters", "TEXT" },
	{ "old-qemu-ok", '\0', POPT_ARG_NONE, &opt.old_qemu_ok, 0,
		"Take a QEMU whose TCG is known to be faulty", NULL },
	OPTS_COMMON
};

/* The index of s in the list of names, or -1. */
static int one_of(const char *s, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (strcmp(s, names[i]) == 0)
			return i;
	return -1;
}

static int choices(struct spec *s)
{
	static const char *const accels[] = { "auto", "kvm", "tcg", NULL };
	static const char *const firmwares[] = { "bios", "uefi", NULL };
	int i;

	if (opt.accel) {
		if ((i = one_of(opt.accel, accels)) < 0)
			return opts_error(
				"--accel: %s: not auto, kvm or tcg", opt.accel);
		s->accel = (enum accel)i;
	}
	if (opt.firmware) {
		if ((i = one_of(opt.firmware, firmwares)) < 0)
			return opts_error(
				"--firmware: %s: not bios or uefi", opt.firmware);
		s->firmware = (enum firmware)i;
	}
	return OPTS_GO;
}

static int network(struct spec *s)
{
	const char *kind = opt.net ? opt.net : opt.gate ? "gate" : "none";

	s->mac = opt.mac;
	if (strcmp(kind, "none") == 0) {
		s->net = NET_NONE;
	} else if (strcmp(kind, "gate") == 0) {
		s->net = NET_GATE;
	} else if (strcmp(kind, "user") == 0) {
		s->net = NET_USER;
	} else if (strncmp(kind, "network:", 8) == 0) {
		s->net = NET_NETWORK;
		s->source = kind + 8;
	} else if (strncmp(kind, "bridge:", 7) == 0) {
		s->net = NET_BRIDGE;
		s->source = kind + 7;
	} else {
		return opts_error("--net: %s: no such kind", kind);
	}
	if (s->source && !*s->source)
		return opts_error("--net: %s: no name", kind);
	if ((s->net == NET_GATE) != (opt.gate != NULL))
		return opts_error("--net gate and --gate go together");
	return OPTS_GO;
}

static const char *format_of(char *path)
{
	static const char *const formats[] = { "raw", "qcow2", NULL };
	char *colon = strrchr(path, ':'), *dot;
	int i;

	if (colon && (i = one_of(colon + 1, formats)) >= 0) {
		*colon = '\0';
		return formats[i];
	}
	dot = strrchr(path, '.');
	return dot && strcmp(dot, ".qcow2") == 0 ? "qcow2" : "raw";
}

static int files(struct spec *s)
{
	while (opt.disks && opt.disks[s->disk_count])
		s->disk_count++;
	if (s->disk_count > 26)
		return opts_error("--disk: more than 26");
	s->disks = calloc((size_t)s->disk_count + 1, sizeof(*s->disks));
	for (int i = 0; s->disks && i < s->disk_count; i++) {
		s->disks[i].format = format_of(opt.disks[i]);
		if (!*opt.disks[i])
			return opts_error("--disk: no name");
		s->disks[i].path = virt_path(opt.disks[i]);
	}
	if (!opt.kernel && (opt.initrd || opt.cmdline))
		return opts_error("--initrd and --cmdline need --kernel");
	if (!opt.kernel && s->disk_count == 0)
		return opts_error("nothing to boot: neither --kernel nor --disk");
	if (s->xen == XEN_PVH && !opt.kernel)
		return opts_error("--xen pvh: needs --kernel");
	if (opt.nvram && s->firmware != FIRMWARE_UEFI)
		return opts_error("--nvram needs --firmware uefi");
	s->kernel = opt.kernel ? virt_path(opt.kernel) : NULL;
	s->initrd = opt.initrd ? virt_path(opt.initrd) : NULL;
	s->nvram = opt.nvram ? virt_path(opt.nvram) : NULL;
	s->gate = opt.gate ? virt_path(opt.gate) : NULL;
	s->cmdline = opt.cmdline;
	return OPTS_GO;
}

static int well_formed(const char *option, const char *s)
{
	if (!s || xml_can_hold(s))
		return OPTS_GO;
	return opts_error("%s: %s: a character that XML cannot hold", option, s);
}

static int only(const char *s, const char *letters)
{
	return s[strspn(s, letters)] == '\0';
}

/* A string that ends up in QEMU's option syntax, or in a file's name. */
static int texts(const struct spec *s)
{
	const struct {
		const char *option, *value;
	} all[] = { { "--name", s->name }, { "--uuid", s->uuid },
		{ "--kernel", s->kernel }, { "--initrd", s->initrd },
		{ "--cmdline", s->cmdline }, { "--nvram", s->nvram },
		{ "--gate", s->gate }, { "--net", s->source }, { "--mac", s->mac },
		{ "--machine", s->machine }, { "--cpu", s->cpu } };
	int r = OPTS_GO;

	for (size_t i = 0; r == OPTS_GO && i < sizeof(all) / sizeof(*all); i++)
		r = well_formed(all[i].option, all[i].value);
	for (int i = 0; r == OPTS_GO && i < s->disk_count; i++)
		r = well_formed("--disk", s->disks[i].path);
	for (int i = 0; r == OPTS_GO && s->channels && s->channels[i]; i++)
		r = well_formed("--channel", s->channels[i]);
	for (int i = 0; r == OPTS_GO && s->oem_strings && s->oem_strings[i]; i++)
		r = well_formed("--oem-string", s->oem_strings[i]);
	if (r != OPTS_GO)
		return r;
	if (!*s->name || strchr(s->name, '/') || *s->name == '.' || *s->name == '-')
		return opts_error("--name: %s: not a name for a guest", s->name);
	if (s->mac &&
		(strlen(s->mac) != 17 || !only(s->mac, "0123456789abcdefABCDEF:")))
		return opts_error("--mac: %s: not an Ethernet address", s->mac);
	if (s->cpu_vendor &&
		(strlen(s->cpu_vendor) != 12 ||
			!only(s->cpu_vendor, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "abcdefghijklmnopqrstuvwxyz")))
		return opts_error(
			"--cpu-vendor: %s: not twelve letters", s->cpu_vendor);
	return OPTS_GO;
}

static int architecture(struct spec *s)
{
	char names[128];

	s->platform = platform_find(opt.arch ? opt.arch : "amd64");
	if (s->platform && s->platform->machine[0].name)
		return OPTS_GO;
	platform_names(names, sizeof(names), true);
	return opts_error(
		"--arch: %s: guests are described of %s only", opt.arch, names);
}

/* --- the hypervisor --- */

static int no_hypervisor(const char *uri, int err)
{
	const char *said = opt.uri ? "--connect: " : "HYPERVISOR=";
	char names[64];

	hypervisor_names(names, sizeof(names));
	if (err == -ENOENT)
		return opts_error("%s%s: a hypervisor that is not known here; known "
				  "are those of libvirt's drivers %s",
			said, uri, names);
	return opts_error(
		"%s%s: not a URI of libvirt's, such as " HYPERVISOR_URI, said, uri);
}

/* --xen is Xen, whatever the environment says of others. */
static int where(struct spec *s)
{
	static const char *const xens[] = { "", "pv", "pvh", "hvm", NULL };
	const struct hypervisor *xen = hypervisor_find("xen");
	int i, r;

	if (opt.xen && (i = one_of(opt.xen, xens)) < 1)
		return opts_error("--xen: %s: not pv, pvh or hvm", opt.xen);
	s->xen = opt.xen ? (enum xen)i : XEN_NONE;
	r = hypervisor_at(&s->at, hypervisor_uri(opt.uri));
	if (s->xen && !opt.uri && s->at.hypervisor != xen)
		r = hypervisor_at(&s->at, xen->uri);
	if (r < 0)
		return no_hypervisor(s->at.uri, r);
	if (s->xen && s->at.hypervisor != xen)
		return opts_error(
			"--xen: %s is no Xen, such as %s", s->at.uri, xen->uri);
	if (!s->xen && s->at.hypervisor == xen)
		s->xen = XEN_PV;
	return OPTS_GO;
}

/* What was asked for, and is not there: said, rather than left out of the description.
 */
static int lacking(const struct spec *s)
{
	const struct {
		const char *option;
		bool asked;
		unsigned need;
	} all[] = { { "--channel", opt.channels, NEED_PORTS },
		{ "--oem-string", opt.oem, NEED_CREDENTIALS },
		{ "--gate", s->net == NET_GATE, NEED_GATE },
		{ "--net user", s->net == NET_USER, NEED_USERNET },
		{ "--genid", opt.genid, NEED_GENID },
		{ "--firmware uefi", s->firmware == FIRMWARE_UEFI, NEED_UEFI },
		{ "--accel", s->accel != ACCEL_AUTO, NEED_MODELS },
		{ "--machine", opt.machine, NEED_MODELS },
		{ "--cpu", opt.cpu, NEED_MODELS },
		{ "--cpu-vendor", opt.cpu_vendor, NEED_MODELS } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].asked && !(s->at.can & all[i].need))
			return opts_error("%s: %s: %s: %s", all[i].option, s->at.uri,
				hypervisor_lack(all[i].need),
				hypervisor_instead(all[i].need));
	return OPTS_GO;
}

/* --facts, --need: the exit status. */
static int look(const struct spec *s)
{
	int r = EX_DONE;

	for (size_t i = 0; opt.needs && opt.needs[i]; i++)
		if (!hypervisor_need(opt.needs[i]))
			return opts_error(
				"--need: %s: no such thing is known", opt.needs[i]);
	for (size_t i = 0; opt.needs && opt.needs[i]; i++) {
		const unsigned need = hypervisor_need(opt.needs[i]);

		if (s->at.can & need)
			continue;
		diag("%s: %s: %s", s->at.uri, hypervisor_lack(need),
			hypervisor_instead(need));
		r = EX_FAILED;
	}
	if (!opt.facts)
		return r;
	printf("uri=%s\ndriver=%s\nname=%s\n", s->at.uri, s->at.hypervisor->driver,
		s->at.hypervisor->name);
	for (unsigned need = 1; *hypervisor_need_name(need); need <<= 1)
		printf("%s=%s\n", hypervisor_need_name(need),
			s->at.can & need ? "yes" : "no");
	return flush_stdout() < 0 ? EX_FAILED : r;
}

static int describe(struct spec *s)
{
	int r;

	if ((r = architecture(s)) != OPTS_GO)
		return r;

	s->name = opt.name ? opt.name : "seedbed";
	s->uuid = opt.uuid;
	s->user = opt.user;
	s->memory = opt.memory;
	s->cpus = opt.cpus;
	s->throwaway = opt.throwaway;
	s->reboot = opt.reboot;
	s->video = opt.video;
	s->genid = opt.genid;
	s->machine = opt.machine ? opt.machine : s->platform->machine[0].name;
	s->cpu = opt.cpu;
	s->cpu_vendor = opt.cpu_vendor;
	s->channels = opt.channels;
	s->oem_strings = opt.oem;
	if (s->memory < 32 || s->memory > 1 << 24)
		return opts_error("--memory: %d: not from 32 up", s->memory);
	if (s->cpus < 1 || s->cpus > 255)
		return opts_error("--cpus: %d: not from 1 to 255", s->cpus);
	if ((r = choices(s)) != OPTS_GO || (r = network(s)) != OPTS_GO ||
		(r = lacking(s)) != OPTS_GO || (r = files(s)) != OPTS_GO)
		return r;
	return texts(s);
}

/* Debian 13's kernel on it miscomputes, so the guest fails in ways no log tells. */
static int qemu_will_do(const struct spec *s)
{
	const unsigned long v = s->emulator_version;

	if (s->xen || s->accel == ACCEL_KVM || v == 0 || v >= 8000000 ||
		opt.old_qemu_ok)
		return 1;
	diag("QEMU %lu.%lu.%lu: too old without KVM: its TCG corrupts the flags "
	     "register under Debian 13's kernel; QEMU 8.0 or later, or --old-qemu-ok",
		v / 1000000, v / 1000 % 1000, v % 1000);
	return 0;
}

static int ask(struct spec *s)
{
	if (!opt.offline)
		return host_ask(s, s->at.uri);
	if (s->accel == ACCEL_AUTO && !s->xen)
		s->accel = host_kvm_works() ? ACCEL_KVM : ACCEL_TCG;
	return 0;
}

static int print(const struct spec *s)
{
	xmlDoc *doc = s->xen ? xen_domain(s) : qemu_domain(s);
	int r = EX_DONE;

	if (!doc || xml_failed(doc)) {
		diag("out of memory");
		r = EX_FAILED;
	} else if (xmlDocFormatDump(stdout, doc, 1) < 0 || flush_stdout() < 0) {
		r = EX_FAILED;
	}
	xmlFreeDoc(doc);
	return r;
}

static void spec_free(struct spec *s)
{
	for (int i = 0; s->disks && i < s->disk_count; i++)
		free(s->disks[i].path);
	free(s->disks);
	free(s->kernel);
	free(s->initrd);
	free(s->nvram);
	free(s->gate);
	free(s->emulator);
	xmlCleanupParser();
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	struct spec s = { 0 };
	const char **args;
	int r;

	r = opts_parse(&ctx, argc, argv, options, "", 0, 0, &args);
	if (r != OPTS_GO)
		return r;
	r = where(&s);
	if (r == OPTS_GO && (opt.facts || opt.needs))
		return look(&s);
	if (r == OPTS_GO)
		r = describe(&s);
	if (r == OPTS_GO && ask(&s) < 0)
		r = EX_FAILED;
	if (r == OPTS_GO)
		r = qemu_will_do(&s) ? print(&s) : EX_FAILED;
	spec_free(&s);
	return r;
}
