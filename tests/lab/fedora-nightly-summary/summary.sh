#!/bin/bash
# Sums the orders of each customer into one file.
set -euo pipefail
declare -A sums
while IFS=, read -r customer amount; do
  sums[$customer]=$(( ${sums[$customer]:-0} + amount ))
done < orders.csv
for customer in "${!sums[@]}"; do
  echo "$customer ${sums[$customer]}"
done | sort > summary.txt
cat summary.txt
