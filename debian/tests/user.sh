# SPDX-License-Identifier: MIT
# user.sh - sourced: as_user COMMAND... runs it as an ordinary user, with a home.
user=${AUTOPKGTEST_NORMAL_USER:-seedbed-test}
id -u "$user" > /dev/null 2>&1 || useradd --create-home --user-group "$user"
as_user() { runuser -u "$user" -- env PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$(getent passwd "$user" | cut -d: -f6)" "$@"; }
chmod 755 "$AUTOPKGTEST_TMP"
