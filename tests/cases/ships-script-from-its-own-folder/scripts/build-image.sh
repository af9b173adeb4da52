#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

docker build --target prod --tag "acme/app:${1:-latest}" .
