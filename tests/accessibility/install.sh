#!/usr/bin/env bash
# Installs what the tests of this folder look at pages with into the folder $1: axe-core, and a browser.
# For Debian and Ubuntu, as root where the browser is missing; what is there already is left as it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?name the folder to install into}"
cd "$1"

apt_packages=()
command -v chromium >/dev/null || apt_packages+=(chromium)
command -v npm >/dev/null || apt_packages+=(npm)
if [ ${#apt_packages[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${apt_packages[@]}" >/dev/null
fi

if ! cmp --silent "$here/package-lock.json" installed.lock; then
  cp "$here/package.json" "$here/package-lock.json" .
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp "$here/package-lock.json" installed.lock
fi
