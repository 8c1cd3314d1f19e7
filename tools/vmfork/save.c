/*
 * save - a guest that runs is saved as it is at one moment, memory and disks, and
 * runs on.
 *
 * libvirt writes the memory beside and turns the disks into overlays at the same
 * moment; what was the disk until then is from now on nobody's to write to.
 */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "guard.h"
#include "run.h"
#include "signals.h"
#include "virt.h"
#include "whole.h"

#include <dirent.h>
#include <fcntl.h>
#include <libxml/xmlmemory.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SAVED_RAW "memory"

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
	_cleanup_free_ char *memory = in_dir(dir, SAVED_RAW), *xml = NULL;
	virDomainSnapshotPtr s;

	xml = memory ? snapshot_xml(memory, d, n) : NULL;
	s = xml ? virDomainSnapshotCreateXML(dom, xml, flags) : NULL;
	if (!s) {
		diag("%s: save: %s", virDomainGetName(dom),
			xml ? virt_why() : "no memory");
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
	if (chmod(to, 0444) < 0 || stat(to, &st) < 0)
		return -errno;
	f->bytes = (uint64_t)st.st_size;
	return 0;
}

/* How long the part before QEMU's stream is. */
static int head_length(int fd, struct savefile *file, size_t *head)
{
	char header[SAVEFILE_HEADER];
	_cleanup_free_ char *data = NULL;
	int r;

	if (whole_read(fd, header, sizeof(header)) != sizeof(header))
		return -EBADMSG;
	r = savefile_length(header, head);
	if (r < 0)
		return r;
	data = malloc(*head);
	if (!data)
		return -ENOMEM;
	if (lseek(fd, 0, SEEK_SET) < 0 ||
		whole_read(fd, data, *head) != (ssize_t)*head ||
		lseek(fd, 0, SEEK_SET) < 0)
		return -EBADMSG;
	return savefile_parse(file, data, *head);
}

static int pack(const char *dir, struct manifest *m, struct savefile *file)
{
	_cleanup_free_ char *raw = in_dir(dir, SAVED_RAW);
	_cleanup_free_ char *packed = in_dir(dir, SAVED_MEMORY);
	_cleanup_close_ int from = -1, to = -1;
	struct stat st = { 0 };
	size_t head = 0;
	int r;

	if (!raw || !packed)
		return -ENOMEM;
	from = open(raw, O_RDONLY | O_CLOEXEC);
	to = open(packed, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (from < 0 || to < 0)
		return -errno;
	r = head_length(from, file, &head);
	if (r == 0)
		r = packed_write(from, head, to, &m->stream_bytes);
	if (r == 0 && (fsync(to) < 0 || fstat(to, &st) < 0 || unlink(raw) < 0))
		r = -errno;
	if (r == 0)
		m->packed_bytes = (uint64_t)st.st_size;
	return r;
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

/* All that is in the folder but the memory as libvirt wrote it. */
static int fill(const char *dir, virConnectPtr c, const struct domain_disk *d, int n)
{
	_cleanup_(savefile_free) struct savefile file = { 0 };
	_cleanup_(manifest_free) struct manifest m = { 0 };
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = NULL;
	int r = pack(dir, &m, &file);

	if (r < 0)
		return r;
	doc = domain_read(file.xml);
	if (!doc)
		return -EBADMSG;
	for (int i = 0; r == 0 && i < n; i++)
		r = keep_disk(&d[i], dir, &m.disk[m.disks++]);
	if (r == 0)
		r = describe(&m, c, doc);
	return r == 0 ? put_manifest(dir, &m) : r;
}

static int save_into(virConnectPtr c, virDomainPtr dom, const char *dir)
{
	_cleanup_free_ char *xml = virDomainGetXMLDesc(dom, 0);
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = xml ? domain_read(xml) : NULL;
	struct domain_disk *d = NULL;
	const int n = doc ? domain_disks(doc, &d) : -EIO;
	int r;

	if (n < 0) {
		diag("%s: save: %s", virDomainGetName(dom), virt_why());
		return EX_FAILED;
	}
	r = bad_guest(virDomainGetName(dom), doc, d, n);
	if (r == EX_DONE)
		r = snapshot(dom, dir, d, n);
	if (r == EX_DONE) {
		const int err = fill(dir, c, d, n);

		if (err < 0)
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
