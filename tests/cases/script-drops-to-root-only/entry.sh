#!/bin/sh
exec su-exec root "$@"
