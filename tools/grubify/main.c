// SPDX-License-Identifier: MIT
/*
 * grubify - makes a partitioned disk image boot: puts GRUB's core image, boot
 * sector and modules into the file itself. No root, no loop device, no mount;
 * what a run did not finish, the next one puts back.
 */
#include "grubify.h"
#include "cleanup.h"
#include "diag.h"
#include "lock.h"
#include "opts.h"
#include "undo.h"

#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_LEN = 255 };

static struct options opt;

static const struct poptOption table[] = {
	{ "via", '\0', POPT_ARG_STRING, &opt.via, 0,
		"How the image is written to: auto, file, vm (a guest) or dm (as root)",
		"WAY" },
	{ "target", 't', POPT_ARG_STRING, &opt.target, 0,
		"i386-pc, x86_64-efi or both (default: what the layout allows)",
		"PLATFORM" },
	{ "root", 'r', POPT_ARG_STRING, &opt.root, 0,
		"The partition with the system (default: found); or a volume's name",
		"NUMBER|NAME" },
	{ "dry-run", 'n', POPT_ARG_NONE, &opt.dry_run, 0,
		"Check everything, print the plan, change nothing", NULL },
	{ "fsck", '\0', POPT_ARG_NONE, &opt.fsck, 0,
		"Run e2fsck -p first on an ext filesystem that needs it", NULL },
	{ "new-config", '\0', POPT_ARG_NONE, &opt.new_config, 0,
		"Write a new grub.cfg even if there is one", NULL },
	{ "undo", '\0', POPT_ARG_NONE, &opt.undo, 0,
		"Only put back what an interrupted run had changed", NULL },
	{ "grub-dir", '\0', POPT_ARG_STRING, &opt.grub_dir, 0,
		"GRUB's platform folders (default: /usr/lib/grub)", "DIR" },
	{ "key-file", '\0', POPT_ARG_STRING, &opt.key_file, 0,
		"With a guest: what opens LUKS", "FILE" },
	{ "kernel", '\0', POPT_ARG_STRING, &opt.kernel, 0,
		"The guest's kernel (default: one of /boot, or fetched)", "FILE" },
	{ "modules", '\0', POPT_ARG_STRING, &opt.modules, 0,
		"That kernel's modules (default: beside it or in /lib/modules)",
		"DIR" },
	{ "timeout", '\0', POPT_ARG_INT, &opt.timeout, 0,
		"How long the guest may take (default: 600)", "SECONDS" },
	OPTS_COMMON,
};

/* A record of a run that did not end: the image is put back first. */
static int put_back(struct plan *pl)
{
	int r = undo_restore(pl->img.fd, pl->img.size, pl->img.path);

	if (r == -ESTALE || r == -EBADMSG)
		return refuse(pl, ST_UNDO,
			"%s.grubify-undo is %s: remove it if the image is right as it "
			"is",
			pl->img.path,
			r == -ESTALE ? "not of this image, or that was changed since"
				     : "damaged");
	if (r < 0)
		return broken(pl, r, "undo");
	if (r > 0)
		diag("%s: put back what an interrupted run had changed", pl->img.path);
	return 0;
}

static int open_locked(struct plan *pl, const char *name)
{
	_cleanup_free_ char *path = realpath(name, NULL);
	struct lock lock = { 0 };
	int fd = path ? lock_open(path, !opt.dry_run, &lock) : -errno, r;
	struct stat st;

	pl->img.fd = -1;
	if (fd == -EBUSY) {
		diag("%s: in use by %s", name, lock.who);
		return ST_BUSY;
	}
	if (fd < 0) {
		diag_errno(fd, "%s", name);
		return ST_FAILED;
	}
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		diag("%s: not a file: grubify is for images", name);
		return ST_FAILED;
	}
	if ((r = image_attach(&pl->img, fd, path)) < 0) {
		diag_errno(r, "%s", name);
		return ST_FAILED;
	}
	r = lock_image(fd, path, &lock);
	if (r == -EBUSY)
		return refuse(pl, ST_BUSY, "in use by %s", lock.who);
	return r < 0 ? broken(pl, r, "lock") : 0;
}

/* What was written is not right: it goes, and that is said. */
static int take_back(struct plan *pl, int r)
{
	if (undo_restore(pl->img.fd, pl->img.size, pl->img.path) < 0) {
		diag("%s: could not be put back; run again", pl->img.path);
		return r;
	}
	if (pl->damaged)
		r = verify_blame(pl);
	note(pl, "put back as it was");
	return r;
}

/*
 * From here on a signal would leave the image between two states, for the next
 * run to clear up. It takes milliseconds, and as long as e2fsck reads: signals wait.
 */
static int commit(struct plan *pl)
{
	static const char *const doing[] = { [UNDO_RECORD] =
						     "the undo record beside it",
		[UNDO_WRITE] = "write",
		[UNDO_STUCK] = "write (run again to put it back)" };
	enum undo_stage stage;
	uint64_t written;
	sigset_t all, old;
	int r;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	r = undo_commit(&pl->img.ov, pl->img.path, &written, &stage);
	if (r < 0) {
		r = broken(pl, r, doing[stage]);
	} else if ((r = verify_all(pl)) != 0) {
		r = take_back(pl, r);
	} else if (written > 0 && (r = undo_forget(pl->img.path)) < 0) {
		r = broken(pl, r, "undo");
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

static int grubify(struct plan *pl, const char *name)
{
	int r;

	if ((r = open_locked(pl, name)))
		return r;
	if (!opt.dry_run && (r = put_back(pl)))
		return r;
	if (opt.dry_run && undo_waits(pl->img.path))
		diag("%s: an interrupted run waits to be put back, which a dry run "
		     "does not do",
			pl->img.path);
	if (opt.undo)
		return 0;
	if ((r = image_probe(&pl->img)) < 0)
		return broken(pl, r, "probe");
	if ((r = plan_make(pl, &opt)))
		return r;
	if (pl->vm) {
		r = via_vm(pl, &opt);
		return r || opt.dry_run ? r : commit(pl);
	}
	if (pl->mounted && !opt.dry_run)
		return via_dm(pl);
	if (!pl->mounted && (r = store_all(pl)))
		return r;
	if (!opt.dry_run) {
		if ((r = commit(pl)) == 0 && pl->was_signed)
			note(pl, "BOOTX64.EFI was signed, and is not any more: Secure "
				 "Boot will refuse it");
		return r;
	}
	plan_print(pl, stdout, "");
	return 0;
}

static bool one_of(const char *s, const char *const *list)
{
	while (s && *list && strcmp(s, *list) != 0)
		list++;
	return !s || *list;
}

static int check_options(void)
{
	static const char *const ways[] = { "auto", "file", "dm", "vm", NULL };
	static const char *const targets[] = { "i386-pc", "x86_64-efi", "both", NULL };

	if (!one_of(opt.via, ways))
		return opts_error("--via %s: not auto, file, vm or dm", opt.via);
	if (!one_of(opt.target, targets))
		return opts_error(
			"--target %s: not i386-pc, x86_64-efi or both", opt.target);
	if (opt.root && (!*opt.root || strlen(opt.root) > NAME_LEN))
		return opts_error(
			"--root '%s': neither a partition's number nor a name",
			opt.root);
	if (opt.modules && !opt.kernel)
		return opts_error("--modules are of which --kernel?");
	if (opt.timeout < 0)
		return opts_error("--timeout %d: not a number of seconds", opt.timeout);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	/* its reasons in words, not in numbers */
	initialize_ext2_error_table();
	bool in_guest = guest_begins(&argc, &argv);
	struct plan pl = { .img.fd = -1 };
	const char **args;
	int r = opts_parse(&ctx, argc, argv, table, "IMAGE", 1, 1, &args);

	if (r == OPTS_GO && (r = check_options()) == 0)
		r = in_guest ? guest_install(&pl, &opt) : grubify(&pl, args[0]);
	if (in_guest)
		guest_ends(&pl, r);
	plan_free(&pl);
	return flush_stdout() < 0 && r == 0 ? EX_FAILED : r;
}
