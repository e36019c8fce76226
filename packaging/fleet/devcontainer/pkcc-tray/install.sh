#!/bin/sh
# A devcontainer feature: run as root while the image is built, with the feature's options as variables.
# It puts pkcc-tray below /usr/local, and a script there that joins the catalog as the container's user.
set -eu

package=${PACKAGE:-pkcc-tray} source=${SOURCE:-} key=${KEY:-} key_ref=${KEYREF:-env:PORTKEY_API_KEY}
prefix=${PKCC_PREFIX:-/usr/local}

python=$(command -v python3) || { echo "pkcc-tray: there is no python3; add the feature 'python' before" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "pkcc-tray: $("$python" --version) is too old: 3.11 or newer is needed" >&2
    exit 1
}
"$python" -m venv "$prefix/lib/pkcc-tray" || { echo "pkcc-tray: install python3-venv before" >&2; exit 1; }
"$prefix/lib/pkcc-tray/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir "$package"
mkdir -p "$prefix/bin" "$prefix/share/pkcc-tray"
ln -sf "$prefix/lib/pkcc-tray/bin/pkcc-tray" "$prefix/bin/pkcc-tray"

# A word for a script: whatever is in an option stays one argument.
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

{
    echo '#!/bin/sh'
    echo '# Run when the container was made, as its user; a container without the secret starts all the same.'
    if [ -n "$source" ]; then
        printf 'set -- %s --yes --key-ref %s\n' "$(quoted "$source")" "$(quoted "$key_ref")"
        [ -z "$key" ] || printf 'set -- "$@" --key %s\n' "$(quoted "$key")"
        # shellcheck disable=SC2016
        echo '[ -z "${GITHUB_USER:-}" ] || set -- "$@" --input "user=$GITHUB_USER"'
        printf '%s join "$@" || echo "pkcc-tray: not joined; later: pkcc-tray join %s" >&2\n' \
            "$(quoted "$prefix/bin/pkcc-tray")" "SOURCE"
    fi
} >"$prefix/share/pkcc-tray/join"
chmod 755 "$prefix/share/pkcc-tray/join"
