#!/bin/sh
# try.sh PLACE CHECKOUT BASE: build both images on a userland in a folder, run the daemon between
# Postfix and Dovecot as compose.yml does, and print what it says. In namespaces of its own
# (`unshare --mount --net --propagation private`), so that nothing outlives it.
set -eu
place=$1 checkout=$2 base=$3
few="--ulimit nofile=1024:1024 --ulimit nproc=1024:1024"
umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup     # crun takes no mixture of both versions
ip link set lo up
pod() {
  podman --root "$place/root" --runroot "$place/run" --tmpdir "$place/tmp" \
    --cgroup-manager cgroupfs --events-backend file "$@"
}
build() {       # TAG FILE CONTEXT: in the machine's own network, for what pip fetches
  pod build --quiet --format docker --isolation chroot --network host $few \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --build-arg BASE=localhost/userland:13 \
    $(test ! -e /etc/pip.conf || echo --volume /etc/pip.conf:/etc/pip.conf:ro) \
    --tag "$1" --file "$2" "$3"
}
run() {         # NAME WORD...
  name=$1; shift
  pod run --rm --name "$name" --network host --cgroups disabled $few "$@" >"$place/$name.log" 2>&1 &
}

case $base in
  built) ;;
  *)
    tar -C "$base" --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' --exclude='./run/*' \
      --exclude='./tmp/*' --exclude='./root/*' --exclude=./build --exclude=./shared \
      --exclude='./var/cache/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' \
      --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' -c . |
      pod import --quiet - localhost/userland:13
    build sarabanwatch-mail:try "$checkout/deploy/container/mail/Containerfile" \
      "$checkout/deploy/container/mail"
    build sarabanwatch:try "$checkout/deploy/container/Containerfile" "$checkout"
    exit ;;
esac

secret() { echo "--volume $place/secrets/$1:/run/secrets/$1:ro"; }
run postfix localhost/sarabanwatch-mail:try postfix
run dovecot $(secret imap-password) localhost/sarabanwatch-mail:try dovecot
run watch --read-only --read-only-tmpfs=false --cap-drop all --security-opt no-new-privileges \
  --tmpfs /tmp --tmpfs /run/sarabanwatch:mode=1777 --volume "$place/etc:/etc/sarabanwatch:ro" \
  --volume ledger:/var/lib/sarabanwatch $(secret imap-password) $(secret token.keys) \
  localhost/sarabanwatch:try
trap 'pod stop --time 60 watch postfix dovecot >/dev/null 2>&1; wait' EXIT
for _ in $(seq 300); do         # five minutes at most
  said=$(pod exec watch sarabanwatch path --lang en 2>&1 || true)
  case $said in *"must bounce: "[a-z]*) break ;; esac
  sleep 1
done
echo "$said"
pod exec watch sarabanwatch status --line || true
pod healthcheck run watch && echo "is well"
pod exec watch id
pod exec watch touch /anything 2>&1 || true
kill -STOP "$(pod inspect --format '{{.State.Pid}}' watch)"
pod healthcheck run watch >/dev/null || echo "is unwell when it hangs"
kill -CONT "$(pod inspect --format '{{.State.Pid}}' watch)"
