#!/bin/sh
# A real Asterisk for this checkout: the machine's own from 22.7 on, else version 22 unpacked into
# var/asterisk-root. Nothing in it is installed or run here, so root and an ordinary user get the
# same tree the same way, and nothing is ever mounted inside it.
# --check: exit 0 when there is one, 3 when one must be made.
# THREERING_ASTERISK_ROOT names a tree made before; several checkouts may share one.
set -eu
cd "$(dirname "$0")/../.."
tree=$PWD/var/asterisk-root
packages=asterisk,asterisk-core-sounds-en,asterisk-moh-opsound-wav,util-linux

say() { echo "==> $*"; }

own_asterisk_will_do() {
    version=$(asterisk -V 2>/dev/null | sed -n 's/^Asterisk \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    [ -n "$version" ] || return 1
    # shellcheck disable=SC2086
    set -- $version
    [ "$1" -gt 22 ] || { [ "$1" -eq 22 ] && [ "$2" -ge 7 ]; }
}

if [ -n "${THREERING_ASTERISK_ROOT:-}" ]; then
    [ -x "$THREERING_ASTERISK_ROOT/usr/sbin/asterisk" ] && exit 0
    echo "THREERING_ASTERISK_ROOT=$THREERING_ASTERISK_ROOT holds no Asterisk" >&2
    exit 2
fi
own_asterisk_will_do && exit 0
# Renamed into place as the last step: when it is there, it is whole.
[ -x "$tree/usr/sbin/asterisk" ] && exit 0
[ "${1:-}" = --check ] && exit 3

command -v mmdebstrap >/dev/null || {
    echo "mmdebstrap is missing; run as root: sh telephony/provisioning/prerequisites.sh telephone" >&2
    exit 2
}
mkdir -p var
exec 9>var/asterisk-root.lock
flock 9
[ -x "$tree/usr/sbin/asterisk" ] && exit 0

say "Asterisk 22 into var/asterisk-root (about 100 MB to fetch, half a minute)"
new=$PWD/var/.asterisk-root.new
rm -rf "$new" "$new.tmp"
mkdir "$new.tmp"
trap 'rm -rf "$new" "$new.tmp"' EXIT
trap 'exit 130' INT TERM HUP
# The Release file of testing may be past its date. apt drops to a user of its own, who may not
# read a folder inside somebody's home, so it is told not to.
TMPDIR="$new.tmp" mmdebstrap --mode=chrootless --variant=extract --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    forky "$new" 9>&- 2>&1 | sed -n '/chrootless/d; s/^[IWE]: /    /p' >&2
[ -x "$new/usr/sbin/asterisk" ] || {
    echo "Asterisk could not be provisioned: see the lines above (network, disk, proxy?)" >&2
    exit 1
}
# What the package's own scripts would have linked.
for language in en en_US; do
    ln -sfn en_US_f_Allison "$new/usr/share/asterisk/sounds/$language"
done
rm -rf "$tree" # torn, or it would have been taken above
mv "$new" "$tree"
say "Asterisk is in var/asterisk-root ($(du -sh "$tree" | cut -f1))"
