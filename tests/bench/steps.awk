# SPDX-License-Identifier: MIT
# steps.awk -v start=EPOCH -v end=EPOCH SYSLOG - an installation's wall-clock time by
# step: "SECONDS<TAB>STEP" lines, in their order, which add up to end - start.
#
# The stamps are the guest's clock, which is the host's in UTC. What comes before the
# first of them is "until the log begins", what comes after the last "after the last line".

function seconds(stamp,	t) {
	split(stamp, t, ":")
	return t[1] * 3600 + t[2] * 60 + t[3]
}

function enter(step) {
	if (step == now)
		return
	if (now != "")
		spend(now, at - since)
	now = step
	since = at
}

function spend(step, secs) {
	if (!(step in took))
		order[++steps] = step
	took[step] += secs
}

# Mon DD HH:MM:SS; a run may pass midnight, and no run lasts a day.
$3 !~ /^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$/ { next }
{
	at = seconds($3) - start % 86400
	if (at < -43200)
		at += 86400
	if (at < since)		# a clock that was set back
		at = since
}
now == "" {
	spend("until the log begins", at)
	since = at
	now = "start-up scripts"
}
/ main-menu\[[0-9]+\]: (INFO: )?Menu item '.*' selected/ {
	item = $0
	sub(/.*Menu item '/, "", item)
	sub(/' selected.*/, "", item)
	enter(item)
}
now == "bootstrap-base" && / debootstrap: (Selecting|Unpacking|Preparing) / {
	enter("bootstrap-base: unpacking, configuring")
}
now ~ /^bootstrap-base/ && / in-target: .*linux-image/ { enter("bootstrap-base: kernel") }
/ finish-install: .*Running .*finish-install\.d\// {
	item = $0
	sub(/.*finish-install\.d\//, "", item)
	enter("finish-install: " item)
}
END {
	enter("")
	spend("after the last line", end - start - since)
	for (i = 1; i <= steps; i++)
		printf "%.0f\t%s\n", took[order[i]], order[i]
}
