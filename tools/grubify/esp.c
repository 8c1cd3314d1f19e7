// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"
#include "confine.h"
#include "fsread.h"
#include "pe.h"

#include <string.h>
#include <sys/mman.h>

enum { CHUNK = 1 << 16, LOADER_MAX = 32 << 20 };

static const char loader[] = "/EFI/BOOT/BOOTX64.EFI";

void esp_look(struct plan *pl)
{
	struct fs fs = { .img = &pl->img, .part = pl->esp, .fstest = pl->grub.fstest };

	if (pl->targets & TARGET_EFI)
		fs_start(&fs, &pl->loader, "cat", loader);
}

void esp_seen(struct plan *pl)
{
	_cleanup_free_ char *got = NULL;
	size_t len = 0;

	/* one that is not there, or too large for one, is none of a distribution's */
	if (pl->loader.pid > 0 && child_wait(&pl->loader, LOADER_MAX, &got, &len) == 0)
		pl->was_signed = pe_is_signed(got, len);
}

/* The ESP as a file of its own, in memory, with holes where there are zeros. */
static int esp_copy(struct plan *pl, int fd)
{
	_cleanup_free_ char *buf = malloc(CHUNK);
	const struct part *p = pl->esp;
	int r = buf ? 0 : -ENOMEM;

	if (r == 0 && ftruncate(fd, (off_t)p->size) < 0)
		r = -errno;
	for (uint64_t at = 0; r == 0 && at < p->size; at += CHUNK) {
		size_t n = p->size - at < CHUNK ? (size_t)(p->size - at) : CHUNK;

		r = overlay_read(&pl->img.ov, p->start + at, buf, n);
		if (r == 0 && (buf[0] || memcmp(buf, buf + 1, n - 1) != 0))
			r = write_at(fd, at, buf, n);
	}
	return r;
}

/* Back into the overlay; what is still a hole was and is zeros. */
static int esp_back(struct plan *pl, int fd)
{
	_cleanup_free_ char *buf = malloc(2 * (size_t)OVERLAY_PAGE);
	const struct part *p = pl->esp;
	off_t at = 0, end;
	int r = buf ? 0 : -ENOMEM;

	while (r == 0 && (at = lseek(fd, at, SEEK_DATA)) >= 0) {
		end = lseek(fd, at, SEEK_HOLE);
		for (; r == 0 && at < end; at += OVERLAY_PAGE) {
			size_t n = OVERLAY_PAGE;
			char *old = buf + OVERLAY_PAGE;

			if ((uint64_t)at + n > p->size)
				n = (size_t)(p->size - (uint64_t)at);
			if ((r = read_at(fd, (uint64_t)at, buf, n)) == 0)
				r = overlay_read(
					&pl->img.ov, p->start + (uint64_t)at, old, n);
			if (r == 0 && memcmp(buf, old, n) != 0)
				r = overlay_write(
					&pl->img.ov, p->start + (uint64_t)at, buf, n);
		}
	}
	return r;
}

/* Its exit status, or a negative errno. */
static int mtools(const char *const argv[], const struct confine *files)
{
	struct child c;
	int r = child_start_confined(&c, argv, false, files);

	return r < 0 ? r : child_wait(&c, 0, NULL, NULL);
}

/* mtools does the FAT; it is shown the copy, never the image. */
static int esp_fill(struct plan *pl, int esp, int core)
{
	const struct confine files = { { esp, core }, 2, true };
	char esp_path[32], core_path[32];
	const char *const dirs[] = { "mmd", "-D", "s", "-i", esp_path, "::/EFI",
		"::/EFI/BOOT", NULL };
	const char *const copy[] = { "mcopy", "-D", "o", "-o", "-i", esp_path,
		core_path, "::/EFI/BOOT/BOOTX64.EFI", NULL };
	int r;

	confine_path(esp, esp_path);
	confine_path(core, core_path);
	setenv("MTOOLS_SKIP_CHECK", "1", 1); /* odd geometries are no errors */
	setenv("MTOOLSRC", "/dev/null", 1);  /* nor is somebody's drive X: ours */
	mtools(dirs, &files);		     /* fails where the folders are there */
	r = mtools(copy, &files);
	if (r == 127)
		return refuse(pl, ST_FAILED, "mcopy is not installed");
	return r == 0 ? 0
		      : refuse(pl, ST_NO_SPACE,
				"partition %u: BOOTX64.EFI does not get onto the EFI "
				"system "
				"partition (mcopy: status %d)",
				pl->esp->number, r);
}

int esp_store(struct plan *pl)
{
	_cleanup_close_ int esp = -1, core = -1;
	char esp_path[40], core_path[40];
	int r;

	esp = blob_fd("", 0, esp_path);
	core = blob_fd(pl->core_efi.data, pl->core_efi.len, core_path);
	if (esp < 0 || core < 0)
		return broken(pl, esp < 0 ? esp : core, "EFI system partition");
	if ((r = esp_copy(pl, esp)) < 0)
		return broken(pl, r, "EFI system partition");
	if ((r = esp_fill(pl, esp, core)))
		return r;
	r = esp_back(pl, esp);
	return r < 0 ? broken(pl, r, "EFI system partition") : 0;
}
