#!/usr/bin/env bash
# Made by tools/teamcity_files.py from tools/teamcity_script.sh. Inputs come as variables: no text is put into this script.
set -euo pipefail

given() { # INPUT VARIABLE: hand an input on, unless it is empty
  if [ -n "${!1:-}" ]; then export "$2=${!1}"; fi
}
flag() { # INPUT VARIABLE: hand a checkbox on, unless it is not ticked
  if [ "${!1:-}" != false ]; then given "$1" "$2"; fi
}
stop() { # CODE WORDS: the words are of this script alone
  echo "##teamcity[buildProblem description='shipworthy was not started: $2' identity='shipworthy_not_started']"
  exit "$1"
}

# INPUTS

newline='
'
if [ -n "${SHIPWORTHY_TARGET:-}" ]; then
  export SHIPWORTHY_TARGET="${SHIPWORTHY_TARGET//;/$newline}"
fi
python="${input_tool_python:-python3}"
source="${input_tool_source:-.shipworthy}"
zipapp="${input_tool_zipapp:-}"
case "$source" in /*) ;; *) source="./$source" ;; esac
case "$zipapp" in '' | /*) ;; *) zipapp="./$zipapp" ;; esac
if [ -n "${input_tool_version:-}$zipapp" ] && [ -z "${input_tool_sha256:-}" ]; then
  stop 2 'tool_version and tool_zipapp need tool_sha256'
fi

if [ -n "$zipapp" ]; then
  "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    stop 3 'Python 3.10 or newer is not there; name it in tool_python'
  [ -f "$zipapp" ] || stop 2 'tool_zipapp names no file'
  "$python" -I -c 'import hashlib, sys
with open(sys.argv[1], "rb") as file:
    sys.exit(hashlib.sha256(file.read()).hexdigest() != sys.argv[2].lower())' \
    "$zipapp" "$input_tool_sha256" ||
    stop 3 'tool_zipapp does not have the digest that tool_sha256 says'
  set -- "$python" -I "$zipapp"
elif [ -f "$source/plugins/bootstrap.py" ]; then
  set -- --into="${input_tool_dir:-.shipworthy-tool}"
  if [ -n "${input_tool_version:-}" ]; then
    set -- "$@" --version="$input_tool_version" --sha256="$input_tool_sha256"
  fi
  if [ -n "${input_tool_wheelhouse:-}" ]; then
    set -- "$@" --wheelhouse="$input_tool_wheelhouse"
  fi
  code=0
  tool="$("$python" -E -s "$source/plugins/bootstrap.py" "$@")" || code=$?
  [ "$code" = 0 ] || stop "$code" 'it could not be installed, the lines above say why'
  set -- "$tool"
elif [ -z "${input_tool_source:-}${input_tool_version:-}" ] && command -v shipworthy >/dev/null; then
  set -- shipworthy
else
  stop 2 'there is no shipworthy: check its sources out to .shipworthy, or see tool_source and tool_zipapp'
fi

export SHIPWORTHY_CI=teamcity
exec "$@" ci
