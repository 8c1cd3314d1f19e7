// SPDX-License-Identifier: MIT
/*
 * kvmprobe - whether KVM really runs a guest here.
 *
 * Runs a guest of one sector that does what every kernel does while it starts.
 * A KVM that is there and cannot is more common than one would think. Changes
 * nothing.
 */
#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "json.h"
#include "opts.h"
#include "probe.h"

#include <string.h>

static struct {
	char *device, *image;
	int json, quiet, timeout;
} opt = { .timeout = 1000 };

static const struct poptOption options[] = { { "json", 'j', POPT_ARG_NONE, &opt.json, 0,
						     "Print the answer as JSON", NULL },
	{ "quiet", 'q', POPT_ARG_NONE, &opt.quiet, 0, "Print nothing", NULL },
	{ "device", 'd', POPT_ARG_STRING, &opt.device, 0, "KVM's device (/dev/kvm)",
		"FILE" },
	{ "timeout", 't', POPT_ARG_INT, &opt.timeout, 0,
		"How long the guest may take (1000)", "MS" },
	{ "image", 'i', POPT_ARG_STRING, &opt.image, 0,
		"Write the guest as a boot sector, try nothing", "FILE" },
	OPTS_COMMON };

static int write_image(const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	int r = atomic_open(&a, path);

	if (r == 0) {
		fwrite(guest_sector, 1, (size_t)(guest_sector_end - guest_sector), a.f);
		r = atomic_commit(&a);
	}
	if (r < 0)
		diag_errno(-r, "%s: write", path);
	return r < 0 ? EX_FAILED : EX_DONE;
}

static void print_json(const struct probe *p)
{
	printf("{\"kvm\":%s,\"reason\":", p->works ? "true" : "false");
	json_string(p->works ? NULL : p->reason, stdout);
	fputs(",\"failed\":", stdout);
	json_string(p->works ? NULL : p->failed, stdout);
	printf(",\"steps\":%d,\"ms\":%.1f}\n", p->done, p->ms);
}

static void print_line(const struct probe *p)
{
	if (p->works)
		printf("kvm: yes: %d steps of a guest in %.1f ms\n", p->done, p->ms);
	else if (p->failed)
		printf("kvm: no: %s: %s\n", p->failed, p->reason);
	else
		printf("kvm: no: %s\n", p->reason);
}

static int probe(void)
{
	struct probe p;

	probe_kvm(&p, opt.device ? opt.device : "/dev/kvm", opt.timeout);
	if (opt.json)
		print_json(&p);
	else if (!opt.quiet)
		print_line(&p);
	return p.works ? EX_DONE : EX_FAILED;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char **args;
	int r = opts_parse(&ctx, argc, argv, options, "", 0, 0, &args);

	if (r != OPTS_GO)
		return r;
	if (opt.timeout < 1 || opt.timeout > 60000)
		return opts_error("--timeout: %d: not from 1 to 60000", opt.timeout);
	if (opt.json && opt.quiet)
		return opts_error("--json and --quiet do not go together");
	r = opt.image ? write_image(opt.image) : probe();
	return flush_stdout() < 0 ? EX_FAILED : r;
}
