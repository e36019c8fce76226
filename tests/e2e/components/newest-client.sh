#!/bin/sh
# Installs the newest Claude Code that npm has into <repository>/.components/newest-client, and prints its path.
# Nothing of it is pinned: that is what it is for. Only the program itself is fetched, and no script of it run.
set -eu

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-arm64) platform=darwin-arm64 ;;
    Darwin-x86_64) platform=darwin-x64 ;;
    *) echo "newest-client.sh knows no Claude Code for this machine" >&2; exit 2 ;;
esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=$(CDPATH='' cd -- "$here/../../.." && pwd)/.components/newest-client
package=@anthropic-ai/claude-code-$platform
client=$target/node_modules/$package/claude

# npm's cache and settings get a home of their own, removed afterwards.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
trap 'exit 1' HUP INT TERM
npm_at_home() { (cd "$home" && HOME=$home npm_config_cache=$home/cache npm_config_update_notifier=false npm "$@"); }

version=$(npm_at_home view @anthropic-ai/claude-code version)
mkdir -p "$target"
if [ ! -x "$client" ] || [ "$(cat "$target/version" 2>/dev/null)" != "$version" ]; then
    npm_at_home install --prefix "$target" --no-save --ignore-scripts --no-audit --no-fund --silent \
        "$package@$version" >&2
    printf '%s\n' "$version" > "$target/version"
fi
echo "Claude Code $version, the newest that npm has" >&2
echo "$client"
