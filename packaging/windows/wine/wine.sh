#!/usr/bin/env bash
# Runs a Windows program in the rig: wine.sh RIG PROGRAM ARGUMENTS… (its output through pipes: Wine's consoles
# and files as standard handles are refused by some programs).
set -euo pipefail
export LANG=C.UTF-8 WINEPREFIX="$1/prefix" WINEARCH=win64 WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES="mscoree,mshtml="
shift
exec /usr/lib/wine/wine64 "$@"
