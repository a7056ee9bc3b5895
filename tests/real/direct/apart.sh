#!/bin/bash
# A mail server that Debian won't install beside Postfix, in files of its own: this machine's, with its package laid over them.
#   apart.sh NAME install PACKAGE...     once, as root; fetches from Debian
#   apart.sh NAME run COMMAND...         as often as wanted; what it writes is gone with it
# Nothing of it reaches the machine: the layer stands in a folder of its own, mounted for the one command only.
set -euo pipefail
name=$1 what=$2; shift 2
layer="${SARABANWATCH_MTAS:-/var/cache/sarabanwatch-mtas}/$name"

inside() {      # FOLDER COMMAND...: in a mount namespace of its own, / with FOLDER/files over it
  exec unshare --mount --propagation private bash -c '
    set -e; folder=$1; shift
    if [ "$folder/files" != "$LAYER" ]; then mount -t tmpfs tmpfs "$folder"; cp -a "$LAYER" "$folder/files"; fi
    mkdir -p "$folder/files" "$folder/work" "$folder/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/files,workdir=$folder/work" "$folder/root"
    mount -t proc proc "$folder/root/proc"; mount --rbind /dev "$folder/root/dev"
    exec chroot "$folder/root" "$@"' inside "$@"
}

export LAYER="$layer/files"
case $what in
  install)
    [ -e "$layer/installed" ] && exit 0
    rm -rf "$layer"; mkdir -p "$layer"
    export DEBIAN_FRONTEND=noninteractive
    (inside "$layer" sh -ec '
      printf "#!/bin/sh\nexit 101\n" > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
      apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"
      apt-get clean; rm -rf /var/lib/apt/lists/*' sh "$@")
    touch "$layer/installed" ;;
  run)
    inside "$(mktemp -d /run/apart.XXXXXX)" "$@" ;;
esac
