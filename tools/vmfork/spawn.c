// SPDX-License-Identifier: MIT
/*
 * spawn - the description of a fork, and stream - the image that libvirt restores it
 * from: the saved guest's state behind that description. Its memory is in neither: the
 * fork maps the file of it, and what it writes there is its own.
 *
 * libvirt insists on the saved guest's name when it is asked to restore another, and
 * takes whatever description stands before the state: so that is what is written.
 */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"
#include "virt.h"

#include <signal.h>
#include <string.h>
#include <sys/random.h>

enum { UUID_LEN = 36, XML_MAX = 4 << 20 };

static int random_uuid(char out[UUID_LEN + 1])
{
	unsigned char b[16];
	char *p = out;

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return -EIO;
	b[6] = (b[6] & 0x0f) | 0x40; /* version 4 */
	b[8] = (b[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof(b); i++)
		p += sprintf(p, "%s%02x",
			i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
	return 0;
}

static int same(const char *dir, const char *what, const char *saved, const char *here)
{
	if (here && strcmp(saved, here) == 0)
		return EX_DONE;
	diag("%s: was saved with %s %s, here is %s", dir, what, saved,
		here ? here : "none");
	return EX_ELSEWHERE;
}

/* A saved state fits the QEMU, machine and processor that made it and no others. */
static int fits(const struct saved *s, xmlDoc *doc, virConnectPtr c, const char *dir)
{
	const struct manifest *m = &s->manifest;
	_cleanup_free_ char *qemu = host_qemu(c), *cpu = host_cpu(m->cpu);
	_cleanup_free_ char *machine = domain_get(doc, "/domain/os/type/@machine");
	_cleanup_free_ char *model = domain_get(doc, "/domain/cpu/model");
	_cleanup_free_ char *genid = domain_get(doc, "/domain/genid");
	_cleanup_free_ char *isa = domain_get(doc, "/domain/os/type/@arch");
	_cleanup_free_ char *caps =
		virConnectGetDomainCapabilities(c, NULL, isa, m->machine, m->accel, 0);
	int r = same(dir, "QEMU", m->qemu, qemu);

	if (r == EX_DONE)
		r = same(dir, "machine", m->machine, machine);
	if (r == EX_DONE && !caps) {
		diag("%s: was saved with machine %s (%s): %s", dir, m->machine,
			m->accel, virt_why());
		r = EX_ELSEWHERE;
	}
	if (r == EX_DONE && strcmp(m->cpu, "host-passthrough") != 0)
		r = same(dir, "CPU model", m->cpu, model);
	if (r == EX_DONE)
		r = same(dir, "processor", m->host_cpu, cpu);
	if (r == EX_DONE && (!genid || !*genid)) {
		diag("%s: has no genid", dir);
		r = EX_DAMAGED;
	}
	return r;
}

/* TARGET=FILE, for each disk that was saved and no others. */
static int take_disks(
	const struct spawn_options *o, const struct manifest *m, struct domain_disk *d)
{
	size_t n = 0;

	for (; o->disks && o->disks[n]; n++) {
		char *eq = strchr(o->disks[n], '=');

		if (!eq || eq[1] != '/' || n == MANIFEST_DISKS) {
			diag("--disk: %s: not of the form TARGET=/FILE", o->disks[n]);
			return EX_BADUSAGE;
		}
		*eq = '\0';
		d[n] = (struct domain_disk){ o->disks[n], (char *)"qcow2", eq + 1 };
	}
	for (size_t i = 0; i < m->disks; i++) {
		size_t k = 0;

		while (k < n && strcmp(d[k].target, m->disk[i].target) != 0)
			k++;
		if (k == n) {
			diag("%s: disk %s: no overlay of it is named (--disk %s=FILE)",
				o->dir, m->disk[i].target, m->disk[i].target);
			return EX_BADUSAGE;
		}
	}
	if (n != m->disks) {
		diag("%s: has %zu disks, and --disk names %zu", o->dir, m->disks, n);
		return EX_BADUSAGE;
	}
	return EX_DONE;
}

static int print(xmlDoc *doc)
{
	xmlChar *text = NULL;
	int len = 0;

	xmlDocDumpMemory(doc, &text, &len);
	if (!text) {
		diag("out of memory");
		return EX_FAILED;
	}
	fwrite(text, 1, (size_t)len, stdout);
	xmlFree(text);
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}

static int describe(const struct spawn_options *o, const struct saved *s, xmlDoc *doc)
{
	struct domain_disk disk[MANIFEST_DISKS];
	char uuid[UUID_LEN + 1], genid[UUID_LEN + 1];
	_cleanup_free_ char *abs = virt_path(o->dir);
	_cleanup_free_ char *memory = abs ? in_dir(abs, SAVED_MEMORY) : NULL;
	struct identity who = { .name = o->name,
		.uuid = o->uuid ? o->uuid : uuid,
		.genid = genid,
		.gate = o->gate,
		.memory = memory,
		.memory_kib = s->manifest.memory_kib,
		.disk = disk,
		.disks = (int)s->manifest.disks };
	int r = take_disks(o, &s->manifest, disk), which;

	if (r != EX_DONE)
		return r;
	if (domain_has_gate(doc) != (o->gate != NULL)) {
		diag("%s: %s", o->dir,
			o->gate ? "has no gate: --gate is too much"
				: "has a gate, and --gate names none");
		return EX_BADUSAGE;
	}
	if (!memory) {
		diag_errno(errno, "%s", o->dir);
		return EX_FAILED;
	}
	if (random_uuid(uuid) < 0 || random_uuid(genid) < 0) {
		diag("no random numbers");
		return EX_FAILED;
	}
	r = domain_become(doc, &who, &which);
	if (r < 0) {
		diag_errno(-r, "%s: description", o->dir);
		return EX_FAILED;
	}
	return print(doc);
}

int spawn(const struct spawn_options *o)
{
	_cleanup_(cleanup_virconnect) virConnectPtr c = NULL;
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = NULL;
	struct saved s;
	int r = saved_open(&s, o->dir);

	if (r == EX_DONE) {
		doc = domain_read(s.file.xml);
		if (!doc) {
			diag("%s: damaged: no XML", o->dir);
			r = EX_DAMAGED;
		}
	}
	if (r == EX_DONE) {
		c = virt_open(o->uri, o->user);
		r = c ? fits(&s, doc, c, o->dir) : EX_FAILED;
	}
	if (r == EX_DONE)
		r = describe(o, &s, doc);
	saved_close(&s);
	return r;
}

int stream(const char *dir, const char *file, const char *pipe,
	const char *const command[])
{
	_cleanup_free_ char *xml = NULL;
	struct saved s;
	size_t len = 0;
	int r = saved_open(&s, dir), err;

	signal(SIGPIPE, SIG_IGN); /* a message is better */
	if (r == EX_DONE && (err = slurp_file(file, XML_MAX, &xml, &len)) < 0) {
		diag_errno(-err, "%s", file);
		r = EX_FAILED;
	}
	if (r == EX_DONE)
		r = saved_verify(&s, dir);
	if (r == EX_DONE && command) {
		r = stream_inside(&s, xml, pipe, command);
	} else if (r == EX_DONE && (err = put_image(&s, xml, STDOUT_FILENO)) < 0) {
		diag_errno(-err, "%s: stream", dir);
		r = EX_FAILED;
	}
	saved_close(&s);
	return r;
}
