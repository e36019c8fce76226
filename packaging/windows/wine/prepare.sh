#!/usr/bin/env bash
# A Wine prefix with a Windows Python in it, for building and testing the Windows packages on Debian.
# For tests only: a release is built with python.org's Python on a Windows machine (packaging/README.md).
#   prepare.sh RIG      makes RIG/ (1 GB), or brings it up to date; prints nothing when there is nothing to do
# Needs: wine64, gcc-mingw-w64-x86-64, a CPython 3.11 as python3 (its pure-Python standard library), and uv.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
rig=$1
uv=${UV:-$root/.venv/bin/uv}
python3=${PYTHON:-$root/.venv/bin/python}

wanted=$(cat "$here"/{prepare.sh,python.lock,tests.lock,python.c,bcryptprimitives.c} "$here/../requirements.lock" | sha256sum)
[ "$(cat "$rig/.made-of" 2>/dev/null)" = "$wanted" ] && exit 0

"$python3" -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "the rig needs CPython 3.11 as python3")'
rm -rf "$rig"
mkdir -p "$rig/download"
mkdir "$rig/home" # Wine puts links to it into the prefix
export HOME="$rig/home" LANG=C.UTF-8 WINEPREFIX="$rig/prefix" WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" DISPLAY=
windows="$WINEPREFIX/drive_c"
python="$windows/python"
for_windows=(--python-platform x86_64-pc-windows-msvc --python-version 3.11 --only-binary :all: --require-hashes --no-deps)

echo "Making a Wine prefix with a Windows Python in $rig …"
/usr/lib/wine/wine64 wineboot --init >/dev/null 2>&1
/usr/lib/wine/wineserver -w

"$uv" pip install --quiet "${for_windows[@]}" --target "$rig/download" -r "$here/python.lock"
mkdir -p "$python/DLLs"
cp "$rig"/download/deploy_libs/*.dll "$python/"
cp "$rig"/download/deploy_libs/*.pyd "$python/DLLs/"
rm -rf "$rig/download"

# Only what is the same on every system: no compiled modules, no tests, nothing that was installed.
stdlib=$("$python3" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
mkdir "$python/Lib"
tar -C "$stdlib" --exclude=lib-dynload --exclude=site-packages --exclude=dist-packages --exclude=__pycache__ \
  --exclude=./test --exclude=idlelib --exclude='config-*' -cf - . | tar -C "$python/Lib" -xf -

compile=(x86_64-w64-mingw32-gcc -O2 -s -Wall -Wno-cast-function-type -municode)
"${compile[@]}" "$here/python.c" -o "$python/python.exe"
"${compile[@]}" -mwindows "$here/python.c" -o "$python/pythonw.exe"
x86_64-w64-mingw32-gcc -O2 -s -Wall -shared "$here/bcryptprimitives.c" -ladvapi32 \
  -o "$windows/windows/system32/bcryptprimitives.dll"

# The stable ABI's DLL, which the wheel lacks, only leads on to the versioned one.
stub="$rig/python3"
{
  echo EXPORTS
  x86_64-w64-mingw32-objdump -p "$python/python311.dll" |
    awk '/Ordinal\/Name Pointer/ {names = 1; next} names && $NF ~ /^_?Py/ {print $NF " = python311." $NF}'
} >"$stub.def"
x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,--entry=0 "$stub.def" -o "$python/python3.dll"
rm "$stub.def"

"$uv" pip install --quiet "${for_windows[@]}" --target "$python/Lib/site-packages" \
  -r "$here/../requirements.lock" -r "$here/tests.lock"
echo "$wanted" >"$rig/.made-of"
