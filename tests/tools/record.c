// SPDX-License-Identifier: MIT
#include "record.h"
#include "diag.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

static const char *type(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	default:
		return "unknown";
	}
}

static void text(const char *s)
{
	putchar('\t');
	fput_visible(s && *s ? s : "-", stdout);
}

static int print_sum(EVP_MD_CTX *sum)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned len;

	if (!EVP_DigestFinal_ex(sum, md, &len))
		return -EIO;
	putchar('\t');
	for (unsigned i = 0; i < len; i++)
		printf("%02x", md[i]);
	return 0;
}

int record_sum(EVP_MD_CTX *sum)
{
	return sum && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) ? 0 : -ENOMEM;
}

int record_print(const struct record *r)
{
	int e = 0;

	fput_visible(r->path, stdout);
	printf("\t%s\t%04o\t%" PRIu32 "\t%" PRIu32, type(r->mode), r->mode & 07777U,
		r->uid, r->gid);
	/* a folder's links follow from what is in it */
	if (r->links && !S_ISDIR(r->mode))
		printf("\t%" PRIu32, r->links);
	else
		text(NULL);
	if (S_ISCHR(r->mode) || S_ISBLK(r->mode))
		printf("\t%" PRIu32 ":%" PRIu32, r->major, r->minor);
	else
		text(r->target);
	text(r->attributes);
	if (r->sum)
		e = print_sum(r->sum);
	else
		text(NULL);
	putchar('\n');
	return e;
}
