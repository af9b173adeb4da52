#!/usr/bin/env bash
# The cells of docs/comparison.md that a command can decide without a network: a row a feature, yes or no a tool.
#
#   benches/features.sh            UNROOT, HADOLINT, TALLY, TRIVY, ZIZMOR and RUFF name binaries; one that is not here is left out
#   benches/features.sh --check    compares them with the page, prints what differs, and fails where something does
# shellcheck disable=SC2317 # the functions are called by eval
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
unroot=${UNROOT:-$root/target/release/unroot}; hadolint=${HADOLINT:-hadolint}; tally=${TALLY:-tally}
trivy=${TRIVY:-trivy}; zizmor=${ZIZMOR:-zizmor}; ruff=${RUFF:-ruff}
unset GH_TOKEN GITHUB_TOKEN ZIZMOR_GITHUB_TOKEN
work=$(mktemp -d) && cd "$work" || exit 2
trap 'rm -rf "$work"' EXIT

file() { mkdir -p "$1" && cat > "$1/$2"; }
d=debian:13-slim; volume=$'VOLUME /data\nCMD ["/a"]'
file none Dockerfile <<< "FROM $d"$'\n''CMD ["/a"]'
file vol Dockerfile <<< "FROM $d"$'\n'"$volume"
file last Dockerfile <<< "FROM $d"$'\nRUN useradd -m app\nUSER root\n'"$volume"
file early Dockerfile <<< "FROM $d AS b"$'\nUSER 1000\n'"FROM $d"$'\n'"$volume"
file late Dockerfile <<< "FROM $d AS b"$'\nUSER root\n'"FROM $d"$'\nUSER 1000\n'"$volume"
file heir Dockerfile <<< "FROM $d AS b"$'\nUSER root\n'"FROM $d AS c"$'\nUSER 1000\nFROM b\n'"$volume"
file fine Dockerfile <<< "FROM $d AS b"$'\nUSER 1000\n'"FROM $d AS c"$'\nUSER root\nFROM b\n'"$volume"
file arg Dockerfile <<< "FROM $d"$'\nARG U=root\nUSER $U\n'"$volume"
file base1 Dockerfile <<< $'FROM gcr.io/distroless/static-debian12:nonroot\n'"$volume"
file base2 Dockerfile <<< $'FROM nginxinc/nginx-unprivileged:1.27\n'"$volume"
file step Dockerfile <<< "FROM $d"$'\nENTRYPOINT ["gosu", "www-data", "/a"]\n'"VOLUME /data"
file ship Dockerfile <<< "FROM $d AS web"$'\nUSER root\nCMD ["/a"]\nFROM web AS dev\nUSER 1000\n'
file ship compose.yaml <<< $'services:\n  web:\n    build: {context: ., target: web}'
file dev Dockerfile <<< "FROM $d AS web"$'\nUSER 1000\nCMD ["/a"]\nFROM web AS dev\nUSER root\n'; cp ship/compose.yaml dev
file unused Dockerfile <<< "FROM $d"$'\n# unroot: ignore nothing\n# hadolint ignore=DL3002\n# tally ignore=DL3002\n#trivy:ignore:AVD-DS-0002\nUSER 1000'
file reason Dockerfile <<< "FROM $d"$'\n# unroot: ignore\nUSER root'
file heredoc Dockerfile <<< "FROM $d"$'\nRUN <<EOF\n# shellcheck disable=SC2086\necho $HOME $x\nEOF'
file shell Dockerfile <<< "FROM $d"$'\nRUN echo $HOME $x'
file silent Dockerfile <<< "FROM $d"$'\n# unroot: ignore it must\n# tally ignore=DL3002\nUSER root\nCMD ["/a"]'
file hint Dockerfile <<< "FROM $d"$'\n# hadolint ignore=DL3002\nUSER root'
file w a.yml <<< $'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.head_commit.message }}'
file wi a.yml <<< $'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "true" # zizmor: ignore[artipacked]'
file wc a.yml <<< $'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4 # zizmor: ignore[artipacked, unpinned-uses]'
file p a.py <<< 'import os'
file pok a.py <<< 'import os  # noqa: F401'
file idle Dockerfile <<< "FROM $d"$'\n#trivy:ignore:AVD-DS-0002\nUSER root'
file tfsec Dockerfile <<< "FROM $d"$'\n#tfsec:ignore:AVD-DS-0002\nUSER root'
file past Dockerfile <<< "FROM $d"$'\n#trivy:ignore:AVD-DS-0002:exp:2020-01-01\nUSER root'
file pi a.py <<< 'x = 1  # noqa: F401'
for folder in last w p; do cp -r "$folder" "near-$folder"; done
file near-p/sub ruff.toml <<< 'lint.ignore = ["F401"]'; cp p/a.py near-p/sub
file near-last/sub .hadolint.yaml <<< 'ignored: [DL3002]'; cp last/Dockerfile near-last/sub; cp last/Dockerfile near-last/sub/a.Dockerfile
file near-last/sub .tally.toml <<< $'[rules.hadolint.DL3002]\nseverity = "off"'
file near-last/sub trivy.yaml <<< 'format: json'
file near-last/sub unroot.toml <<< $'[rules]\nruns-as-root = "off"\nvolume-of-root = "off"'
git init -q near-w; mkdir near-w/sub; cp w/a.yml near-w/sub
file near-w/sub zizmor.yml <<< $'rules:\n  template-injection: {disable: true}'

u() { "$unroot" "$@"; }
h() { "$hadolint" --no-color "$@"; }
t() { "$tally" lint --slow-checks off "$@"; }
v() { "$trivy" --quiet config --skip-check-update "$@"; }
z() { "$zizmor" --offline --quiet "$@"; }
r() { "$ruff" check --no-cache "$@"; }
H() { "$hadolint" "$@"; }
T() { "$tally" "$@"; }
V() { "$trivy" "$@"; }
Z() { "$zizmor" "$@"; }
R() { "$ruff" "$@"; }
# Succeeds when the tool says that the folder's Dockerfile makes an image that runs as root.
found() {
    case $1 in
        u) ! u check "$2/Dockerfile" ;;
        h) h "$2/Dockerfile" | grep -q DL3002 ;;
        t) t -f json "$2/Dockerfile" | grep -qE 'DL3002|stateful-root-runtime|user-created-but-never-used' ;;
        v) v -f json "$2" | grep -qE '"ID": "(DS-0002|DS002)"' ;;
    esac
}
all() { local tool=$1 case; shift; for case; do case $case in -*) ! found "$tool" "${case#-}" ;; *) found "$tool" "$case" ;; esac || return 1; done; }
ends() { local wanted=$1; shift; "$@"; [ $? = "$wanted" ]; }
writes() { local of=$1; shift; cp -r "$of" run; "$@"; ! diff -r "$of" run; local changed=$?; rm -rf run; return "$changed"; }

differ=0
tools=(unroot hadolint tally trivy zizmor ruff)
[ "${1:-}" = --check ] || { printf '| | %s | %s | %s | %s | %s | %s |\n|---|---|---|---|---|---|---|\n' "${tools[@]}"; }
# row LABEL COMMAND...: one for each tool, in their order; a cell stays empty where there is none, or no such tool.
row() {
    local label=$1 line="| $1 |" tool cell page i=0; shift
    for tool in "${tools[@]}"; do
        cell='' page=''
        if [ -n "${1:-}" ] && command -v "${!tool}" > /dev/null; then
            if (eval "$1") > /dev/null 2>&1 < /dev/null; then cell=yes; else cell=no; fi
        fi
        line+=" $cell |"; shift; i=$((i + 1))
        [ "$check" = --check ] || continue
        page=$(awk -F' *[|] *' -v label="$label" -v cell="$i" '$2 == label { print $(cell + 2); exit }' "$root/docs/comparison.md")
        page=${page%%[[,: ]*}
        case $cell/$page in yes/no | no/yes) echo "$label, $tool: $cell, and the page says $page"; differ=1 ;; */) [ -z "$cell" ] || { echo "$label, $tool: not on the page"; differ=1; } ;; esac
    done
    [ "$check" = --check ] || echo "$line"
}
check=${1:-}
each() { row "$1" "all u $2" "all h $2" "all t $2" "all v $2"; }

each 'USER root at the end' last
each 'no USER at all' none
each 'earlier stages do not count' 'early -late'
each 'a stage built on another takes its user' 'heir -fine'
each 'an ARG in USER' arg
each 'the user that the base image brings' 'vol -base1 -base2'
each 'gosu and its kin in the start command' 'vol -step'
each 'the stage that compose or bake builds' 'ship -dev'
row 'writes fixes' 'writes last u fix --unsafe run' 'h --help | grep -q -- --fix' 'writes last t --fix --fix-unsafe run/Dockerfile' 'v --help | grep -qE -- "--fix\b"' 'writes w z --fix=all run/a.yml' 'writes p r --fix run'
row 'safe and unsafe fixes told apart' 'u fix --help | grep -q -- --unsafe' 'false' 't --help | grep -q -- --fix-unsafe' 'false' 'z --help | grep -q unsafe-only' 'r --help | grep -q -- --unsafe-fixes'
row 'shows a fix as a diff, and writes nothing' 'u diff --unsafe none | grep -q ^+USER' 'h --help | grep -q -- --diff' 't --help | grep -q -- --diff' 'v --help | grep -q -- --diff' 'z --help | grep -q -- --diff' 'r --diff p | grep -q ^-import'
row 'fixes standard input to standard output' 'u fix --unsafe - < none/Dockerfile | grep -q ^USER' 'false' 't --fix - < last/Dockerfile | grep -q ^RUN' 'false' 'z --fix=all - < w/a.yml | grep -q ^on' 'r --fix - < pi/a.py | grep -q ^x'
row 'fixes of chosen rules only' 'u fix --help | grep -qE -- "--(fix-)?(rule|select)"' 'false' 't --help | grep -q -- --fix-rule' 'false' 'z --help | grep -qE -- "--(fix-)?(rule|select)"' 'r --help | grep -q -- --fixable'
row 'text with the lines of the file' 'u check last | grep -q "| USER root"' 'h last/Dockerfile | grep -q "USER root"' 't last/Dockerfile | grep -q "USER root"' 'v last | grep -q "USER root"' 'z w/a.yml | grep -q "| .*run: echo"' 'r p | grep -q "| import os"'
row 'JSON' 'u check --format json last | jq -e .' 'h -f json last/Dockerfile | jq -e .' 't -f json last/Dockerfile | jq -e .' 'v -f json last | jq -e .' 'z --format json w/a.yml | jq -e .' 'r --output-format json p | jq -e .'
row 'SARIF' 'u check --format sarif last | grep -q 2.1.0' 'h -f sarif last/Dockerfile | grep -q 2.1.0' 't -f sarif last/Dockerfile | grep -q 2.1.0' 'v -f sarif last | grep -q 2.1.0' 'z --format sarif w/a.yml | grep -q 2.1.0' 'r --output-format sarif p | grep -q 2.1.0'
row 'SARIF with fixes' 'u check --format sarif last | grep -q deletedRegion' 'h -f sarif last/Dockerfile | grep -q deletedRegion' 't -f sarif last/Dockerfile | grep -q deletedRegion' 'v -f sarif last | grep -q deletedRegion' 'z --format sarif w/a.yml | grep -q deletedRegion' 'r --output-format sarif p | grep -q deletedRegion'
row 'GitHub annotations' 'u check --format github last | grep -q ^::error' 'h -f github last/Dockerfile | grep -q ^::' 't -f github-actions last/Dockerfile | grep -q ^::warning' 'v -f github last | grep -q ^::' 'z --format github w/a.yml | grep -q ^::error' 'r --output-format github p | grep -q ^::error'
row 'GitLab Code Quality' 'u check --format gitlab last | grep -q fingerprint' 'h -f gitlab_codeclimate last/Dockerfile | grep -q fingerprint' 't -f gitlab last/Dockerfile | grep -q fingerprint' 'v -f gitlab last | grep -q fingerprint' 'z --format gitlab w/a.yml | grep -q fingerprint' 'r --output-format gitlab p | grep -q fingerprint'
row 'reviewdog, with suggestions' 'u check --format rdjsonl last | grep -q suggestions' 'h -f rdjson last/Dockerfile | grep -q suggestions' 't -f rdjson last/Dockerfile | grep -q suggestions' 'v -f rdjson last | grep -q suggestions' 'z --format rdjson w/a.yml | grep -q suggestions' 'r --output-format rdjson p | grep -q suggestions'
row 'JUnit' 'u check --format junit last | grep -q "<testsuite"' 'h -f junit last/Dockerfile | grep -q "<testsuite"' 't -f junit last/Dockerfile | grep -q "<testsuite"' 'v -f junit last | grep -q "<testsuite"' 'z --format junit w/a.yml | grep -q "<testsuite"' 'r --output-format junit p | grep -q "<testsuite"'
row 'Markdown' 'u check --format markdown last | grep -q "^|"' 'h -f markdown last/Dockerfile | grep -q "^|"' 't -f markdown last/Dockerfile | grep -q "^|"' 'v -f markdown last | grep -q "^|"' 'z --format markdown w/a.yml | grep -q "^|"' 'r --output-format markdown p | grep -q "^|"'
row 'several in one run' 'u check -o json=o1 -o sarif=o2 last; test -s o1 -a -s o2' 'h -f json -o o3 -f sarif -o o4 last/Dockerfile; test -s o3 -a -s o4' 't -f json -o o5 -f sarif -o o6 last/Dockerfile; test -s o5 -a -s o6' 'v -f json -o o7 -f sarif -o o8 last; test -s o7 -a -s o8' 'z --format json --format sarif w/a.yml' 'r --output-format json -o o9 --output-format sarif -o o10 p; test -s o9 -a -s o10'
row 'the nearest file above the input counts' 'u check near-last/sub/Dockerfile && ! u check near-last/Dockerfile' '(cd near-last && ! h sub/Dockerfile | grep -q DL3002)' '(cd near-last && ! t sub/Dockerfile | grep -q DL3002)' '(cd near-last && v sub | jq -e .)' '(cd near-w && ! z sub/a.yml | grep -q template-injection)' '(cd near-p && r a.py | grep -q F401; r sub | grep -q passed)'
row 'rules on and off at the command line' 'u check --help | grep -qE -- "--(ignore|select) "' 'ends 1 h last/Dockerfile && ! h --ignore DL3002 last/Dockerfile | grep -q DL3002' '! t --ignore "hadolint/*" last/Dockerfile | grep -q DL3002' 'v --help | grep -qE -- "--(ignore|select|skip-check|disable) "' 'z --help | grep -qE -- "--(ignore|select|disable) "' 'r --ignore F401 p'
row 'shows what counts' 'u config show none | grep -q default' 'h --help | grep -q show' 't --help | grep -q show-settings' 'v --help | grep -q show-settings' 'z --help | grep -q show-settings' 'r --show-settings p | grep -q F401'
row 'writes a first configuration' 'cp -r none new && u init new && test -s new/unroot.toml' 'h --help | grep -q -- "--init"' 'T --help | grep -q "^ *init"' 'v --generate-default-config none && test -s trivy-default.yaml' 'z --help | grep -q -- "--init"' 'R --help | grep -q "^ *init"'
row 'reads the shell in RUN with ShellCheck' 'u check --fail-on note shell | grep -q SC2086' 'h shell/Dockerfile | grep -q SC2086' 't shell/Dockerfile | grep -q SC2086' 'v shell | grep -q SC2086' '' ''
row 'comments in the file' 'u check silent' '! h hint/Dockerfile | grep -q DL3002' '! t -f json silent/Dockerfile | grep -q hadolint/DL3002' '! found v idle' 'z wc/a.yml' 'r pok'
row 'a reason is demanded' 'u check reason | grep -q invalid-suppression' 'h hint/Dockerfile | grep -q DL3002' '' 'v idle | grep -q DS-0002' '! z wi/a.yml' '! r pok'
row 'a comment that does nothing is reported' 'u check --fail-on never unused | grep -q unused-suppression' '! h unused/Dockerfile' '' 'v unused | grep -q "DS-0002"' '! z wi/a.yml' 'r pi | grep -q RUF100'
row 'comments for other tools count' 'u check hint' '! h heredoc/Dockerfile | grep -q SC2086' '! t -f json hint/Dockerfile | grep -q hadolint/DL3002' '! found v tfsec' '' 'r pok'
row 'a comment ends at a date' '' '' '' 'v past | grep -q DS-0002 && ! v idle | grep -q DS-0002' '' ''
row 'a baseline file' 'u check --write-baseline b.json last && u check --baseline b.json last' 'h --help | grep -q baseline' 't --help | grep -q baseline' 'v --help | grep -q baseline' 'z --help | grep -q baseline' 'r --help | grep -q baseline'
row 'only files changed since a revision' 'u check --help | grep -q -- --diff-base' 'h --help | grep -qiE "revision|since"' 't --help | grep -qiE "revision|since"' 'v --help | grep -qiE "revision|since"' 'z --help | grep -qiE "revision|since"' 'r --help | grep -qiE "revision|since"'
row 'checks standard input' 'u check - < last/Dockerfile | grep -q runs-as-root' 'h - < last/Dockerfile | grep -q DL3002' 't - < last/Dockerfile | grep -q DL3002' 'v - < last/Dockerfile | grep -q DS-0002' 'z - < w/a.yml | grep -q template-injection' 'r - < p/a.py | grep -q F401'
row 'searches folders' 'u check last | grep -q runs-as-root' 'h last | grep -q DL3002' 't last | grep -q DL3002' 'v last | grep -q DS-0002' '' 'r p | grep -q F401'
row 'language server' 'u lsp --help' 'h --help | grep -qi lsp' 'T lsp --help' 'V --help | grep -qi "language server"' 'z --help | grep -q -- --lsp' 'R server --help'
row 'completions for shells' 'u completions bash | grep -q complete' 'H --bash-completion-script x | grep -q complete' 'T completion bash | grep -q complete' 'V completion bash | grep -q complete' 'Z --completions bash | grep -q complete' 'R generate-shell-completion bash | grep -q complete'
row 'prints a manual page' 'u man | grep -q ^.TH' 'h man | grep -q ^.TH' 'T man | grep -q ^.TH' 'V man | grep -q ^.TH' 'z man | grep -q ^.TH' 'R man | grep -q ^.TH'
row 'explains a rule' 'u explain runs-as-root | grep -q WHY' 'h --help | grep -qi explain' 't --help | grep -qi explain' 'v --help | grep -qi explain' 'z --help | grep -qi explain' 'R rule F401 | grep -q Why'
row 'watches files' 'u check --help | grep -q -- --watch' 'h --help | grep -q -- --watch' 't --help | grep -q -- --watch' 'v --help | grep -q -- --watch' 'z --help | grep -q -- --watch' 'r --help | grep -q -- --watch'
row 'what counts as failed can be chosen' 'u check --fail-on never last' 'h -t error last/Dockerfile' 't --fail-level error last/Dockerfile' 'ends 7 v --exit-code 7 last && v --exit-code 7 --severity CRITICAL last' '! z w/a.yml && z --min-confidence high --min-severity high wi/a.yml' 'r --help | grep -qiE -- "--(fail|severity)"'
row 'can end with 0 whatever is found' 'u check --exit-zero last' 'h --no-fail last/Dockerfile' 't --fail-level none last/Dockerfile' 'v last' 'z --no-exit-codes w/a.yml' 'r --exit-zero p'
row 'findings and failures have other codes' 'ends 1 u check last && ends 2 u check --nonsense' 'ends 1 h last/Dockerfile && ! ends 1 h -c nothing.yaml last/Dockerfile' 'ends 1 t last/Dockerfile && ends 2 t -c nothing.toml last/Dockerfile' 'ends 7 v --exit-code 7 last && ends 1 v nothing' 'ends 14 z w/a.yml && ends 1 z nothing.yml' 'ends 1 r p && ends 2 r --config nothing.toml p'
exit "$differ"
