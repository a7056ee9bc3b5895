#!/bin/sh
# boot.sh LAB [SOURCE=PLACE ...]: turns its own process into a real systemd (PID 1) over a copy-on-write overlay of /.
#
# Run it as root in fresh mount, pid, uts, ipc, network and cgroup namespaces. The machine's own files, units and
# sockets stay as they are: whatever systemd writes goes to LAB/upper, and all of it dies with the namespaces.
# LAB/etc is laid over /etc, each SOURCE is seen at its PLACE, and LAB itself under its own name.
set -eu
LAB=$1
ROOT=$LAB/root
shift

mkdir -p "$LAB/upper" "$LAB/work" "$ROOT"
mount -t overlay overlay -o "lowerdir=/,upperdir=$LAB/upper,workdir=$LAB/work" "$ROOT"

# The kernel's file systems, each our namespaces' own
mount -t proc proc "$ROOT/proc"
mount -t sysfs sysfs "$ROOT/sys"
mount -t cgroup2 cgroup2 "$ROOT/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/run"
mount -t tmpfs tmpfs "$ROOT/tmp"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
for node in null zero full random urandom tty; do
    touch "$ROOT/dev/$node"
    mount --bind "/dev/$node" "$ROOT/dev/$node"
done
mkdir "$ROOT/dev/pts" "$ROOT/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$ROOT/dev/pts"
mount -t tmpfs tmpfs "$ROOT/dev/shm"
ln -s pts/ptmx "$ROOT/dev/ptmx"
ln -s /proc/self/fd "$ROOT/dev/fd"
mkdir -p "$ROOT$LAB"
mount --bind "$LAB" "$ROOT$LAB"
for pair in "$@"; do
    mkdir -p "$ROOT${pair#*=}"
    mount --bind "${pair%%=*}" "$ROOT${pair#*=}"
done

# A machine with nothing to do but our unit
ip link set lo up
hostname lab
rm -f "$ROOT/etc/machine-id"
echo 0123456789abcdef0123456789abcdef > "$ROOT/etc/machine-id"
cp -R "$LAB/etc/." "$ROOT/etc/"
for unit in \
    dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount sys-kernel-config.mount \
    sys-kernel-debug.mount sys-kernel-tracing.mount proc-sys-fs-binfmt_misc.automount \
    systemd-binfmt.service systemd-modules-load.service systemd-networkd.service systemd-pcrphase-sysinit.service \
    systemd-pcrphase.service systemd-remount-fs.service systemd-resolved.service systemd-sysctl.service \
    systemd-timesyncd.service systemd-tmpfiles-clean.timer systemd-tmpfiles-setup-dev.service \
    systemd-tmpfiles-setup.service systemd-udev-trigger.service systemd-udevd-control.socket \
    systemd-udevd-kernel.socket systemd-udevd.service systemd-update-utmp.service
do
    ln -sf /dev/null "$ROOT/etc/systemd/system/$unit"
done

cd "$ROOT"
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=lab.target --show-status=false --log-target=journal
