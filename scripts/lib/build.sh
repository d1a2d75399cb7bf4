# Builds one preset. Sourced after common.sh.

# build_preset NAME [TARGET…]: configures and builds quietly; the whole output only where it fails.
build_preset() {
  local preset=$1 log
  shift
  need_writable "$project_root/build"
  log=$project_root/build/$preset.log
  say "Building (preset $preset) …"
  if ! (cd "$project_root" && cmake --preset "$preset" && cmake --build --preset "$preset" -j "$(nproc)" ${1:+--target "$@"}) \
      >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    say "the whole output is in $log" >&2
    fail "the build failed (its last words are above); after a change of compiler or folder, rm -rf build/$preset helps"
  fi
}
