#!/bin/sh
set -e
docker build --target web .
