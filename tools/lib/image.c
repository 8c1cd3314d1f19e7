// SPDX-License-Identifier: MIT
#include "image.h"
#include "bytes.h"
#include "cleanup.h"
#include "container.h"
#include "extio.h"
#include "problem.h"

#include <blkid/blkid.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/fs.h>

#define GUID_ESP      "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define GUID_BIOSBOOT "21686148-6449-6e6f-744e-656564454649"
#define GUID_XBOOTLDR "bc13c2ff-59e6-4262-a352-b275fd6f7172"

static const char four_k[] =
	"partitioned in sectors of 4096 bytes (4Kn): its partitions "
	"copied (dd) into an image with a table of 512 are one";

enum { SECTOR = 512, SECTOR_4K = 4096, ISO_MAGIC_AT = 32769 };

static void cleanup_probe(blkid_probe *pr)
{
	blkid_free_probe(*pr);
}

static bool bytes_are(struct image *img, uint64_t at, const char *want, size_t len)
{
	char got[32];

	return overlay_read(&img->ov, at, got, len) == 0 && memcmp(got, want, len) == 0;
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

/* One partition of libblkid's list. */
static void take(struct image *img, struct part *p, blkid_partition bp)
{
	const char *guid = blkid_partition_get_type_string(bp);
	int type = blkid_partition_get_type(bp);
	uint64_t end;

	p->number = (unsigned)blkid_partition_get_partno(bp);
	p->start = (uint64_t)blkid_partition_get_start(bp) * SECTOR;
	p->size = (uint64_t)blkid_partition_get_size(bp) * SECTOR;
	p->flags = blkid_partition_get_flags(bp);
	p->extended = blkid_partition_is_extended(bp);
	p->name = copy(blkid_partition_get_name(bp));
	p->partuuid = copy(blkid_partition_get_uuid(bp));
	if (guid)
		snprintf(p->type, sizeof(p->type), "%s", guid);
	else
		snprintf(p->type, sizeof(p->type), "0x%02x", (unsigned)type & 0xff);
	end = p->start + p->size;
	if (p->start > img->size || p->size > img->size - p->start) {
		p->past_end = true;
		image_problem(img, IMAGE_TRUNCATED,
			"partition %u ends at byte %" PRIu64 ", the image at %" PRIu64
			": truncated",
			p->number, end, img->size);
	}
}

static int take_all(struct image *img, blkid_partlist ls)
{
	int n = blkid_partlist_numof_partitions(ls);

	img->parts = calloc((size_t)n + 1, sizeof(*img->parts));
	if (!img->parts)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		blkid_partition bp = blkid_partlist_get_partition(ls, i);
		blkid_parttable tab = bp ? blkid_partition_get_table(bp) : NULL;

		/* a table within a partition (BSD and the like) is not ours */
		if (bp && tab && !blkid_parttable_get_parent(tab))
			take(img, &img->parts[img->n++], bp);
	}
	return 0;
}

enum { SIGNATURES_MAX = 8 };

/* One that libblkid has found: its values are gone at the next. */
struct signature {
	char *fs, *uuid, *label;
};

static void take_signature(blkid_probe pr, struct signature *s)
{
	const char *v;

	if (blkid_probe_lookup_value(pr, "TYPE", &v, NULL) == 0)
		s->fs = copy(v);
	if (blkid_probe_lookup_value(pr, "UUID", &v, NULL) == 0)
		s->uuid = copy(v);
	if (blkid_probe_lookup_value(pr, "LABEL", &v, NULL) == 0)
		s->label = copy(v);
}

static void drop_signature(struct signature *s)
{
	free(s->fs);
	free(s->uuid);
	free(s->label);
	*s = (struct signature){ 0 };
}

/*
 * Whether it is there by more than a few magic bytes: by a checksum that is right. Of
 * XFS and btrfs libblkid has verified it; an ext superblock opens with a right one
 * only.
 */
static bool is_sound(struct image *img, const struct part *p, const char *fs)
{
	_cleanup_(cleanup_ext) ext2_filsys ext = NULL;

	if (strcmp(fs, "xfs") == 0 || strcmp(fs, "btrfs") == 0)
		return true;
	return strncmp(fs, "ext", 3) == 0 && extio_open(img, p, false, &ext) == 0 &&
	       ext2fs_has_feature_metadata_csum(ext->super);
}

/* "ext4, iso9660 and zfs_member". */
static char *listed(const struct signature *s, size_t n)
{
	char *text = strdup("");

	for (size_t i = 0; text && i < n; i++) {
		_cleanup_free_ char *before = text;

		if (asprintf(&text, "%s%s%s", before,
			    i == 0		  ? ""
			    : i + 1 == n && n > 1 ? " and "
						  : ", ",
			    s[i].fs) < 0)
			return NULL;
	}
	return text;
}

/*
 * Several signatures: libblkid calls that ambivalent and names none. They are what it
 * is not clear about; the one of them that is sound, if it is alone in that, is what
 * there is.
 */
static void choose_among(blkid_probe pr, struct image *img, struct part *p)
{
	struct signature all[SIGNATURES_MAX] = { 0 };
	size_t n = 0, sound = 0, chosen = 0;

	blkid_reset_probe(pr);
	while (n < SIGNATURES_MAX && blkid_do_probe(pr) == 0) {
		bool twice = false;

		take_signature(pr, &all[n]);
		for (size_t i = 0; all[n].fs && i < n; i++)
			twice |= strcmp(all[i].fs, all[n].fs) == 0;
		if (!all[n].fs || twice)
			drop_signature(&all[n]);
		else
			n++;
	}
	for (size_t i = 0; i < n; i++)
		if (is_sound(img, p, all[i].fs)) {
			chosen = i;
			sound++;
		}
	p->signatures = listed(all, n);
	if (sound == 1) {
		p->fs = steal_ptr(&all[chosen].fs);
		p->uuid = steal_ptr(&all[chosen].uuid);
		p->label = steal_ptr(&all[chosen].label);
	}
	for (size_t i = 0; i < n; i++)
		drop_signature(&all[i]);
}

/* GUID, label and all that: what filesystem lies in [start, start + size). */
static void probe_fs(blkid_probe pr, struct image *img, struct part *p)
{
	struct signature s = { 0 };
	int r;

	if (p->size == 0 || blkid_probe_set_device(pr, img->fd, (blkid_loff_t)p->start,
				    (blkid_loff_t)p->size) != 0)
		return;
	r = blkid_do_safeprobe(pr);
	if (r == -2)
		choose_among(pr, img, p);
	if (r != 0)
		return;
	take_signature(pr, &s);
	p->fs = s.fs;
	p->uuid = s.uuid;
	p->label = s.label;
}

/* Eight times as far, and as large; whether that is within the image. */
static bool in_4k(const struct image *img, const struct part *p, struct part *far)
{
	const uint64_t times = SECTOR_4K / SECTOR;

	*far = (struct part){ .start = p->start * times, .size = p->size * times };
	return !p->extended && far->start <= img->size &&
	       far->size <= img->size - far->start;
}

/*
 * An MBR does not say how large its sectors are. Where nothing lies where it points
 * to, but does eight times as far, they are of 4096 bytes.
 */
static void look_at_sectors(struct image *img, blkid_probe pr)
{
	struct part far;

	for (unsigned i = 0; i < img->n; i++)
		if (img->parts[i].fs || img->state != IMAGE_GOOD)
			return;
	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];

		if (!in_4k(img, p, &far))
			continue;
		probe_fs(pr, img, &far);
		free(far.signatures);
		if (!far.fs) {
			free(far.uuid);
			free(far.label);
			continue;
		}
		image_problem(img, IMAGE_4KN, "%s", four_k);
		p->fs = far.fs;
		p->uuid = far.uuid;
		p->label = far.label;
	}
	for (unsigned i = 0; img->state == IMAGE_4KN && i < img->n; i++) {
		img->parts[i].past_end = !in_4k(img, &img->parts[i], &far);
		img->parts[i].start = far.start;
		img->parts[i].size = far.size;
	}
}

static int probe_filesystems(struct image *img)
{
	_cleanup_(cleanup_probe) blkid_probe pr = blkid_new_probe();

	if (!pr)
		return -ENOMEM;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(
		pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL);
	for (unsigned i = 0; i < img->n; i++)
		if (!img->parts[i].extended && !img->parts[i].past_end)
			probe_fs(pr, img, &img->parts[i]);
	if (img->table && strcmp(img->table, "dos") == 0)
		look_at_sectors(img, pr);
	return 0;
}

/* The entry by which a GPT tells those who know none that the disk is not free. */
static bool has_protective(struct image *img)
{
	unsigned char mbr[SECTOR];
	bool found = false;

	if (overlay_read(&img->ov, 0, mbr, sizeof(mbr)) < 0)
		return false;
	for (int i = 0; i < 4; i++)
		found |= mbr[446 + 16 * i + 4] == 0xee;
	return found && get_le16(mbr + 510) == 0xaa55;
}

/* What a GPT header that libblkid would not take has to say for itself. */
static void look_at_gpt(struct image *img)
{
	unsigned char h[92];

	if (overlay_read(&img->ov, SECTOR, h, sizeof(h)) < 0)
		return;
	if (memcmp(h, "EFI PART", 8) != 0) {
		if (bytes_are(img, SECTOR_4K, "EFI PART", 8))
			image_problem(img, IMAGE_4KN, "%s", four_k);
		return;
	}
	/* alternate header's LBA, last usable LBA */
	if (get_le64(h + 32) >= img->size / SECTOR ||
		get_le64(h + 48) >= img->size / SECTOR)
		image_problem(img, IMAGE_TRUNCATED,
			"the GPT spans %llu sectors, the image has %llu: truncated",
			(unsigned long long)get_le64(h + 32) + 1,
			(unsigned long long)(img->size / SECTOR));
	else if (!has_protective(img))
		image_problem(img, IMAGE_CORRUPT,
			"a GPT without its protective MBR (gdisk's w "
			"writes one)");
	else
		image_problem(
			img, IMAGE_CORRUPT, "a GPT whose headers or checksums are bad");
}

static void look_at_protective(struct image *img)
{
	unsigned char mbr[SECTOR];
	bool gpt_entry = false;

	if (overlay_read(&img->ov, 0, mbr, sizeof(mbr)) < 0 ||
		get_le16(mbr + 510) != 0xaa55)
		return;
	for (int i = 0; i < 4; i++)
		gpt_entry |= mbr[446 + 16 * i + 4] == 0xee;
	if (gpt_entry && !img->gpt) {
		look_at_gpt(img);
		image_problem(img, IMAGE_CORRUPT, "a protective MBR without a GPT");
	} else if (!gpt_entry && img->table && strcmp(img->table, "dos") == 0 &&
		   bytes_are(img, SECTOR, "EFI PART", 8)) {
		image_problem(img, IMAGE_FOREIGN,
			"an old GPT lies beneath the MBR: wipefs --force -a -t gpt "
			"takes it "
			"off, or zeros in sector 1");
	}
}

/* The backup header is the last sector: missing if the file was cut or grown. */
static void look_at_backup(struct image *img)
{
	unsigned char h[40];

	if (!img->gpt || overlay_read(&img->ov, SECTOR, h, sizeof(h)) < 0 ||
		memcmp(h, "EFI PART", 8) != 0)
		return;
	if (get_le64(h + 32) >= img->size / SECTOR)
		image_problem(img, IMAGE_TRUNCATED,
			"the GPT spans %llu sectors, the image has %llu: truncated",
			(unsigned long long)get_le64(h + 32) + 1,
			(unsigned long long)(img->size / SECTOR));
}

static void look_at_overlaps(struct image *img)
{
	for (unsigned i = 0; i < img->n; i++)
		for (unsigned k = 0; k < i; k++) {
			const struct part *a = &img->parts[i], *b = &img->parts[k];

			if (!a->extended && !b->extended &&
				a->start < b->start + b->size &&
				b->start < a->start + a->size)
				image_problem(img, IMAGE_CORRUPT,
					"partitions %u and %u overlap", b->number,
					a->number);
		}
}

static int whole_image(struct image *img)
{
	img->parts = calloc(1, sizeof(*img->parts));
	if (!img->parts)
		return -ENOMEM;
	img->n = 1;
	img->parts[0].size = img->size;
	return 0;
}

static int read_table(struct image *img)
{
	_cleanup_(cleanup_probe) blkid_probe pr = blkid_new_probe();
	blkid_partlist ls = NULL;
	blkid_parttable tab;

	if (!pr)
		return -ENOMEM;
	blkid_probe_enable_superblocks(pr, 0);
	blkid_probe_enable_partitions(pr, 1);
	if (img->size > 0 && blkid_probe_set_device(pr, img->fd, 0, 0) == 0)
		ls = blkid_probe_get_partitions(pr);
	tab = ls ? blkid_partlist_get_table(ls) : NULL;
	if (!tab)
		return whole_image(img);
	img->table = copy(blkid_parttable_get_type(tab));
	img->disk_id = copy(blkid_parttable_get_id(tab));
	if (!img->table)
		return -ENOMEM;
	img->gpt = strcmp(img->table, "gpt") == 0;
	if (img->gpt && blkid_parttable_get_offset(tab) != SECTOR)
		image_problem(img, IMAGE_CORRUPT,
			"the GPT at the beginning is bad, only its backup at the end "
			"is "
			"right (fdisk's w writes both anew)");
	return take_all(img, ls);
}

/*
 * A boot sector with no partition in it says nothing; a filesystem over all of the
 * image, which leaves its first sector to such code, does.
 */
static int look_beneath_table(struct image *img)
{
	int r;

	if (!img->table || img->n > 0)
		return 0;
	free(img->parts);
	if ((r = whole_image(img)) < 0 || (r = probe_filesystems(img)) < 0)
		return r;
	if (img->parts[0].fs || img->parts[0].signatures) {
		free(steal_ptr(&img->table));
		free(steal_ptr(&img->disk_id));
		img->gpt = false;
	} else {
		img->n = 0;
	}
	return 0;
}

static void no_table(struct image *img)
{
	const struct part *p = &img->parts[0];

	look_at_gpt(img);
	if (!p->fs && !p->signatures && img->state == IMAGE_GOOD)
		container_find(img, true);
	if (img->size == 0)
		image_problem(img, IMAGE_NO_TABLE, "an empty file, no partition table");
	else if (p->signatures)
		image_problem(img, IMAGE_NO_TABLE,
			"no partition table, signatures of %s: wipefs -n shows them",
			p->signatures);
	else if (p->fs)
		image_problem(img, IMAGE_NO_TABLE,
			"no partition table, %s over all of it", p->fs);
	else
		image_problem(img, IMAGE_NO_TABLE, "no partition table");
}

int image_probe(struct image *img)
{
	int r;

	container_find(img, false);
	if (img->container)
		return 0;
	if ((r = read_table(img)) < 0 || (r = probe_filesystems(img)) < 0 ||
		(r = look_beneath_table(img)) < 0)
		return r;
	look_at_protective(img);
	look_at_backup(img);
	look_at_overlaps(img);
	if (!img->table && img->state == IMAGE_GOOD) {
		no_table(img);
	} else if (img->table && bytes_are(img, ISO_MAGIC_AT, "CD001", 5)) {
		image_problem(img, IMAGE_FOREIGN,
			"an ISO 9660 filesystem, too: a medium that boots by itself, "
			"or a leftover (wipefs -n shows it, wipefs -o takes it off)");
	}
	return 0;
}

int image_attach(struct image *img, int fd, const char *path)
{
	_cleanup_close_ int own = fd;
	struct stat st;

	memset(img, 0, sizeof(*img));
	img->fd = -1;
	if (fstat(own, &st) < 0)
		return -errno;
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(own, BLKGETSIZE64, &img->size) < 0)
			return -errno;
	} else if (S_ISREG(st.st_mode)) {
		img->size = (uint64_t)st.st_size;
	} else {
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENOTBLK;
	}
	if (!(img->path = strdup(path)))
		return -ENOMEM;
	img->fd = steal_fd(&own);
	overlay_init(&img->ov, img->fd, img->size);
	return 0;
}

int image_open(struct image *img, const char *path, int flags)
{
	/* a FIFO would make open() wait for its other end */
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int r;

	memset(img, 0, sizeof(*img));
	img->fd = -1;
	if (fd < 0)
		return -errno;
	if ((r = image_attach(img, fd, path)) == 0)
		r = image_probe(img);
	if (r < 0)
		image_close(img);
	return r;
}

void image_close(struct image *img)
{
	for (unsigned i = 0; img->parts && i < img->n; i++) {
		struct part *p = &img->parts[i];

		free(p->name);
		free(p->partuuid);
		free(p->fs);
		free(p->uuid);
		free(p->label);
		free(p->signatures);
		free(p->subvol);
		free(p->subvol_other);
		free(p->boot);
	}
	free(img->inside);
	overlay_free(&img->ov);
	free(img->parts);
	free(img->table);
	free(img->disk_id);
	free(img->path);
	if (img->fd >= 0)
		close(img->fd);
	memset(img, 0, sizeof(*img));
	img->fd = -1;
}

bool part_is_esp(const struct part *p)
{
	return strcmp(p->type, GUID_ESP) == 0 || strcmp(p->type, "0xef") == 0;
}

bool part_is_biosboot(const struct part *p)
{
	return strcmp(p->type, GUID_BIOSBOOT) == 0;
}

bool part_is_xbootldr(const struct part *p)
{
	return strcmp(p->type, GUID_XBOOTLDR) == 0;
}
