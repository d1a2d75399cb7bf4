# Shared by the scripts in this folder's parent: where things are, and how to speak to a person.
# Meant to be sourced, after `set -euo pipefail`.

project_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
servers_folder=${DYNAMUTEX_SERVERS:-$project_root/build/servers}

# Debian's own interpreter: python3-botocore belongs to it, not to another python3 on the PATH.
system_python=/usr/bin/python3

say() { printf '%s\n' "$*"; }

# fail MESSAGE: one line that says what to do, then the end.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# The build folder may belong to root after an earlier `sudo scripts/…`.
need_writable() {
  local folder=$1
  mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
    fail "cannot write to $folder: it belongs to $(stat -c %U "$folder" 2>/dev/null || echo 'another user'); remove it (sudo rm -rf $folder) or run this as that user"
}
