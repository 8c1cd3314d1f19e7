// SPDX-License-Identifier: MIT
/*
 * initrd-list - prints what an initrd unpacks to, a record a file (record.h).
 *
 * It reads all of its archives, as the kernel does, and writes nothing.
 */
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "record.h"

#include "../../tools/initrd-add/initrd.h"

static struct poptOption table[] = { OPTS_COMMON };

static void cleanup_sum(EVP_MD_CTX **sum)
{
	EVP_MD_CTX_free(*sum);
}

static int print(const struct node *n, EVP_MD_CTX *sum)
{
	_cleanup_free_ char *path = NULL;
	struct record r = { .mode = n->mode,
		.uid = n->uid,
		.gid = n->gid,
		.major = n->rmajor,
		.minor = n->rminor };
	int e = 0;

	if (asprintf(&path, "/%s", n->path) < 0)
		return -ENOMEM;
	r.path = path;
	if (S_ISLNK(n->mode))
		r.target = n->data;
	if (S_ISREG(n->mode)) {
		r.sum = sum;
		e = record_sum(sum);
		if (e == 0 && n->size && !EVP_DigestUpdate(sum, n->data, n->size))
			e = -EIO;
	}
	return e < 0 ? e : record_print(&r);
}

static int list(const char *name)
{
	_cleanup_(initrd_free) struct initrd rd = { 0 };
	_cleanup_(cleanup_sum) EVP_MD_CTX *sum = EVP_MD_CTX_new();
	_cleanup_free_ struct node **nodes = NULL;
	int e = initrd_read(&rd, name);

	if (e < 0)
		return e;
	nodes = tree_list(&rd.base);
	if (!nodes || !sum)
		e = -ENOMEM;
	for (size_t i = 0; e == 0 && i < rd.base.count; i++)
		e = print(nodes[i], sum);
	if (e < 0)
		diag_errno(-e, "%s", name);
	return e;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char **args;
	int r = opts_parse(&ctx, argc, argv, table, "INITRD", 1, 1, &args);

	if (r != OPTS_GO)
		return r;
	r = list(args[0]);
	return r < 0 || flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
