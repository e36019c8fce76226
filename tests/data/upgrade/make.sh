#!/usr/bin/env bash
# Makes the home beside this, and the answers of the commands in it: `make.sh CHECKOUT PYTHON`, with a checkout
# of the version to upgrade from (here 0.1.0, commit edc1c0d) and the Python of its environment.
# The home is /home/someone; the program is /usr/bin/pkcc-tray, as a package installs it. Times are those of
# May 2025: the hour in which values stay blank is over, and the next command takes the blanks out.
set -euo pipefail
data=$(cd "$(dirname "$0")" && pwd)
home=/home/someone checkout=$1 python=$2
mkdir "$home"
trap 'rm -rf "$home"' EXIT
mkdir -p "$home"/{.claude,second,work/{shop,bank}}
cp "$data/settings-before.json" "$home/.claude/settings.json"
cp "$data/second-before.json" "$home/second/settings.json"
cd "$home"

pkcc() {
  env -i HOME="$home" PATH=/usr/bin:/bin PKCC_SECRETS=vault TZ=UTC PYTHONPATH="$checkout" "$python" -c \
    'import sys; sys.frozen, sys.executable = True, "/usr/bin/pkcc-tray"; from tray.__main__ import main; sys.exit(main())' \
    "$@"
}

pkcc add job --provider @anthropic-prod --model claude-sonnet-4-5 --metadata team=core --key-stdin <<<pk-CANARY-of-work
pkcc add home --dialect vertex --config pc-home-1 --model claude-sonnet-4-5@20250929 --label "At home" --key-stdin <<<pk-CANARY-of-home
pkcc target add second second
pkcc trust add http://127.0.0.1:8787 --profile job
pkcc switch home
pkcc switch job
pkcc rename job work
pkcc project add work/shop --metadata project=shop
pkcc project add work/bank --profile home
pkcc project rule add '~/work/acme/**' --metadata project=acme --profile work
pkcc preference on_drift restore
pkcc preference key_cache_minutes 30
sed -i s/claude-sonnet-4-5/claude-opus-4-5/ .claude/settings.json # something else changes the model
pkcc adopt
pkcc set home label "At my home"

"$python" - <<'END'
import pathlib, re, time
earlier = time.time() - 1748736000
for path in pathlib.Path().rglob("*.json"):
    text = path.read_text()
    path.write_text(re.sub(r"\b1\d{9}\.\d+", lambda at: repr(float(at[0]) - earlier), text))
END
rm -rf "$data"/{answers,home}
cp -r "$home" "$data/home"
mkdir "$data/answers"
for question in status list history "project list" "project rule list" "target list" "trust list" "key list" preference; do
  pkcc $question --json >"$data/answers/$question.json"
done
