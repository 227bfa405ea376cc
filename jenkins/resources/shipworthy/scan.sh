#!/bin/sh
# Install shipworthy where it is not there yet, and scan. The same for every call: what differs comes in variables.
set -eu

python=${SHIPWORTHY_PYTHON:-python3}
into=${SHIPWORTHY_INSTALL_DIR:-${SHIPWORTHY_CACHE_DIR:-$SHIPWORTHY_JENKINS_HOME}/tool}
tool=${SHIPWORTHY_TOOL:-shipworthy}
rm -f -- "$SHIPWORTHY_JENKINS_FACTS"

set --
bootstrap=
if [ -n "${SHIPWORTHY_SOURCE:-}" ]; then
  bootstrap=$SHIPWORTHY_SOURCE/plugins/bootstrap.py
  set -- --source "$SHIPWORTHY_SOURCE"
elif [ -n "${SHIPWORTHY_VERSION:-}" ]; then
  bootstrap=$SHIPWORTHY_JENKINS_BOOTSTRAP/bootstrap.py
  set -- --version "$SHIPWORTHY_VERSION" --sha256 "${SHIPWORTHY_SHA256:-}"
elif [ -n "${SHIPWORTHY_ZIPAPP:-}" ]; then
  bootstrap=$SHIPWORTHY_JENKINS_BOOTSTRAP/bootstrap.py
  set -- --zipapp "$SHIPWORTHY_ZIPAPP" --sha256 "${SHIPWORTHY_SHA256:-}"
fi
if [ -n "$bootstrap" ]; then
  [ -z "${SHIPWORTHY_WHEELHOUSE:-}" ] || set -- "$@" --wheelhouse "$SHIPWORTHY_WHEELHOUSE"
  tool=$("$python" "$bootstrap" "$@" --into "$into") || exit 125
fi

if [ -z "${SHIPWORTHY_JENKINS_REGISTRIES:-}" ]; then
  exec "$tool" ci
fi

# Passwords for registries, as docker keeps them; nobody else may read the file, and it goes with the script.
umask 077
mkdir -p "$SHIPWORTHY_JENKINS_HOME"
DOCKER_CONFIG=$(mktemp -d "$SHIPWORTHY_JENKINS_HOME/docker.XXXXXX")
export DOCKER_CONFIG
trap 'rm -rf "$DOCKER_CONFIG"' EXIT
trap 'exit 143' HUP INT TERM
number=0
between=
{
  printf '{"auths": {'
  for registry in $SHIPWORTHY_JENKINS_REGISTRIES; do
    user=$(printenv "SHIPWORTHY_JENKINS_USER_$number")
    password=$(printenv "SHIPWORTHY_JENKINS_PASSWORD_$number")
    auth=$(printf '%s:%s' "$user" "$password" | base64 | tr -d '\n')
    printf '%s"%s": {"auth": "%s"}' "$between" "$registry" "$auth"
    number=$((number + 1))
    between=', '
  done
  printf '}}\n'
} >"$DOCKER_CONFIG/config.json"
umask 022
unset user password auth
"$tool" ci
