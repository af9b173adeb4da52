#!/bin/sh
set -e
mkdir -p /site/public
sed "s/@TITLE@/$TITLE/" /site/page.html > /site/public/index.html
echo "serving $TITLE"
exec "$@"
