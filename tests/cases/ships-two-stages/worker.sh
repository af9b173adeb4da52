#!/bin/sh
exec sleep 1d
