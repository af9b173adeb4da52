#!/bin/sh
set -eu
if [ ! -f /var/lib/ledger/accounts ]; then
  printf 'cash 0\nbank 0\n' > /var/lib/ledger/accounts
  echo "$(date -u +%FT%TZ) made the accounts" >> /var/log/ledger/ledger.log
fi
echo "ledger holds $(wc -l < /var/lib/ledger/accounts) accounts"
exec "$@"
