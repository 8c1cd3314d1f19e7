// SPDX-License-Identifier: MIT
/*
 * save - a guest that runs is saved as it is at one moment, memory and disks, and
 * runs on.
 *
 * libvirt writes memory and state beside and turns the disks into overlays at the same
 * moment; what was the disk until then is from now on nobody's to write to. The memory
 * is then taken out of what it wrote, into a file that forks can map.
 */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "guard.h"
#include "ram.h"
#include "run.h"
#include "signals.h"
#include "virt.h"

#include <dirent.h>
#include <fcntl.h>
#include <libxml/xmlmemory.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SAVED_RAW "raw"

/* The first QEMU that maps a file which must not be written to as memory that may. */
enum { QEMU_LEAST = 8002000 };

/* A folder of files and nothing below. */
static void remove_folder(void *opaque)
{
	const char *dir = opaque;
	const struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

static int bad_qemu(const char *name, virConnectPtr c)
{
	unsigned long v = 0;

	if (virConnectGetVersion(c, &v) < 0 || v >= QEMU_LEAST)
		return 0;
	diag("%s: save: QEMU %lu.%lu.%lu: its guests cannot share memory, 8.2's can",
		name, v / 1000000, v / 1000 % 1000, v % 1000);
	return 1;
}

static int bad_guest(const char *name, xmlDoc *doc, const struct domain_disk *d, int n)
{
	_cleanup_free_ char *genid = domain_get(doc, "/domain/genid");

	if (!genid || !*genid) {
		diag("%s: save: has no genid: its forks would draw the same random "
		     "numbers (domxml --genid)",
			name);
		return EX_FAILED;
	}
	if (n > MANIFEST_DISKS) {
		diag("%s: save: has more than %d disks", name, MANIFEST_DISKS);
		return EX_FAILED;
	}
	for (int i = 0; i < n; i++)
		if (!*d[i].file) {
			diag("%s: save: disk %s is not a file", name, d[i].target);
			return EX_FAILED;
		}
	return EX_DONE;
}

/* What libvirt is asked for: the memory to a file, each disk on to an overlay. */
static char *snapshot_xml(const char *memory, const struct domain_disk *d, int n)
{
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root, *disks, *disk, *node;
	xmlChar *text = NULL;
	int len;

	root = xmlNewNode(NULL, BAD_CAST "domainsnapshot");
	xmlDocSetRootElement(doc, root);
	node = xmlNewChild(root, NULL, BAD_CAST "memory", NULL);
	xmlNewProp(node, BAD_CAST "snapshot", BAD_CAST "external");
	xmlNewProp(node, BAD_CAST "file", BAD_CAST memory);
	disks = xmlNewChild(root, NULL, BAD_CAST "disks", NULL);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *after = NULL;

		if (asprintf(&after, "%s.after", d[i].file) < 0)
			return NULL;
		disk = xmlNewChild(disks, NULL, BAD_CAST "disk", NULL);
		xmlNewProp(disk, BAD_CAST "name", BAD_CAST d[i].target);
		xmlNewProp(disk, BAD_CAST "snapshot", BAD_CAST "external");
		node = xmlNewChild(disk, NULL, BAD_CAST "source", NULL);
		xmlNewProp(node, BAD_CAST "file", BAD_CAST after);
	}
	xmlDocDumpMemory(doc, &text, &len);
	return (char *)text;
}

static int snapshot(
	virDomainPtr dom, const char *dir, const struct domain_disk *d, int n)
{
	const unsigned flags = VIR_DOMAIN_SNAPSHOT_CREATE_LIVE |
			       VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA |
			       VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC;
	const char *name = virDomainGetName(dom); /* asked later it forgets why */
	_cleanup_free_ char *memory = in_dir(dir, SAVED_RAW), *xml = NULL;
	virDomainSnapshotPtr s;

	xml = memory ? snapshot_xml(memory, d, n) : NULL;
	s = xml ? virDomainSnapshotCreateXML(dom, xml, flags) : NULL;
	if (!s) {
		diag("%s: save: %s", name, xml ? virt_why() : "no memory");
		return EX_FAILED;
	}
	virDomainSnapshotFree(s);
	return EX_DONE;
}

/* The same file by another name where the folder is on its filesystem; else a copy. */
static int keep_disk(
	const struct domain_disk *d, const char *dir, struct frozen_disk *f)
{
	_cleanup_free_ char *to = NULL;
	const char *copy[] = { "cp", "--reflink=auto", "--sparse=always", "--", d->file,
		NULL, NULL };
	_cleanup_close_ int fd = -1;
	struct stat st;

	if ((size_t)snprintf(f->target, sizeof(f->target), "%s", d->target) >=
			sizeof(f->target) ||
		(size_t)snprintf(f->format, sizeof(f->format), "%s", d->format) >=
			sizeof(f->format) ||
		asprintf(&to, "%s/%s.%s", dir, d->target, d->format) < 0)
		return -ENAMETOOLONG;
	copy[5] = to;
	if (link(d->file, to) < 0 && run(copy) != 0)
		return -EIO;
	fd = open(to, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0444) < 0 || fstat(fd, &st) < 0)
		return -errno;
	f->bytes = (uint64_t)st.st_size;
	return sum_file(fd, f->sum);
}

static FILE *create(const char *dir, const char *name)
{
	_cleanup_free_ char *path = in_dir(dir, name);
	const int fd =
		path ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444) : -1;

	return fd < 0 ? NULL : fdopen(fd, "w+");
}

static int put_head(const struct savefile *file, FILE *f)
{
	_cleanup_free_ void *head = NULL;
	size_t len;
	const int r = savefile_make(file, file->xml, &head, &len);

	return r < 0 || fwrite(head, 1, len, f) == len ? r : -errno;
}

/* Its length and its sum: what a host that crashes may yet lose of it, they find. */
static int note(FILE *f, uint64_t *bytes, char **sum)
{
	char text[SUM_ROOM];
	struct stat st;
	int r;

	if (fflush(f) != 0 || fstat(fileno(f), &st) < 0)
		return -errno;
	r = sum_file(fileno(f), text);
	*bytes = (uint64_t)st.st_size;
	*sum = strdup(text);
	return r < 0 || *sum ? r : -ENOMEM;
}

/* What libvirt wrote becomes two files, memory and all else. */
static int split(
	const char *dir, FILE *raw, const struct savefile *file, struct manifest *m)
{
	_cleanup_fclose_ FILE *state = create(dir, SAVED_STATE);
	_cleanup_fclose_ FILE *memory = create(dir, SAVED_MEMORY);
	const uint64_t size = m->memory_kib << 10;
	uint64_t bytes;
	int r;

	if (!state || !memory || fseek(raw, (long)file->stream, SEEK_SET) < 0 ||
		ftruncate(fileno(memory), (off_t)size) < 0)
		return -errno;
	r = put_head(file, state);
	if (r == 0)
		r = ram_take_out(raw, state, fileno(memory), size);
	if (r == 0)
		r = note(state, &m->state_bytes, &m->state_sum);
	return r < 0 ? r : note(memory, &bytes, &m->memory_sum);
}

static int describe(struct manifest *m, virConnectPtr c, xmlDoc *doc)
{
	const time_t t = time(NULL);
	_cleanup_free_ char *memory = domain_get(doc, "/domain/memory");
	_cleanup_free_ char *cpus = domain_get(doc, "/domain/vcpu");
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%FT%TZ", gmtime_r(&t, &tm));
	m->created = strdup(when);
	m->name = domain_get(doc, "/domain/name");
	m->qemu = host_qemu(c);
	m->machine = domain_get(doc, "/domain/os/type/@machine");
	m->accel = domain_get(doc, "/domain/@type");
	m->cpu = domain_get(doc, "/domain/cpu/model");
	if (m->cpu && !*m->cpu) {
		free(m->cpu);
		m->cpu = domain_get(doc, "/domain/cpu/@mode");
	}
	if (!m->created || !m->name || !m->qemu || !m->machine || !m->accel ||
		!m->cpu || !memory || !cpus)
		return -ENOMEM;
	m->host_cpu = host_cpu(m->cpu);
	m->memory_kib = strtoull(memory, NULL, 10); /* libvirt's own unit */
	m->cpus = strtoull(cpus, NULL, 10);
	return m->host_cpu ? 0 : -ENOMEM;
}

static int put_manifest(const char *dir, const struct manifest *m)
{
	_cleanup_free_ char *path = in_dir(dir, SAVED_MANIFEST);
	FILE *f = path ? fopen(path, "wxe") : NULL;
	int r;

	if (!f)
		return -errno;
	manifest_write(m, f);
	r = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0 ? 0 : -EIO;
	return fclose(f) == 0 ? r : -EIO;
}

/* All that is in the folder but what libvirt wrote. */
static int fill(const char *dir, virConnectPtr c, const struct domain_disk *d, int n)
{
	_cleanup_(savefile_free) struct savefile file = { 0 };
	_cleanup_(manifest_free) struct manifest m = { 0 };
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = NULL;
	_cleanup_free_ char *path = in_dir(dir, SAVED_RAW);
	_cleanup_fclose_ FILE *raw = path ? fopen(path, "re") : NULL;
	int r;

	if (!path || !raw)
		return -errno;
	r = saved_head(fileno(raw), &file);
	if (r < 0)
		return r;
	doc = domain_read(file.xml);
	r = doc ? describe(&m, c, doc) : -EBADMSG;
	if (r == 0)
		r = split(dir, raw, &file, &m);
	for (int i = 0; r == 0 && i < n; i++)
		r = keep_disk(&d[i], dir, &m.disk[m.disks++]);
	if (r == 0 && unlink(path) < 0)
		r = -errno;
	return r == 0 ? put_manifest(dir, &m) : r;
}

static int save_into(virConnectPtr c, virDomainPtr dom, const char *dir)
{
	const char *name = virDomainGetName(dom);
	_cleanup_free_ char *xml = virDomainGetXMLDesc(dom, 0);
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = xml ? domain_read(xml) : NULL;
	struct domain_disk *d = NULL;
	const int n = doc ? domain_disks(doc, &d) : -EIO;
	int r;

	if (n < 0) {
		diag("%s: save: %s", name, virt_why());
		return EX_FAILED;
	}
	r = bad_qemu(name, c) ? EX_FAILED : bad_guest(name, doc, d, n);
	if (r == EX_DONE)
		r = snapshot(dom, dir, d, n);
	if (r == EX_DONE) {
		const int err = fill(dir, c, d, n);

		if (err == -ENOTSUP)
			diag("%s: save: memory and state are not written in a way "
			     "that is known here",
				name);
		else if (err < 0)
			diag_errno(-err, "%s: save", dir);
		r = err < 0 ? EX_FAILED : EX_DONE;
	}
	domain_disks_free(d, n);
	return r;
}

static int publish(char *scratch, const char *dir)
{
	if (rename(scratch, dir) == 0)
		return EX_DONE;
	diag_errno(errno, "%s: rename", dir);
	return EX_FAILED;
}

static int save_as(virConnectPtr c, virDomainPtr dom, const char *dir)
{
	_cleanup_free_ char *scratch = NULL;
	struct guard guard = { 0 };
	int r;

	if (access(dir, F_OK) == 0) {
		diag("%s: is there already", dir);
		return EX_FAILED;
	}
	if (asprintf(&scratch, "%s.new-%ld", dir, (long)getpid()) < 0)
		return EX_FAILED;
	if (mkdir(scratch, 0755) < 0) {
		diag_errno(errno, "%s: create", scratch);
		return EX_FAILED;
	}
	if (guard_start(&guard, remove_folder, scratch) < 0)
		diag("no process to clean up if this one is killed");
	r = save_into(c, dom, scratch);
	if (r == EX_DONE)
		r = publish(scratch, dir);
	if (r != EX_DONE)
		remove_folder(scratch);
	guard_dismiss(&guard);
	return r;
}

int save(const struct save_options *o)
{
	_cleanup_free_ char *dir = virt_path(o->dir);
	_cleanup_(cleanup_virconnect) virConnectPtr c = NULL;
	_cleanup_(cleanup_virdomain) virDomainPtr dom = NULL;

	if (!dir) {
		diag_errno(errno, "%s", o->dir);
		return EX_FAILED;
	}
	signals_hold(NULL); /* until there is all of it, or nothing */
	c = virt_open(o->uri, o->user);
	if (!c)
		return EX_FAILED;
	dom = virDomainLookupByName(c, o->domain);
	if (!dom) {
		diag("%s: save: %s", o->domain, virt_why());
		return EX_FAILED;
	}
	return save_as(c, dom, dir);
}
