# bash completion for dynamutex(1). Commands and flags come from the program's own --help, so they are those of the
# version that is there. Nothing asks the network.

# The flags of a help text, one a line: "-w --wait TIME", "- --json ", "- --watch =TIME".
_dynamutex_flags() {
  sed -nE 's/^ {2,6}((-.), )?--([a-z-]+)( ([A-Z]+)|\[=([A-Z]+)\])?( .*)?$/\2 --\3 \5=\6/p' <<<"$1" |
    sed -E 's/^ /- /; s/=$//'
}

# The commands of the general help.
_dynamutex_commands() {
  sed -nE '/^commands/,/^$/s/^  ([a-z]+) .*/\1/p' <<<"$1"
}

_dynamutex_values() {
  case $1 in
    FILE) compgen -f -- "$2" ;;
    WHEN) compgen -W 'auto always never' -- "$2" ;;
    CLIENT) compgen -W 'java go' -- "$2" ;;
    TIME) compgen -W '1s 5s 30s 1m 5m 1h' -- "$2" ;;
    REGION) compgen -W 'local us-east-1 us-east-2 us-west-2 eu-west-1 eu-central-1 ap-southeast-1 ap-northeast-1' -- "$2" ;;
    PROFILE)
      compgen -W "$(sed -nE 's/^\[(profile )?([^]]+)\].*/\2/p' "${AWS_CONFIG_FILE:-$HOME/.aws/config}" \
        "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" 2>/dev/null | sort -u)" -- "$2"
      ;;
  esac
}

_dynamutex() {
  local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]}
  local general help flags command='' value='' word i operands=0 child=0 short long name
  general=$("$program" --help 2>/dev/null) || return
  help=$general
  flags=$(_dynamutex_flags "$help")
  COMPREPLY=()

  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    # Readline cuts at "=": --flag = value
    if [[ $word == = ]]; then
      ((++i))
      value=''
      continue
    fi
    if [[ -n $value ]]; then
      value=''
    elif [[ $word == -- ]]; then
      [[ $command == run && $operands -gt 0 ]] && child=$((i + 1)) && break
    elif [[ $word == -* ]]; then
      while read -r short long name; do
        [[ $word == "$short" || $word == "$long" ]] && [[ $name != =* ]] && value=$name
      done <<<"$flags"
    elif [[ -z $command ]]; then
      command=$word
      help=$("$program" "$command" --help 2>/dev/null) || return
      flags=$(_dynamutex_flags "$help")
    else
      ((++operands))
      [[ $command == run && $operands -eq 2 ]] && child=$i && break
    fi
  done

  if [[ $child -gt 0 ]]; then
    if declare -F _command_offset >/dev/null; then
      _command_offset "$child"
    elif [[ $COMP_CWORD -eq $child ]]; then
      mapfile -t COMPREPLY < <(compgen -c -- "$current")
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
    return
  fi

  # --flag=value, whole or in its three parts
  if [[ $current == = || ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
    local flag_at=$((COMP_CWORD - 1))
    [[ $current == = ]] && current='' || ((--flag_at))
    while read -r short long name; do
      [[ ${COMP_WORDS[flag_at]} == "$long" ]] && value=${name#=}
    done <<<"$flags"
  fi

  if [[ -n $value ]]; then
    [[ $value == FILE ]] && compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(_dynamutex_values "$value" "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(while read -r short long name; do
      printf '%s\n' "$long"
      [[ $short != - ]] && printf '%s\n' "$short"
    done <<<"$flags")" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_dynamutex_commands "$general")" -- "$current")
  elif [[ $command == run && $operands -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$current")
  fi
}

complete -F _dynamutex dynamutex
