// SPDX-License-Identifier: MIT
/* values.c - what each kind of value must look like. */
#include "values.h"

#include "base64.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool refuse(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return false;
}

bool made_of(const char *s, const char *chars)
{
	return *s && s[strspn(s, chars)] == '\0';
}

static bool label(const char *s, size_t n)
{
	return n >= 1 && n <= 63 && strspn(s, LOWER UPPER DIGITS "-") >= n &&
	       s[0] != '-' && s[n - 1] != '-';
}

bool label_ok(const char *s, struct why *why)
{
	size_t n = strlen(s);

	if (!label(s, n) || strpbrk(s, UPPER))
		return refuse(why,
			"%.80s: is no host name: small letters, digits and inner "
			"hyphens, "
			"at most 63",
			s);
	return true;
}

bool domain_ok(const char *s, struct why *why)
{
	if (strlen(s) > 253)
		return refuse(why, "%.40s...: is longer than 253 characters", s);
	for (const char *part = s;;) {
		size_t n = strcspn(part, ".");

		if (!label(part, n))
			return refuse(why, "%.80s: is no domain name", s);
		if (!part[n])
			return true;
		part += n + 1;
	}
}

bool package_ok(const char *s, struct why *why)
{
	if (strlen(s) < 2 || !made_of(s, LOWER DIGITS "+-.") ||
		!strchr(LOWER DIGITS, *s))
		return refuse(why,
			"%.80s: is no package name: small letters, digits, + - and "
			"dots, "
			"two at least",
			s);
	/* "name-" would tell apt to remove a package. */
	if (s[strlen(s) - 1] == '-')
		return refuse(why, "%.80s: ends with a hyphen", s);
	return true;
}

bool user_ok(const char *s, struct why *why)
{
	static const char *const taken[] = { "root", "daemon", "bin", "sys", "sync",
		"games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data",
		"backup", "list", "irc", "nobody", "messagebus", "sshd", "_apt" };

	if (strlen(s) > 32 || !made_of(s, LOWER DIGITS "_-") || !strchr(LOWER "_", *s))
		return refuse(why,
			"%.80s: is no user name: small letters, digits, _ and -, not "
			"first a digit or -, at most 32",
			s);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(s, taken[i]) == 0)
			return refuse(why, "%s: is a user that every system has", s);
	return true;
}

bool url_ok(const char *s, struct why *why)
{
	const char *host = strncmp(s, "http://", 7) == 0    ? s + 7
			   : strncmp(s, "https://", 8) == 0 ? s + 8
							    : NULL;
	char name[256];
	size_t n;

	if (!host)
		return refuse(why, "%.120s: is no URL of http:// or https://", s);
	n = strcspn(host, ":/");
	if (n >= sizeof(name))
		return refuse(why, "%.120s: host name too long", s);
	memcpy(name, host, n);
	name[n] = '\0';
	if (*host == '[' || !domain_ok(name, why))
		return refuse(
			why, "%.120s: %.80s: is no host name or IPv4 address", s, name);
	host += n;
	if (*host == ':') {
		char *end;
		unsigned long port = strtoul(host + 1, &end, 10);

		if (end == host + 1 || port < 1 || port > 65535 ||
			!strchr(DIGITS, host[1]))
			return refuse(why, "%.120s: is no port of 1 to 65535", s);
		host = end;
	}
	if (*host && (*host != '/' || !made_of(host, LOWER UPPER DIGITS "/._~+-%")))
		return refuse(why, "%.120s: wants /path after the host", s);
	return true;
}

static int hex(char c)
{
	const char *digits = "0123456789ABCDEFabcdef", *at = c ? strchr(digits, c) : NULL;

	if (!at)
		return -1;
	return at - digits < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

/* %XX of what needs none is written as it is (RFC 3986, 6.2.2.2), all other in capitals. */
static bool unescape(char *s)
{
	char *to = s;

	while (*s) {
		int high, low, c;

		if (*s != '%') {
			*to++ = *s++;
			continue;
		}
		high = hex(s[1]);
		low = high < 0 ? -1 : hex(s[2]);
		if (low < 0)
			return false;
		c = high * 16 + low;
		if (c && strchr(LOWER UPPER DIGITS "-._~", c)) {
			*to++ = (char)c;
		} else {
			*to++ = '%';
			*to++ = "0123456789ABCDEF"[high];
			*to++ = "0123456789ABCDEF"[low];
		}
		s += 3;
	}
	*to = '\0';
	return true;
}

/* Takes what leads nowhere out of "/a//b/./c/"; not what leads up. */
static bool collapse(char *path)
{
	char *to = path;

	for (const char *from = path; *from;) {
		const size_t n = strcspn(++from, "/");

		if (n == 2 && from[0] == '.' && from[1] == '.')
			return false;
		if (n && !(n == 1 && *from == '.')) {
			*to++ = '/';
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	*to = '\0';
	return true;
}

bool url_normal(char *s, struct why *why)
{
	char *path = strstr(s, "://");

	path = path ? strchr(path + 3, '/') : NULL;
	if (!path)
		return true;
	if (!unescape(path))
		return refuse(why, "%.120s: wants two hexadecimal digits after %%", s);
	if (!collapse(path))
		return refuse(why, "%.120s: has .. in its path: name the folder itself", s);
	return true;
}

bool zone_ok(const char *s, struct why *why)
{
	const char *near;

	if (!made_of(s, LOWER UPPER DIGITS "/_+-") || *s == '/' || *s == '-' ||
		strlen(s) > 64 || strstr(s, "//") || s[strlen(s) - 1] == '/')
		return refuse(why, "%.80s: is no time zone, such as Europe/Berlin", s);
	if (!zone_known(s)) {
		near = zone_nearest(s);
		return refuse(why, "%s: is not in the time zone database%s%s%s", s,
			near ? "; did you mean " : "", near ? near : "",
			near ? "?" : "");
	}
	return true;
}

uint64_t size_bytes(const char *s)
{
	static const char units[] = "KMGT";
	char *end;
	const char *unit;
	unsigned long long v;

	if (!strchr(DIGITS, *s) || !*s)
		return 0;
	errno = 0;
	v = strtoull(s, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (errno || !unit || (end[1] && strcmp(end + 1, "iB") != 0))
		return 0;
	for (const char *u = units; u <= unit; u++)
		if (__builtin_mul_overflow(v, 1024ULL, &v))
			return 0;
	return v;
}

bool size_ok(const char *s, uint64_t least, uint64_t most, struct why *why)
{
	uint64_t v = size_bytes(s);

	if (!v)
		return refuse(why, "%.80s: is no size, such as 512M or 4G", s);
	if (v < least || v > most)
		return refuse(why, "%s: is not between %lluM and %lluM", s,
			(unsigned long long)least >> 20,
			(unsigned long long)most >> 20);
	return true;
}

bool number_ok(const char *s, unsigned long least, unsigned long most, struct why *why)
{
	bool digits = made_of(s, DIGITS) && strlen(s) < 10;
	unsigned long v = digits ? strtoul(s, NULL, 10) : 0;

	if (!digits || v < least || v > most)
		return refuse(why, "%.80s: is no number of %lu to %lu", s, least, most);
	return true;
}

bool target_ok(const char *s, struct why *why)
{
	size_t n = strlen(s);

	if (*s != '/' || n < 2 || s[n - 1] == '/')
		return refuse(why, "%.120s: is no absolute path of a file", s);
	for (const char *part = s; part; part = strchr(part, '/')) {
		size_t len = strcspn(++part, "/");

		if (len == 0 || (len == 1 && *part == '.') ||
			(len == 2 && part[0] == '.' && part[1] == '.'))
			return refuse(why, "%.120s: has an empty, . or .. part", s);
		if (len > 255)
			return refuse(why, "%.120s: has a part over 255 bytes", s);
	}
	return n <= 4000 ? true : refuse(why, "%.120s...: is too long", s);
}

static const char *const key_types[] = { "ssh-ed25519", "ssh-rsa",
	"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com" };

/* The key itself begins with its type again, four bytes of length before it. */
static bool blob_is(const char *b64, size_t n, const char *type)
{
	unsigned char blob[8192];
	long len = base64_decode(b64, n, blob, sizeof(blob));
	size_t want = strlen(type);

	return n % 4 == 0 && len > (long)want + 8 && blob[0] == 0 && blob[1] == 0 &&
	       blob[2] == 0 && blob[3] == want && memcmp(blob + 4, type, want) == 0;
}

bool ssh_key_ok(const char *s, struct why *why)
{
	size_t type = strcspn(s, " ");
	const char *b64 = s + type + strspn(s + type, " ");

	if (strncmp(s, "-----BEGIN", 10) == 0)
		return refuse(why, "that is a private key: give the public one");
	for (size_t i = 0; i < sizeof(key_types) / sizeof(*key_types); i++) {
		if (strlen(key_types[i]) != type || strncmp(s, key_types[i], type) != 0)
			continue;
		if (blob_is(b64, strcspn(b64, " "), key_types[i]))
			return true;
		return refuse(why, "%.40s: the key is cut or changed", key_types[i]);
	}
	return refuse(
		why, "%.40s: is no SSH public key, such as ssh-ed25519 AAAA...", s);
}
