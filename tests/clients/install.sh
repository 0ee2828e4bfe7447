#!/bin/sh
# The programs that others wrote and that tests/clients drives: Debian packages (chromium for the web client), and npm's irc-framework into .cache/.
# Only root can install; without it, the tests that need a missing program say so and are skipped.
set -eu
cd "$(dirname "$0")/../.."

PACKAGES="chromium tmux irssi weechat-curses weechat-plugins profanity finch libpurple0 libpurple-bin python3-dbus dbus coturn"
missing=""
for package in $PACKAGES; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing$missing"
        # shellcheck disable=SC2086
        apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
            echo "That did not work: tests of real clients that need them are skipped"
    else
        echo "Not root: tests of real clients are skipped that need$missing"
    fi
fi

if command -v npm >/dev/null; then
    if [ ! -d .cache/npm/node_modules/irc-framework ]; then
        npm install --prefix .cache/npm --silent --no-audit --no-fund --ignore-scripts irc-framework@4.14.0 ||
            echo "npm cannot install irc-framework: its tests are skipped"
    fi
else
    echo "No npm: the tests with irc-framework are skipped"
fi
