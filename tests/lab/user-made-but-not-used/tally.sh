# Counts up in a file, and starts where it ended the last time.
count=$(cat count 2> /dev/null || echo 0)
while true; do
  count=$((count + 1))
  echo "$count" > count.new && mv count.new count
  echo "tally is $count"
  sleep 1
done
