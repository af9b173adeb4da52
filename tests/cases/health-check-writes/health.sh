#!/bin/sh
set -e
date > /var/log/last-check
