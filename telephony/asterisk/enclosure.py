"""How Asterisk is started: in a mount namespace of its own, on a tree that is only shown to it.

The new root is a tmpfs that exists in that namespace alone: nothing is ever mounted inside the
provisioned tree, and every mount is gone when the process is. It dies with its parent.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from telephony.asterisk.root import AsteriskRoot

# $1 parent's pid, $2 provisioned tree, $3 mount point, then "--", folders to show, "--", command.
# A death signal is no use once the parent is dead, so the parent is checked after it is set.
_BUILD = r"""
set -eu
[ "$PPID" = "$1" ] || exit 1
root=$2 jail=$3; shift 4
mount -t tmpfs -o mode=755,size=8m threering "$jail"
cd "$jail"
mkdir dev etc etc/alternatives usr tmp run proc
mount --bind "$root/usr" usr
for name in bin sbin lib lib64; do ln -s "usr/$name" "$name"; done
for name in null zero random urandom; do
  : > "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
for name in resolv.conf hosts localtime; do
  if [ -e "/etc/$name" ]; then cp -L "/etc/$name" "etc/$name"; fi
done
echo 'hosts: files dns' > etc/nsswitch.conf
for name in en en-us; do
  ln -s /usr/share/asterisk/sounds/en_US_f_Allison "etc/alternatives/asterisk-prompt-$name"
done
while [ "$1" != -- ]; do mkdir -p ".$1"; mount --bind "$1" ".$1"; shift; done
shift
exec chroot "$jail" "$@"
"""
_PLAIN = r"""[ "$PPID" = "$1" ] || exit 1; shift; exec "$@" """
_DIES_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"]


def command(root: AsteriskRoot, folders: Iterable[Path], jail: Path, config: Path) -> list[str]:
    """The argument list that becomes Asterisk, one process from first to last: its pid is the
    pid of the child. Must be started by the process that is to be its parent."""
    asterisk = [str(root.binary), "-f", "-C", str(config)]
    parent = str(os.getpid())
    if not root.enclosed:
        return [*_DIES_WITH_PARENT, "sh", "-c", _PLAIN, "asterisk", parent, *_least(), *asterisk]
    shown = [str(folder) for folder in folders]
    build = ["sh", "-c", _BUILD, "asterisk", parent, str(root.path), str(jail), "--"]
    return [
        *("unshare", "--mount", "--propagation", "private"),
        *(() if os.geteuid() == 0 else ("--user", "--map-root-user")),
        *("--", *_DIES_WITH_PARENT),
        *(*build, *shown, "--", *_least(root_inside=True), *asterisk),
    ]


def _least(*, root_inside: bool = False) -> list[str]:
    """Run what follows without any capability, and unable to gain one."""
    least = ["setpriv", "--no-new-privs"]
    if root_inside or os.geteuid() == 0:
        least += ["--inh-caps=-all", "--bounding-set=-all"]
    return [*least, "--"]
