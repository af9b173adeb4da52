#!/bin/sh
set -e
ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT/app"
docker buildx build --target prod --load -t acme/app .
