// SPDX-License-Identifier: MIT
#include "place.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>

void place_name(const char *url, char *name)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	EVP_Digest(url, strlen(url), md, &n, EVP_sha256(), NULL);
	for (size_t i = 0; i < 32; i++) {
		name[2 * i] = digits[md[i] >> 4];
		name[2 * i + 1] = digits[md[i] & 15];
	}
	name[64] = '\0';
}

void place_of(const char *name, char *place)
{
	place[0] = name[0];
	place[1] = name[1];
	place[2] = '/';
	memcpy(place + 3, name, 65);
}

bool place_lock(int fd, short type, off_t at, off_t len)
{
	struct flock fl = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = len
	};

	return fcntl(fd, F_OFD_SETLK, &fl) == 0;
}

bool place_held(int fd, short type, off_t at)
{
	struct flock fl = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
	};

	return fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;
}

bool place_is(int dir, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(dir, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}
