#!/usr/bin/env bash
# Puts the unroot that the Action runs in place and names it in the output `binary`.
#
#   UNROOT_VERSION       a release like 0.1.0, `source`, `path`, or empty: the version of the Action's own source,
#                        as a release where there is one, else built
#   UNROOT_DOWNLOAD_URL  the folder of the releases, https:// or file://; empty: the project's on github.com.
#                        It is not derived from GITHUB_SERVER_URL, nor from the repository that the Action was taken
#                        from: on an Enterprise server neither has releases, and a fork's are not ours.
#
# A release counts only with its checksum. What cannot be verified is never run.
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/unroot-action"
releases=https://github.com/unroot/unroot/releases/download

# Ends the step with a message. Nothing that comes from outside may end the command early.
fail() {
    local text=${1//'%'/%25}
    text=${text//$'\r'/%0D}
    # The runner reads standard error, too, and no $(...) takes that away.
    printf '::error title=unroot::%s\n' "${text//$'\n'/%0A}" >&2
    exit 1
}

# The version that Cargo.toml of the Action's own source has.
source_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$source_folder/Cargo.toml" | head -n 1
}

# The name of this machine as Rust has it.
target() {
    case "$(uname -s)/$(uname -m)" in
        Linux/x86_64 | Linux/amd64) echo x86_64-unknown-linux-musl ;;
        Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-musl ;;
        Darwin/x86_64) echo x86_64-apple-darwin ;;
        Darwin/arm64 | Darwin/aarch64) echo aarch64-apple-darwin ;;
        *) fail "there is no release for $(uname -s) on $(uname -m); set the input version to source or path" ;;
    esac
}

# Downloads URL to FILE: 0 done, 1 it is not there. Anything else ends the step, after some tries.
download() {
    local url=$1 file=$2 code
    case "$url" in
        file://*)
            [ -e "${url#file://}" ] || return 1
            cp "${url#file://}" "$file" || fail "cannot copy $url"
            return 0
            ;;
    esac
    code=$(curl --proto '=https' --proto-redir '=https' --tlsv1.2 --silent --show-error --location \
        --retry 4 --retry-connrefused --max-time 300 --output "$file" --write-out '%{http_code}' -- "$url") ||
        fail "cannot download $url"
    case "$code" in
        200) return 0 ;;
        404) return 1 ;;
        *) fail "cannot download $url: the server answered $code" ;;
    esac
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

# Installs the release VERSION: 0 done, 1 there is none. Called where `set -e` means nothing.
release() {
    local version=$1 machine name archive wanted found
    machine=$(target) || exit 1
    name="unroot-$version-$machine"
    archive="$work/$name.tar.gz"
    download "$releases/v$version/$name.tar.gz.sha256" "$archive.sha256" || return 1
    download "$releases/v$version/$name.tar.gz" "$archive" ||
        fail "the release $version has a checksum for this machine, and no archive"
    wanted=$(head -n 1 "$archive.sha256" | cut -d ' ' -f 1)
    [[ $wanted =~ ^[0-9a-f]{64}$ ]] || fail "the checksum of $name.tar.gz is none"
    found=$(sha256 "$archive")
    [ "$wanted" = "$found" ] || fail "$name.tar.gz has the checksum $found, and should have $wanted"
    tar -xzf "$archive" -C "$work" || fail "cannot unpack $name.tar.gz"
    binary="$work/$name/unroot"
    [ -x "$binary" ] || fail "$name.tar.gz holds no unroot"
}

build() {
    command -v cargo >/dev/null ||
        fail "there is no release to download, and no cargo to build the source with; set the input version"
    CARGO_TARGET_DIR="$work/target" cargo install --locked --quiet --path "$source_folder" --root "$work/source"
    binary="$work/source/bin/unroot"
}

version=${UNROOT_VERSION:-}
case "${UNROOT_DOWNLOAD_URL:-}" in
    '') ;;
    https://* | file://*) releases=${UNROOT_DOWNLOAD_URL%/} ;;
    *) fail "input download-url: write it as https:// or file://" ;;
esac
mkdir -p "$work"

case "$version" in
    path)
        binary=$(command -v unroot) || fail "input version: there is no unroot in PATH"
        ;;
    source)
        build
        ;;
    '')
        version=$(source_version)
        release "$version" || build
        ;;
    *)
        version=${version#v}
        [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
            fail "input version: write it as 0.1.0, or source, or path"
        release "$version" || fail "there is no release $version of unroot for this machine"
        ;;
esac

"$binary" --version
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    echo "binary=$binary" >> "$GITHUB_OUTPUT"
fi
