// SPDX-License-Identifier: MIT
#include "container.h"
#include "cleanup.h"
#include "convert.h"
#include "problem.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TAR_BLOCK = 512, TAR_MEMBERS = 4096, FROM_END = 1 << 30 };

/* What line makes a raw image of it. */
enum how {
	BY_QEMU,  /* qemu-img convert */
	BY_PIPE,  /* PROGRAM FILE >NEW */
	BY_NAMES, /* PROGRAM FILE NEW */
	BY_FILE,  /* PROGRAM FILE */
	BY_TAR,	  /* tar, and what is in it */
	BY_NONE,
};

struct format {
	const char *name;  /* qemu-img's, or what people call it */
	const char *words; /* what it is; NULL: by how */
	enum how how;
	const char *program;
	size_t at; /* FROM_END: so far before the file's end */
	size_t len;
	const char *magic;
};

#define IMAGE(name, at, magic)                                                         \
	{                                                                              \
		name, NULL, BY_QEMU, NULL, at, sizeof(magic) - 1, magic                \
	}
#define PACKED(name, program, magic)                                                   \
	{                                                                              \
		name, NULL, BY_PIPE, program, 0, sizeof(magic) - 1, magic              \
	}
#define ARCHIVE(name, program, magic)                                                  \
	{                                                                              \
		name, NULL, BY_FILE, program, 0, sizeof(magic) - 1, magic              \
	}
#define OTHER(name, words, how, program, at, magic)                                    \
	{                                                                              \
		name, words, how, program, at, sizeof(magic) - 1, magic                \
	}

static const struct format strong[] = {
	IMAGE("qcow", 0, "QFI\xfb\0\0\0\1"),
	IMAGE("qcow2", 0, "QFI\xfb"),
	IMAGE("vmdk", 0, "KDMV"),
	IMAGE("vmdk", 0, "COWD"),
	IMAGE("vmdk", 0, "# Disk DescriptorFile"),
	OTHER("vmdk",
		"the data of a vmdk image, whose descriptor is another file: that "
		"one is for qemu-img",
		BY_NONE, NULL, 0, "\xbe\xba\xfe\xca\0\0\0\0"),
	IMAGE("vdi", 64, "\x7f\x10\xda\xbe"),
	IMAGE("vhdx", 0, "vhdxfile"),
	IMAGE("vpc", 0, "conectix"),
	IMAGE("qed", 0, "QED"),
	IMAGE("parallels", 0, "WithoutFreeSpace"),
	IMAGE("parallels", 0, "WithouFreSpacExt"),
	IMAGE("bochs", 0, "Bochs Virtual HD Image"),
	IMAGE("cloop", 0, "#!/bin/sh\n#V2.0 Format\n"),
	OTHER("dmg", "a dmg image (Apple's), not a raw one", BY_QEMU, NULL,
		FROM_END + 512, "koly\0\0\0\4"),
	PACKED("gzip", "gzip -dc", "\x1f\x8b\x08"),
	PACKED("xz", "xz -dc",
		"\xfd"
		"7zXZ\0"),
	PACKED("zstd", "zstd -dc", "\x28\xb5\x2f\xfd"),
	PACKED("bzip2", "bzip2 -dc", "BZh"),
	PACKED("lz4", "lz4 -dc", "\x04\x22\x4d\x18"),
	PACKED("lz4", "lz4 -dc", "\x02\x21\x4c\x18"),
	PACKED("lzip", "lzip -dc", "LZIP\1"),
	PACKED("lzop", "lzop -dc", "\x89LZO\0\r\n\x1a\n"),
	ARCHIVE("lrzip", "lrzip -d", "LRZI"),
	ARCHIVE("zip", "unzip", "PK\3\4"),
	ARCHIVE("7z", "7z x", "7z\xbc\xaf\x27\x1c"),
	ARCHIVE("rar", "unar", "Rar!\x1a\7"),
	ARCHIVE("xar", "bsdtar -xf", "xar!\0\x1c\0\1"),
	ARCHIVE("rpm", "bsdtar -xf", "\xed\xab\xee\xdb"),
	ARCHIVE("ar", "ar x", "!<arch>\n"),
	ARCHIVE("cab", "bsdtar -xf", "MSCF\0\0\0\0"),
	OTHER("wim", "a WIM image (Windows' files), no disk's", BY_NONE, NULL, 0,
		"MSWIM\0\0\0"),
	OTHER("vma", "a Proxmox VMA backup, not a raw image", BY_NONE, NULL, 0,
		"VMA\0"),
	OTHER("android sparse", "an Android sparse image, not a raw one", BY_NAMES,
		"simg2img", 0, "\x3a\xff\x26\xed"),
	OTHER("ewf", "an EWF image (EnCase), not a raw one", BY_NONE, NULL, 0,
		"EVF\x09\x0d\x0a\xff\0"),
	OTHER("partclone", "a partclone image, of one filesystem", BY_NONE, NULL, 0,
		"partclone-image"),
	OTHER("ntfsclone", "an ntfsclone image, of one filesystem", BY_NONE, NULL, 0,
		"\0ntfsclone-image"),
	OTHER("btrfs stream", "a btrfs stream, for btrfs receive", BY_NONE, NULL, 0,
		"btrfs-stream\0"),
};

/* Nothing of these is a disk, but their first bytes say less. */
static const struct format weak_ones[] = {
	PACKED("lzma", "xz --format=lzma -dc", "\x5d\0\0"),
	PACKED("compress", "gzip -dc", "\x1f\x9d"),
	ARCHIVE("cpio", "cpio -idF", "07070"),
	OTHER("AppImage", "an AppImage: an ELF program that has a squashfs in it",
		BY_NONE, NULL, 8, "AI\2"),
	OTHER("elf", "an ELF program, no disk", BY_NONE, NULL, 0,
		"\x7f"
		"ELF"),
	OTHER("pe", "a program for Windows or UEFI, no disk", BY_NONE, NULL, 0, "MZ"),
	OTHER("uimage", "a U-Boot image, no disk", BY_NONE, NULL, 0, "\x27\5\x19\x56"),
	OTHER("fit", "a device tree or U-Boot image, no disk", BY_NONE, NULL, 0,
		"\xd0\x0d\xfe\xed"),
	OTHER("html", "a web page: the download went wrong", BY_NONE, NULL, 0,
		"<!DOCTYPE "),
	OTHER("html", "a web page: the download went wrong", BY_NONE, NULL, 0,
		"<!doctype "),
	OTHER("html", "a web page: the download went wrong", BY_NONE, NULL, 0, "<html"),
	OTHER("xml", "XML text: a description, no disk", BY_NONE, NULL, 0, "<?xml "),
	OTHER("lfs", "a pointer of Git LFS: git lfs pull fetches the file", BY_NONE,
		NULL, 0, "version https://git-lfs"),
	OTHER("pgp", "a text by PGP, no disk", BY_NONE, NULL, 0, "-----BEGIN PGP"),
};

static bool bytes_are(struct image *img, uint64_t at, const char *want, size_t len)
{
	char got[32];

	return overlay_read(&img->ov, at, got, len) == 0 && memcmp(got, want, len) == 0;
}

static bool is_format(struct image *img, const struct format *f)
{
	uint64_t at = f->at;

	if (at >= FROM_END) {
		at -= FROM_END;
		if (img->size < at)
			return false;
		at = img->size - at;
	}
	return bytes_are(img, at, f->magic, f->len);
}

static const struct format *format_of(
	struct image *img, const struct format *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_format(img, &list[i]))
			return &list[i];
	return NULL;
}

/* --- tar: an OVA is one, and clouds pack raw images so --- */

static uint64_t octal(const unsigned char *s, size_t n)
{
	uint64_t v = 0;

	if (*s & 0x80) { /* binary, of what is too large for octal */
		for (size_t i = n - 8; i < n; i++)
			v = v << 8 | s[i];
		return v;
	}
	for (size_t i = 0; i < n && s[i]; i++)
		if (s[i] >= '0' && s[i] <= '7')
			v = v << 3 | (unsigned)(s[i] - '0');
	return v;
}

/* A header by its own checksum, which every kind of tar has. */
static bool is_tar_header(const unsigned char h[TAR_BLOCK])
{
	unsigned sum = 0;

	for (int i = 0; i < TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : h[i];
	return h[0] &&
	       isdigit(h[153]	? h[153]
		       : h[152] ? h[152]
				: h[151]) &&
	       octal(h + 148, 8) == sum;
}

/* The format of a disk by its name, as qemu-img calls it; NULL: no disk's name. */
static const char *disk_format(const char *name)
{
	static const char *const ends[][2] = { { ".vmdk", "vmdk" }, { ".vhd", "vpc" },
		{ ".vhdx", "vhdx" }, { ".vdi", "vdi" }, { ".qcow2", "qcow2" },
		{ ".hdd", "parallels" }, { ".img", "raw" }, { ".raw", "raw" } };
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const size_t n = strlen(ends[i][0]);

		if (len > n && strcasecmp(name + len - n, ends[i][0]) == 0)
			return ends[i][1];
	}
	return NULL;
}

static bool is_file(const unsigned char h[TAR_BLOCK])
{
	return h[156] == '\0' || strchr("07S", h[156]);
}

static char *member_name(const unsigned char h[TAR_BLOCK])
{
	const char *name = (const char *)h, *before = (const char *)h + 345;
	const bool split = memcmp(h + 257, "ustar", 6) == 0 && *before;
	char *s;
	int n = asprintf(
		&s, "%.*s%s%.100s", split ? 155 : 0, before, split ? "/" : "", name);

	return n < 0 ? NULL : s;
}

/* The first member that looks like a disk; a tar of Xen has its disks as folders. */
static char *disk_in_tar(struct image *img)
{
	unsigned char h[TAR_BLOCK];
	uint64_t at = 0, size;

	for (int i = 0; i < TAR_MEMBERS; i++) {
		char *name;

		if (overlay_read(&img->ov, at, h, sizeof(h)) < 0 || !is_tar_header(h))
			return NULL;
		name = member_name(h);
		if (!name || (is_file(h) && disk_format(name)))
			return name;
		free(name);
		size = octal(h + 124, 12);
		if (size > img->size - at)
			return NULL;
		at += TAR_BLOCK + (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
	return NULL;
}

static void find_tar(struct image *img)
{
	unsigned char h[TAR_BLOCK];

	if (overlay_read(&img->ov, 0, h, sizeof(h)) < 0 || !is_tar_header(h))
		return;
	img->container = "tar";
	img->inside = disk_in_tar(img);
	if (img->inside)
		image_problem(img, IMAGE_CONTAINER,
			"a tar archive (OVA and the like) with the disk %s in it: "
			"unpack it first",
			img->inside);
	else
		image_problem(img, IMAGE_CONTAINER,
			"a tar archive, no disk: unpack it first");
}

void container_find(struct image *img, bool weak)
{
	const struct format *f =
		weak ? format_of(img, weak_ones, sizeof(weak_ones) / sizeof(*weak_ones))
		     : format_of(img, strong, sizeof(strong) / sizeof(*strong));

	if (!f) {
		if (!weak)
			find_tar(img);
		return;
	}
	img->container = f->name;
	if (f->words)
		image_problem(img, IMAGE_CONTAINER, "%s", f->words);
	else if (f->how == BY_PIPE)
		image_problem(img, IMAGE_CONTAINER, "%s-compressed: unpack it first",
			f->name);
	else if (f->how == BY_FILE)
		image_problem(img, IMAGE_CONTAINER,
			"%s archive, no disk: unpack it first", f->name);
	else
		image_problem(
			img, IMAGE_CONTAINER, "a %s image, not a raw one", f->name);
}

/* --- what to type --- */

static const struct format *format_again(const struct image *img)
{
	struct image copy = *img; /* reading moves nothing of it */
	const struct format *f =
		format_of(&copy, strong, sizeof(strong) / sizeof(*strong));

	return f ? f
		 : format_of(&copy, weak_ones, sizeof(weak_ones) / sizeof(*weak_ones));
}

const char *container_refusal(const struct image *img)
{
	const struct format *f = img->container ? format_again(img) : NULL;

	return f && f->how == BY_QEMU ? convert_refusal(img->path, f->name) : NULL;
}

static char *tar_line(const struct image *img)
{
	const char *format = img->inside ? disk_format(img->inside) : NULL;
	_cleanup_free_ char *file = shell_word(img->path), *member = NULL, *line = NULL;
	char *s = NULL;
	int n;

	if (!file)
		return NULL;
	if (!format)
		return asprintf(&s, "tar -xf %s", file) < 0 ? NULL : s;
	if (!(member = shell_word(img->inside)))
		return NULL;
	if (strcmp(format, "raw") != 0 && !(line = convert_line(img->inside, format)))
		return NULL;
	n = asprintf(&s, "tar -xf %s %s%s%s", file, member, line ? " && " : "",
		line ? line : "");
	return n < 0 ? NULL : s;
}

char *container_line(const struct image *img)
{
	const struct format *f = format_again(img);
	_cleanup_free_ char *file = NULL, *to = NULL, *out = NULL;
	char *s = NULL;
	int n = -1;

	if (!img->container)
		return NULL;
	if (strcmp(img->container, "tar") == 0)
		return tar_line(img);
	if (!f || f->how == BY_NONE)
		return NULL;
	if (f->how == BY_QEMU)
		return convert_line(img->path, f->name);
	file = shell_word(img->path);
	to = convert_name(img->path);
	out = to ? shell_word(to) : NULL;
	if (!file || !out)
		return NULL;
	if (f->how == BY_PIPE)
		n = asprintf(&s, "%s <%s >%s", f->program, file, out);
	else if (f->how == BY_NAMES)
		n = asprintf(&s, "%s %s %s", f->program, file, out);
	else
		n = asprintf(&s, "%s %s", f->program, file);
	return n < 0 ? NULL : s;
}
