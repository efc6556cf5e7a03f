#!/usr/bin/env bash
# Installs what the tests of this folder look at pages with into the folder $1: axe-core, and a browser.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../support/install_browser.sh"

if is_outdated; then
  npm ci "${quiet[@]}"
  cp "$here/package-lock.json" installed.lock
fi
