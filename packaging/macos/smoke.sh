#!/bin/sh
# What a user does with the image, on a Mac: smoke.sh IMAGE. Installs into a directory of its own, and touches no
# settings and no profile of this Mac's; the Keychain gets one item, and loses it again.
set -eu
image=$1
place=$(mktemp -d)
export PKCC_CONFIG_DIR="$place/own" CLAUDE_CONFIG_DIR="$place/claude settings" PKCC_SECRETS=keyring
tray=
finish() {
  [ -z "$tray" ] || kill "$tray" 2>/dev/null || true
  hdiutil detach -quiet "$place/image" 2>/dev/null || true
  rm -rf "$place"
}
trap finish EXIT

echo "== install"
hdiutil attach -quiet -nobrowse -readonly -mountpoint "$place/image" "$image"
mkdir "$place/Applications"
cp -R "$place/image/pkcc-tray.app" "$place/Applications/"
plutil -lint "$place/Applications/pkcc-tray.app/Contents/Info.plist"
codesign --verify --deep --strict "$place/Applications/pkcc-tray.app"
mkdir "$place/bin"
ln -s "$place/Applications/pkcc-tray.app/Contents/MacOS/pkcc-tray" "$place/bin/pkcc-tray" # as Homebrew does
PATH="$place/bin:$PATH"
pkcc-tray --version

echo "== the main job"
env -u PKCC_SECRETS pkcc-tray demo >/dev/null

echo "== the Keychain"
printf 'pk-smoke-test' | pkcc-tray add smoke --provider @test --key-stdin
test "$(pkcc-tray key print smoke)" = pk-smoke-test
pkcc-tray switch smoke
grep -q apiKeyHelper "$CLAUDE_CONFIG_DIR/settings.json"
pkcc-tray off

echo "== the tray"
pkcc-tray tray >"$place/said" 2>&1 &
tray=$!
tries=0
until grep -q 'icon by' "$place/own/state/tray.log" 2>/dev/null; do
  tries=$((tries + 1))
  if [ $tries -gt 60 ] || ! kill -0 "$tray"; then
    cat "$place/said"
    exit 1
  fi
  sleep 0.5
done
pkcc-tray switch smoke
pkcc-tray off
pkcc-tray key remove smoke --force
kill -TERM "$tray"
wait "$tray"
tray=
cat "$place/own/state/tray.log"
if grep -qE 'fault|Traceback' "$place/own/state/tray.log"; then
  echo "the tray's log tells of a fault" >&2
  exit 1
fi
echo "== done"
