# A bare Debian 12 in a folder, for trying things where nothing else is installed. Sourced after common.sh and packages.sh; as root.
#
# What runs in it has its own mounts (unshare -m), and a /dev and /proc of its own: nothing of this machine is mounted there.

# make_bare_debian FOLDER [PACKAGE…]
make_bare_debian() {
  local folder=$1 packages
  shift
  packages=$(IFS=,; echo "ca-certificates,$*")
  unshare --mount mmdebstrap --quiet --mode=root --variant=minbase --include="${packages%,}" bookworm "$folder" \
    "${apt_sources[@]}" >"$folder.log" 2>&1 || { tail -n 10 "$folder.log" >&2; fail "mmdebstrap could not make a bare Debian (the log is $folder.log)"; }
  # So that names resolve in it as they do here, and the same authorities are trusted.
  cp --dereference /etc/resolv.conf /etc/hosts "$folder/etc/"
  if cp /usr/local/share/ca-certificates/*.crt "$folder/usr/local/share/ca-certificates/" 2>/dev/null; then
    in_bare_debian "$folder" update-ca-certificates >>"$folder.log" 2>&1 || fail "update-ca-certificates failed (the log is $folder.log)"
  fi
}

# in_bare_debian FOLDER COMMAND…: runs it there as root, with a clean environment.
in_bare_debian() {
  local folder=$1
  shift
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork --kill-child sh -c '
    mount -t proc proc "$1/proc" && mount -t tmpfs -o mode=755 tmpfs "$1/dev" && mkdir "$1/dev/shm" "$1/dev/pts" &&
    mount -t tmpfs tmpfs "$1/dev/shm" && mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts" &&
    for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
      IFS=: read -r name major minor <<-END
		$device
		END
      mknod -m 666 "$1/dev/$name" c "$major" "$minor" || exit 1
    done &&
    ln -s /proc/self/fd "$1/dev/fd" && ln -s fd/0 "$1/dev/stdin" && ln -s fd/1 "$1/dev/stdout" && ln -s fd/2 "$1/dev/stderr" &&
    ln -s pts/ptmx "$1/dev/ptmx" || exit 1
    root=$1; shift
    exec chroot "$root" env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' sh "$folder" "$@"
}

# remove_bare_debian FOLDER: only where nothing is mounted below it.
remove_bare_debian() {
  local folder=$1
  ! findmnt --list --noheadings --output TARGET | grep -qF "$folder" || fail "something is still mounted below $folder; unmount it and remove the folder by hand"
  rm -rf --one-file-system "$folder" "$folder.log"
}
