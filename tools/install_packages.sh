#!/bin/sh
# Installs the Debian packages listed in the given files when run as root, else prints the one line that does.
set -eu
command -v dpkg-query >/dev/null 2>&1 || exit 0 # not Debian: CMake names what it misses
missing=""
for package in $(sed '/^#/d' "$@"); do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ]; then
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
else
  echo "Missing Debian packages. Install them with:" >&2
  echo "  sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi
