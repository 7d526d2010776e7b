#!/bin/sh
# What a fresh Debian 12 or Ubuntu 24.04 lacks: prerequisites.sh python|app|telephone|test
# Root: installed with apt-get. Anybody else: one line says what root must do, exit 2.
# Asks no package system when everything is there, so that it costs nothing the second time.
set -eu
cd "$(dirname "$0")/../.."
missing=

need() { # need PACKAGE COMMAND...: any of the commands will do
    package=$1
    shift
    for command in "$@"; do
        command -v "$command" >/dev/null 2>&1 && return
    done
    missing="$missing $package"
}

stop() {
    echo "$*" >&2
    exit 2
}

need_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        { command -v python3 >/dev/null && stop "python3 is older than 3.11: Debian 12 or Ubuntu 24.04, or newer, is needed"; } ||
        missing="$missing python3"
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
}

need_telephone() {
    if ! sh telephony/provisioning/asterisk.sh --check; then
        need mmdebstrap mmdebstrap
        # Ubuntu does not know Debian's keys by itself.
        [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing="$missing debian-archive-keyring"
    fi
    need util-linux unshare
    need espeak-ng espeak-ng
    need sox sox
    need sip-tester sipp
}

need_app() {
    need nodejs node
    need npm npm
    ! command -v node >/dev/null || node -e 'process.exit(Number(parseInt(process.versions.node) < 18))' ||
        stop "node is older than 18: Debian 12 or Ubuntu 24.04, or newer, is needed"
}

need_test() {
    need redis-server redis-server
    # Debian keeps its programs beside the path.
    set -- /usr/lib/postgresql/*/bin/postgres
    [ -x "$1" ] || need postgresql postgres
    need chromium chromium chromium-browser google-chrome
    # Pictures of a Chinese page without Chinese letters show nothing.
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing="$missing fonts-wqy-microhei"
}

case ${1:-} in
python) need_python ;;
app) need_app ;;
telephone) need_telephone ;;
test) need_test ;;
*) stop "usage: prerequisites.sh python|app|telephone|test" ;;
esac

if [ -n "$missing" ]; then
    install="apt-get install --yes --no-install-recommends$missing"
    command -v apt-get >/dev/null || stop "missing here:$missing (Debian's names; there is no apt-get)"
    [ "$(id -u)" -eq 0 ] || stop "missing here:$missing; run as root: apt-get update && $install"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "==> Fetching the list of packages"
    # A mirror that fails may still leave a list good enough; the installation will tell.
    apt-get update --quiet=2 >"$log" 2>&1 || true
    echo "==> Installing$missing"
    DEBIAN_FRONTEND=noninteractive $install --quiet=2 >>"$log" 2>&1 || {
        tail -20 "$log" >&2
        stop "could not install:$missing (the lines above say why)"
    }
fi

if [ "$1" = telephone ] && [ "$(id -u)" -ne 0 ]; then
    unshare --user --map-root-user --mount true 2>/dev/null ||
        stop "user namespaces are refused here; run as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (or run make as root)"
fi
