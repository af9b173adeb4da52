#!/bin/sh
# ours
