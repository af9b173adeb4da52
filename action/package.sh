#!/usr/bin/env bash
# Packs a built unroot the way install.sh expects it: package.sh BINARY VERSION TARGET FOLDER
set -euo pipefail

binary=$1 version=$2 target=$3 folder=$4
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name="unroot-$version-$target"

mkdir -p "$folder/$name"
cp "$binary" "$folder/$name/unroot"
chmod 755 "$folder/$name/unroot"
cp "$source_folder"/{README.md,LICENSE-APACHE,LICENSE-MIT} "$folder/$name"
tar -czf "$folder/$name.tar.gz" -C "$folder" "$name"
rm -r "${folder:?}/$name"
cd "$folder"
if command -v sha256sum >/dev/null; then
    sha256sum "$name.tar.gz"
else
    shasum -a 256 "$name.tar.gz"
fi > "$name.tar.gz.sha256"
