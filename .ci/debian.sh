#!/bin/sh
# Installs Debian packages where that is possible without asking anybody: as root, or with a sudo that wants no password.
# Fails, having changed nothing, anywhere else. Usage: sh .ci/debian.sh PACKAGE...
set -eu
command -v apt-get >/dev/null 2>&1 || exit 1
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    exit 1
fi
echo "Installing $* with apt-get ..." >&2
$as_root apt-get update -qq >/dev/null
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
