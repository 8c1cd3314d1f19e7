/*
 * save - a guest that runs is saved as it is at one moment, memory and disks, and
 * runs on.
 *
 * It stands still meanwhile: libvirt writes its state, which is without the memory, and
 * turns the disks into overlays; the memory is copied from the file that it is. What was
 * the disk until then is from now on nobody's to write to.
 */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "guard.h"
#include "run.h"
#include "signals.h"
#include "virt.h"

#include <dirent.h>
#include <fcntl.h>
#include <libxml/xmlmemory.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* The first QEMU that maps a file which must not be written to as memory that is. */
enum { QEMU_LEAST = 8002000 };

/* How long a guest is looked after, and how long it must run, in tenths of a second. */
enum { LOOK = 600, RUNS = 20 };

/* The guest, and what of it goes into the folder. */
struct source {
	virConnectPtr conn;
	virDomainPtr dom;
	const char *name;
	char *memory;
	struct domain_disk *disk;
	int disks;
};

/* A folder of files and nothing below. */
static void remove_folder(const char *dir)
{
	const struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

static int bad_disks(const struct source *g)
{
	if (g->disks > MANIFEST_DISKS) {
		diag("%s: save: has more than %d disks", g->name, MANIFEST_DISKS);
		return EX_FAILED;
	}
	for (int i = 0; i < g->disks; i++)
		if (!*g->disk[i].file) {
			diag("%s: save: disk %s is not a file", g->name,
				g->disk[i].target);
			return EX_FAILED;
		}
	return EX_DONE;
}

static int bad_guest(const struct source *g, xmlDoc *doc)
{
	_cleanup_free_ char *genid = domain_get(doc, "/domain/genid");
	unsigned long qemu = 0;
	int state = VIR_DOMAIN_NOSTATE;

	if (!genid || !*genid) {
		diag("%s: save: has no genid: its forks would draw the same random "
		     "numbers (domxml --genid)",
			g->name);
		return EX_FAILED;
	}
	if (!g->memory) {
		diag("%s: save: its memory is not in a file, which its forks would "
		     "share (domxml --memory-file)",
			g->name);
		return EX_FAILED;
	}
	if (virConnectGetVersion(g->conn, &qemu) == 0 && qemu < QEMU_LEAST) {
		diag("%s: save: QEMU %lu.%lu cannot share memory with forks, 8.2 can",
			g->name, qemu / 1000000, qemu / 1000 % 1000);
		return EX_FAILED;
	}
	if (virDomainGetState(g->dom, &state, NULL, 0) < 0 ||
		state != VIR_DOMAIN_RUNNING) {
		diag("%s: save: does not run", g->name);
		return EX_FAILED;
	}
	return bad_disks(g);
}

/* What libvirt is asked for: the state to a file, each disk on to an overlay. */
static char *snapshot_xml(const char *state, const struct domain_disk *d, int n)
{
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root, *disks, *disk, *node;
	xmlChar *text = NULL;
	int len;

	root = xmlNewNode(NULL, BAD_CAST "domainsnapshot");
	xmlDocSetRootElement(doc, root);
	node = xmlNewChild(root, NULL, BAD_CAST "memory", NULL);
	xmlNewProp(node, BAD_CAST "snapshot", BAD_CAST "external");
	xmlNewProp(node, BAD_CAST "file", BAD_CAST state);
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

static int snapshot(const struct source *g, const char *dir)
{
	const unsigned flags = VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA |
			       VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC;
	_cleanup_free_ char *state = in_dir(dir, SAVED_STATE), *xml = NULL;
	virDomainSnapshotPtr s;

	xml = state ? snapshot_xml(state, g->disk, g->disks) : NULL;
	s = xml ? virDomainSnapshotCreateXML(g->dom, xml, flags) : NULL;
	if (!s) {
		diag("%s: save: %s", g->name, xml ? virt_why() : "no memory");
		return EX_FAILED;
	}
	virDomainSnapshotFree(s);
	return EX_DONE;
}

static int copy_memory(const struct source *g, const char *dir, char sum[PAGES_SUM])
{
	_cleanup_free_ char *path = in_dir(dir, SAVED_MEMORY);
	_cleanup_close_ int from = open(g->memory, O_RDONLY | O_CLOEXEC), to = -1;
	int r;

	if (from < 0) {
		diag_errno(errno, "%s: save: %s", g->name, g->memory);
		return EX_FAILED;
	}
	to = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444) : -1;
	r = to < 0 ? -errno : pages_copy(from, to, sum);
	if (r < 0) {
		diag_errno(-r, "%s: save: memory", g->name);
		return EX_FAILED;
	}
	return EX_DONE;
}

/* Between the one and the other the guest must not touch its memory or its disks. */
static int one_moment(const struct source *g, const char *dir, char sum[PAGES_SUM])
{
	int r;

	if (virDomainSuspend(g->dom) < 0) {
		diag("%s: save: stop: %s", g->name, virt_why());
		return EX_FAILED;
	}
	r = snapshot(g, dir);
	if (r == EX_DONE)
		r = copy_memory(g, dir, sum);
	if (virDomainResume(g->dom) < 0) {
		diag("%s: save: go on: %s", g->name, virt_why());
		r = EX_FAILED;
	}
	return r;
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

/* On the disk for good, its length in *bytes; nobody's to write to. */
static int settle(const char *dir, const char *name, uint64_t *bytes)
{
	_cleanup_free_ char *path = in_dir(dir, name);
	_cleanup_close_ int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;

	if (fd < 0 || fchmod(fd, 0444) < 0 || fsync(fd) < 0 || fstat(fd, &st) < 0)
		return -errno;
	*bytes = (uint64_t)st.st_size;
	return 0;
}

/* What libvirt wrote: how long it is, its sum, the guest's description in it. */
static int look_at_state(const char *dir, struct manifest *m, struct savefile *file)
{
	_cleanup_free_ char *path = in_dir(dir, SAVED_STATE);
	_cleanup_close_ int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char sum[PAGES_SUM];
	int r = fd < 0 ? -errno : saved_head(fd, file);

	if (r == 0)
		r = pages_sum(fd, sum);
	if (r == 0)
		r = settle(dir, SAVED_STATE, &m->state_bytes);
	if (r == 0 && !(m->state_sum = strdup(sum)))
		r = -ENOMEM;
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

/* The memory is there, and the state as libvirt wrote it: the rest. */
static int fill(const struct source *g, const char *dir, const char *sum)
{
	_cleanup_(savefile_free) struct savefile file = { 0 };
	_cleanup_(manifest_free) struct manifest m = { 0 };
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = NULL;
	uint64_t bytes;
	int r = look_at_state(dir, &m, &file);

	if (r == 0)
		r = settle(dir, SAVED_MEMORY, &bytes);
	if (r < 0)
		return r;
	doc = domain_read(file.xml);
	m.memory_sum = strdup(sum);
	if (!doc || !m.memory_sum)
		return doc ? -ENOMEM : -EBADMSG;
	for (int i = 0; r == 0 && i < g->disks; i++)
		r = keep_disk(&g->disk[i], dir, &m.disk[m.disks++]);
	if (r == 0)
		r = describe(&m, g->conn, doc);
	if (r == 0 && bytes != m.memory_kib << 10)
		r = -EBADMSG;
	return r == 0 ? put_manifest(dir, &m) : r;
}

static int save_into(struct source *g, const char *dir)
{
	_cleanup_free_ char *xml = virDomainGetXMLDesc(g->dom, 0);
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = xml ? domain_read(xml) : NULL;
	char sum[PAGES_SUM];
	int r;

	g->disks = doc ? domain_disks(doc, &g->disk) : -EIO;
	if (g->disks < 0) {
		diag("%s: save: %s", g->name, virt_why());
		return EX_FAILED;
	}
	g->memory = domain_memory_file(doc);
	r = bad_guest(g, doc);
	if (r == EX_DONE)
		r = one_moment(g, dir, sum);
	if (r == EX_DONE) {
		const int err = fill(g, dir, sum);

		if (err < 0)
			diag_errno(-err, "%s: save", dir);
		r = err < 0 ? EX_FAILED : EX_DONE;
	}
	domain_disks_free(g->disk, g->disks);
	free(g->memory);
	return r;
}

static int publish(char *scratch, const char *dir)
{
	if (rename(scratch, dir) == 0)
		return EX_DONE;
	diag_errno(errno, "%s: rename", dir);
	return EX_FAILED;
}

/* What the guard is to put right. */
struct unfinished {
	const struct save_options *o;
	char *dir;
};

/*
 * The guest stands still for ever if nobody lets it go on. The daemon may have yet to
 * read that it is to stop, so it must run for a while.
 */
static void let_go(const struct save_options *o)
{
	const struct timespec nap = { .tv_nsec = 100000000 };
	virConnectPtr c = virt_open(o->uri, o->user);
	virDomainPtr d = c ? virDomainLookupByName(c, o->domain) : NULL;
	int state;

	for (int n = 0, runs = 0; d && n < LOOK && runs < RUNS; n++) {
		if (virDomainGetState(d, &state, NULL, 0) < 0)
			return;
		runs = state == VIR_DOMAIN_PAUSED ? 0 : runs + 1;
		if (state == VIR_DOMAIN_PAUSED)
			virDomainResume(d);
		nanosleep(&nap, NULL);
	}
}

/* In the guard. What libvirt was at when it happened it may put there later. */
static void undo(void *opaque)
{
	const struct unfinished *u = opaque;

	remove_folder(u->dir);
	let_go(u->o);
	remove_folder(u->dir);
}

static int save_as(struct source *g, const struct save_options *o, const char *dir)
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
	if (guard_start(&guard, undo, &(struct unfinished){ o, scratch }) < 0) {
		diag("no process to clean up if this one is killed");
		remove_folder(scratch);
		return EX_FAILED;
	}
	r = save_into(g, scratch);
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
	return save_as(
		&(struct source){ .conn = c, .dom = dom, .name = o->domain }, o, dir);
}
