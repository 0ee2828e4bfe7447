#!/bin/sh
# Makes .venv: everything the project needs, as uv.lock says, and nothing outside this directory.
# uv is taken from the PATH, or else installed into .cache/uv.
set -eu
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Dragoman needs Python 3.11 or newer; '$PYTHON' is not. Name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi

# Debian keeps venv's other half, ensurepip, in a package of its own.
need_venv() {
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing the Debian package python3-venv"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null && return
    fi
    echo "Python's venv is missing. Install it: sudo apt-get install python3-venv" >&2
    exit 1
}

if uv --version >/dev/null 2>&1; then
    UV=uv
else
    UV=.cache/uv/bin/uv
    if [ ! -x "$UV" ]; then
        need_venv
        echo "Installing uv into .cache/uv"
        rm -rf .cache/uv
        "$PYTHON" -m venv .cache/uv
        .cache/uv/bin/pip install --quiet uv
    fi
fi

echo "Making .venv as uv.lock says"
"$UV" sync --frozen --quiet --python "$PYTHON"
touch .venv/ready
