#!/bin/sh
crond -f -l 8
