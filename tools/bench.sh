#!/usr/bin/env bash
# Runs every bench and puts what it prints between the two marks of a document: bench.sh VDN DOCUMENT
set -euo pipefail
vdn=$1
document=$2
begin='<!-- tables: make bench -->'
end='<!-- end of tables -->'
tables=$(mktemp)
changed=$(mktemp "$document.XXXXXX")
trap 'rm -f "$tables" "$changed"' EXIT

run() {
  echo "running: vdn $*" >&2
  printf '`vdn %s`\n\n```text\n' "$*" >> "$tables"
  "$vdn" "$@" >> "$tables"
  printf '```\n\n' >> "$tables"
}

grep -qF -- "$begin" "$document" && grep -qF -- "$end" "$document" || { echo "$document: its marks are missing" >&2; exit 1; }
vectors() { # the widest of those this machine has
  for flag in avx512f:AVX-512 avx2:AVX2 asimd:NEON; do
    if grep -qw "${flag%:*}" /proc/cpuinfo; then echo ", ${flag#*:}"; return; fi
  done
}
printf '\n%s cores of %s%s%s, %s\n\n' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
  "$(vectors)" "${OPENBLAS_CORETYPE:+, OPENBLAS_CORETYPE=$OPENBLAS_CORETYPE}" "$(date +%F)" > "$tables"
run bench step
run bench step --preset default
run bench epoch
run bench epoch --preset default
run bench predict
run bench predict --preset default
run bench csv --folder "${TMPDIR:-/tmp}"
run bench scale
awk -v begin="$begin" -v end="$end" -v tables="$tables" '
  $0 == begin { print; while ((getline line < tables) > 0) print line; skip = 1 }
  $0 == end { skip = 0 }
  !skip { print }' "$document" > "$changed"
chmod 644 "$changed"
mv "$changed" "$document"
