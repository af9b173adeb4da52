#!/bin/sh
# Fills its log fast.
while echo "$(date): all is well"; do sleep 0.1; done
