# What has to be installed, and how. Sourced after common.sh.

build_packages=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev nlohmann-json3-dev doctest-dev)
test_packages=(python3 python3-botocore python3-jsonschema python3-yaml jq libfaketime ca-certificates tmux vim-tiny man-db mandoc bash-completion zsh nginx-light gnuplot-nox)
consumer_packages=(clang make binutils openssl)
static_packages=(libc-ares-dev openssl python3 python3-botocore binutils)
bare_packages=(mmdebstrap)
fuzz_packages=(clang libclang-rt-dev)
coverage_packages=(clang llvm)
sanitizer_packages=(valgrind libc6-dbg)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# major_at_least N COMMAND…: the first number that the command prints is N or more.
major_at_least() {
  local least=$1 major
  shift
  major=$("$@" 2>&1 | grep -oE '[0-9]+' | head -n 1) || return 1
  [ "${major:-0}" -ge "$least" ]
}

# Node and Java often come from elsewhere than Debian; what works is left as it is.
runtime_packages() {
  command -v node >/dev/null && major_at_least 18 node --version || echo nodejs
  command -v npm >/dev/null && major_at_least 9 npm --version || echo npm
  command -v java >/dev/null && major_at_least 17 java -version || echo openjdk-17-jre-headless
}

# install_packages PACKAGE…: installs those that are missing, and says which.
install_packages() {
  local missing=() name
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    fail "this machine has no apt-get; install these by hand and run this again: ${missing[*]}"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    fail "packages are missing; run as root: apt-get install ${missing[*]}"
  say "Installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { as_root apt-get update -qq &&
         as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
       } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install them (its last words are above); try: apt-get update && apt-get install ${missing[*]}"
  fi
  rm -f "$log"
}

# find_apt_sources: sets apt_sources to the files that say where this machine gets Debian's packages from.
find_apt_sources() {
  local file
  apt_sources=()
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if [ -f "$file" ] && grep -q bookworm "$file" && grep -q debian "$file"; then apt_sources+=("$file"); fi
  done
  [ ${#apt_sources[@]} -gt 0 ] || fail "no file of /etc/apt says where Debian 12's packages are"
}
