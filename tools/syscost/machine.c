// SPDX-License-Identifier: MIT
#include "machine.h"
#include "cleanup.h"
#include "diag.h"
#include "json.h"
#include "measure.h"

#include <dirent.h>
#include <stdarg.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>

static void ask_cpuid(struct machine *m)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d))
		return;
	m->tsc = d & (1U << 4);
	if (c & (1U << 31)) { /* a hypervisor says that it is one */
		__cpuid(0x40000000, a, b, c, d);
		memcpy(m->hypervisor, &b, 4);
		memcpy(m->hypervisor + 4, &c, 4);
		memcpy(m->hypervisor + 8, &d, 4);
		m->hypervisor[12] = '\0';
	}
	m->tsc_invariant =
		m->tsc && __get_cpuid(0x80000007, &a, &b, &c, &d) && d & (1U << 8);
}

static uint64_t read_tsc(void)
{
	return __rdtsc();
}
#else
static void ask_cpuid(struct machine *m)
{
	(void)m;
}

static uint64_t read_tsc(void)
{
	return 0;
}
#endif

/* The first line of a file of the kernel's, or "". */
static void first_line(const char *path, char *out, size_t room)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");

	if (!f || !fgets(out, (int)room, f))
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static void cpu_name(char *out, size_t room)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	out[0] = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		const char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || !value)
			continue;
		snprintf(out, room, "%s", value + 1 + strspn(value + 1, " "));
		out[strcspn(out, "\n")] = '\0';
		return;
	}
}

/* Ticks that the hypervisor gave to somebody else, of all processors. */
static long stolen(void)
{
	enum { FIELD = 8 }; /* user nice system idle iowait irq softirq steal */
	char line[256], *p = line + 3, *end;
	long v = 0;

	first_line("/proc/stat", line, sizeof(line));
	if (strncmp(line, "cpu ", 4) != 0)
		return 0;
	for (int i = 0; i < FIELD; i++, p = end) {
		v = strtol(p, &end, 10);
		if (end == p)
			return 0;
	}
	return v;
}

void machine_begin(struct machine *m)
{
	*m = (struct machine){ .cpus = (int)sysconf(_SC_NPROCESSORS_ONLN) };
	uname(&m->uts);
	ask_cpuid(m);
	cpu_name(m->cpu, sizeof(m->cpu));
	first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource",
		m->clocksource, sizeof(m->clocksource));
	first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", m->governor,
		sizeof(m->governor));
	m->steal_start = stolen();
	m->clock_start = clock_ns();
	m->tsc_start = read_tsc();
}

void machine_warn(struct machine *m, const char *fmt, ...)
{
	va_list ap;

	if (m->n_warnings == WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	if (vasprintf(&m->warnings[m->n_warnings], fmt, ap) >= 0)
		m->n_warnings++;
	va_end(ap);
}

static void check_load(struct machine *m)
{
	double load = 0;

	/* We are one ourselves, on a single processor. */
	if (getloadavg(&load, 1) == 1 && load > 0.5 + 0.5 * m->cpus)
		machine_warn(m, "load is %.1f on %d processors", load, m->cpus);
}

void machine_end(struct machine *m)
{
	double s = (double)(clock_ns() - m->clock_start) / 1e9;
	long steal = stolen() - m->steal_start;

	if (m->tsc && s > 0)
		m->tsc_hz = (double)(read_tsc() - m->tsc_start) / s;
	if (m->tsc && !m->tsc_invariant)
		machine_warn(m, "the TSC does not run at one rate: cycles mean little");
	check_load(m);
	/* In hundredths of a second, of all processors. */
	if ((double)steal > s)
		machine_warn(m, "the hypervisor took %.1f%% of the time away",
			(double)steal / s / m->cpus);
	if (m->governor[0] && strcmp(m->governor, "performance") != 0)
		machine_warn(
			m, "frequency governor is %s, not performance", m->governor);
}

void machine_text(const struct machine *m, FILE *f)
{
	fprintf(f, "%s %s %s, %d processors, ", m->uts.sysname, m->uts.release,
		m->uts.machine, m->cpus);
	fput_visible(m->cpu[0] ? m->cpu : "unknown processor", f);
	if (m->hypervisor[0]) {
		fputs(", guest of ", f);
		fput_visible(m->hypervisor, f);
	}
	fprintf(f, "\nclock source %s, ",
		m->clocksource[0] ? m->clocksource : "unknown");
	if (m->tsc)
		fprintf(f, "TSC %.1f MHz, %sinvariant\n", m->tsc_hz / 1e6,
			m->tsc_invariant ? "" : "not ");
	else
		fputs("no TSC\n", f);
}

static void json_member(const char *name, const char *value, FILE *f)
{
	fprintf(f, "\"%s\":", name);
	json_string(value[0] ? value : NULL, f);
	fputc(',', f);
}

static void json_mitigations(FILE *f)
{
	static const char dir[] = "/sys/devices/system/cpu/vulnerabilities";
	const char *sep = "";
	DIR *d = opendir(dir);
	const struct dirent *e;

	fputs("\"mitigations\":{", f);
	while (d && (e = readdir(d))) {
		char path[512], line[256];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		first_line(path, line, sizeof(line));
		fputs(sep, f);
		json_string(e->d_name, f);
		fputc(':', f);
		json_string(line, f);
		sep = ",";
	}
	fputs("},", f);
	if (d)
		closedir(d);
}

void machine_json(const struct machine *m, FILE *f)
{
	json_member("host", m->uts.nodename, f);
	json_member("system", m->uts.sysname, f);
	json_member("kernel", m->uts.release, f);
	json_member("machine", m->uts.machine, f);
	json_member("cpu", m->cpu, f);
	json_member("hypervisor", m->hypervisor, f);
	json_member("clocksource", m->clocksource, f);
	json_member("governor", m->governor, f);
	fprintf(f, "\"cpus\":%d,\"tsc_hz\":%.0f,\"tsc_invariant\":%s,", m->cpus,
		m->tsc_hz, m->tsc_invariant ? "true" : "false");
	json_mitigations(f);
	fputs("\"warnings\":[", f);
	for (int i = 0; i < m->n_warnings; i++) {
		if (i)
			fputc(',', f);
		json_string(m->warnings[i], f);
	}
	fputc(']', f);
}

void cleanup_machine(struct machine *m)
{
	for (int i = 0; i < m->n_warnings; i++)
		free(m->warnings[i]);
	m->n_warnings = 0;
}
