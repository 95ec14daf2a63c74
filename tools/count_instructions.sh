#!/usr/bin/env bash
# Instructions of a training step and of a forecast, counted by callgrind, against those of another build of vdn:
#   count_instructions.sh VDN_NOW [VDN_BEFORE [PERCENT]]
# Without VDN_BEFORE the commit before this one is built in build/previous. Fails when either grew by more than PERCENT
# (5). Counts do not depend on how busy the machine is. What a run does once is taken out by counting two runs of
# different length.
set -euo pipefail
now=$1
before=${2:-}
limit=${3:-5}
command -v valgrind > /dev/null || { echo "valgrind is missing: apt-get install valgrind" >&2; exit 69; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [ -z "$before" ]; then
  source=build/previous/source
  rm -rf "$source"
  mkdir -p "$source"
  git archive HEAD~1 | tar -x -C "$source"
  cmake -S "$source" -B build/previous/build -G Ninja -DCMAKE_BUILD_TYPE=Release -DVDN_TESTS=OFF > /dev/null
  cmake --build build/previous/build --target vdn --parallel "$(nproc)" > /dev/null
  before=build/previous/build/vdn
fi

# Highway's library times the processor's clock as it is loaded, with an instruction that valgrind does not know where a
# virtual machine hides it. Here it is told a number.
echo 'namespace hwy::platform { unsigned long TimerResolution() { return 1; } }' > "$folder/timer.cpp"
"${CXX:-c++}" -std=c++20 -shared -fPIC -o "$folder/timer.so" "$folder/timer.cpp"

# count PROGRAM KIND RUNS: instructions of the whole program.
count() {
  LD_PRELOAD="$folder/timer.so" valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$1" bench "$2" --threads 1 --runs "$3" --json \
    --horizon 24 --set window.lookback=96 --set encoder.width=32 --set neuron.count=32 --set head.width=32 \
    --set train.batch=32 > /dev/null 2> "$folder/log" \
    || { cat "$folder/log" >&2; exit 70; }
  sed -n 's/^\(summary\|totals\): //p' "$folder/out" | head -n 1
}

failed=0
for kind in step predict; do
  # A tenth of the forecasts is drawn as paths and batches, so both lengths are the same tenth (3) and drop out.
  few=2 many=6
  [ "$kind" = predict ] && few=10 many=30
  old=$(( ($(count "$before" $kind $many) - $(count "$before" $kind $few)) / (many - few) ))
  new=$(( ($(count "$now" $kind $many) - $(count "$now" $kind $few)) / (many - few) ))
  change=$(awk "BEGIN { printf \"%+.2f\", 100 * ($new - $old) / $old }")
  echo "$kind: $old before, $new now, $change%"
  awk "BEGIN { exit !($change > $limit) }" && { echo "$kind grew by more than $limit%" >&2; failed=1; }
done
exit $failed
