// SPDX-License-Identifier: MIT
/*
 * syscost - what crossing the kernel's edge costs on this machine.
 *
 * Measures system calls, switches, messages and processes for a few seconds on
 * one processor; changes nothing, needs no rights.
 */
#include "atomicfile.h"
#include "cleanup.h"
#include "compare.h"
#include "diag.h"
#include "kinds.h"
#include "opts.h"
#include "results.h"
#include "slurp.h"

#include <sched.h>
#include <signal.h>
#include <string.h>

enum { SAVED_MAX = 1 << 20 };

struct session {
	int json, compare, list;
	int cpu, ms;
	char *only, *program, *output;
	struct results results;
	struct bench bench;
};

static volatile int stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

enum { TABLES = 3 };
static const struct kind *const tables[TABLES] = { call_kinds, pair_kinds,
	spawn_kinds };

/* A derived one: half a round trip without the calls that it consists of. */
static const struct kind switch_kind = { .name = "switch",
	.title = "context switch between processes on one processor" };

/* Is name one of the list's, which are parted by commas? */
static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

static bool wanted(const struct session *s, const struct kind *k)
{
	if (!s->only)
		return true;
	if (listed(s->only, "switch") &&
		(strcmp(k->name, "pipe") == 0 || strcmp(k->name, "pipe-self") == 0))
		return true;
	return listed(s->only, k->name);
}

/* Each name in --only is one that there is. */
static int check_only(const char *only)
{
	for (const char *p = only; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		size_t n = strcspn(p, ",");
		bool known = n == strlen(switch_kind.name) &&
			     strncmp(p, switch_kind.name, n) == 0;

		for (int t = 0; t < TABLES; t++)
			for (const struct kind *k = tables[t]; k->name; k++)
				known |= strlen(k->name) == n && !k->hidden &&
					 strncmp(p, k->name, n) == 0;
		if (!known)
			return opts_error(
				"%.*s: nothing that can be measured: see --list",
				(int)n, p);
	}
	return 0;
}

/* The last processor that we may use, and another one. */
static int choose_cpus(struct session *s)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return -errno;
	s->bench.cpu = s->bench.other_cpu = -1;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET((unsigned)i, &set))
			continue;
		if (s->cpu < 0 || s->cpu == i) {
			if (s->bench.cpu >= 0)
				s->bench.other_cpu = s->bench.cpu;
			s->bench.cpu = i;
		} else {
			s->bench.other_cpu = i;
		}
	}
	return s->bench.cpu < 0 ? -EINVAL : 0;
}

static void add_result(struct results *r, const struct kind *k, const struct stats *s)
{
	if (r->n < RESULTS_MAX)
		r->list[r->n++] =
			(struct result){ .name = k->name, .title = k->title, .s = *s };
}

/* Half a round trip through pipes, less what its calls cost without a switch. */
static void add_switch(
	struct session *s, const struct stats *round, const struct stats *self)
{
	struct stats d = *round;

	d.min = round->min / 2 - self->median;
	d.p25 = round->p25 / 2 - self->median;
	d.median = round->median / 2 - self->median;
	d.p75 = round->p75 / 2 - self->median;
	d.p95 = round->p95 / 2 - self->median;
	d.mean = round->mean / 2 - self->median;
	add_result(&s->results, &switch_kind, &d);
}

static int measure_table(struct session *s, const struct kind *table)
{
	struct stats round = { 0 }, self = { 0 };

	for (const struct kind *k = table; k->name; k++) {
		struct stats st = { 0 };
		int r;

		if (!wanted(s, k))
			continue;
		if (k->needs_other_cpu && s->bench.other_cpu < 0) {
			if (!s->only)
				continue;
			diag("%s: wants two processors, and one may be used", k->name);
			return -ENODEV;
		}
		if ((r = measure(k, &s->bench, (unsigned)s->ms, &stop, &st)) < 0) {
			diag_errno(-r, "%s", k->name);
			return r;
		}
		if (strcmp(k->name, "pipe") == 0)
			round = st;
		if (strcmp(k->name, "pipe-self") == 0)
			self = st;
		if (!k->hidden && (!s->only || listed(s->only, k->name)))
			add_result(&s->results, k, &st);
	}
	if (round.samples && self.samples && (!s->only || listed(s->only, "switch")))
		add_switch(s, &round, &self);
	return 0;
}

static int measure_all(struct session *s, FILE *f)
{
	static char tiny[64];
	struct results *r = &s->results;
	int err;

	if ((err = choose_cpus(s)) < 0) {
		if (err == -EINVAL && s->cpu >= 0)
			diag("processor %d: not one that may be used here", s->cpu);
		else
			diag_errno(-err, "processors that may be used");
		return err;
	}
	s->bench.program = r->program = s->program;
	if (!s->program) {
		if (tiny_program(tiny, sizeof(tiny)) < 0)
			r->program = s->bench.program = "/bin/true";
		else
			s->bench.program = tiny;
	}
	r->cpu = s->bench.cpu;
	machine_begin(&r->machine);
	for (int t = 0; t < TABLES; t++)
		if ((err = measure_table(s, tables[t])) < 0)
			return err;
	machine_end(&r->machine);
	results_doubt(r);
	if (s->json)
		results_json(r, f);
	else
		results_text(r, f);
	return 0;
}

static int load(struct saved *saved, const char *path)
{
	_cleanup_free_ char *text = NULL;
	unsigned line = 0;
	size_t n = 0;
	int r = slurp_file(path, SAVED_MAX, &text, &n);

	if (r == 0)
		r = saved_parse(saved, text, n, &line);
	if (r == -EBADMSG)
		diag_at(path, line, "not JSON");
	else if (r == -ENODATA)
		diag("%s: not what 'syscost --json' writes", path);
	else if (r < 0)
		diag_errno(-r, "%s", path);
	return r;
}

static int compare_files(const struct session *s, const char **args, FILE *f)
{
	struct saved a, b;
	int r;

	if ((r = load(&a, args[0])) < 0 || (r = load(&b, args[1])) < 0)
		return r;
	if (s->json)
		compare_json(&a, &b, f);
	else
		compare_text(&a, &b, f);
	return 0;
}

static void list_kinds(FILE *f)
{
	for (int t = 0; t < TABLES; t++)
		for (const struct kind *k = tables[t]; k->name; k++)
			if (!k->hidden)
				fprintf(f, "%-14s %s\n", k->name, k->title);
	fprintf(f, "%-14s %s\n", switch_kind.name, switch_kind.title);
}

static int work(struct session *s, const char **args)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	const struct sigaction sa = { .sa_handler = on_signal };
	int r = atomic_open(&out, s->output);

	if (r < 0) {
		diag_errno(-r, "%s", s->output ? s->output : "-");
		return EX_FAILED;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (s->list)
		list_kinds(out.f);
	else if ((s->compare ? compare_files(s, args, out.f) : measure_all(s, out.f)) <
		 0)
		return EX_FAILED;
	if ((r = atomic_commit(&out)) < 0) {
		diag_errno(-r, "%s", s->output ? s->output : "stdout");
		return EX_FAILED;
	}
	return EX_DONE;
}

static void cleanup_session(struct session *s)
{
	cleanup_machine(&s->results.machine);
	free(s->only);
	free(s->program);
	free(s->output);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(cleanup_session) struct session s = { .cpu = -1, .ms = 300 };
	const struct poptOption table[] = { { "json", 'j', POPT_ARG_NONE, &s.json, 0,
						    "JSON", NULL },
		{ "compare", 'c', POPT_ARG_NONE, &s.compare, 0,
			"Two files of --json side by side, with ratios", NULL },
		{ "only", '\0', POPT_ARG_STRING, &s.only, 0, "Measure only these",
			"NAME,..." },
		{ "list", 'l', POPT_ARG_NONE, &s.list, 0, "What can be measured",
			NULL },
		{ "cpu", '\0', POPT_ARG_INT, &s.cpu, 0,
			"The processor to measure on (the last one)", "N" },
		{ "time", 't', POPT_ARG_INT, &s.ms, 0, "Milliseconds for each (300)",
			"MS" },
		{ "exec", '\0', POPT_ARG_STRING, &s.program, 0,
			"Start this program, not the smallest there is", "FILE" },
		{ "output", 'o', POPT_ARG_STRING, &s.output, 0,
			"Write to FILE instead of standard output", "FILE" },
		OPTS_COMMON };
	const char **args = NULL;
	int r = opts_parse(&ctx, argc, argv, table, "[A.json B.json]", 0, 2, &args);

	if (r != OPTS_GO)
		return r;
	if (s.compare != (args[0] != NULL) || (s.compare && !args[1]))
		return opts_error("--compare takes two files, and nothing else does");
	if (s.ms < 1 || s.ms > 60000)
		return opts_error("--time %d: between 1 and 60000", s.ms);
	if (s.only && (r = check_only(s.only)))
		return r;
	return work(&s, args);
}
