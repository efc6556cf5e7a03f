# Sourced by the scripts that install what tests look at pages with, whose folder is $here, into the folder $1.
# For Debian and Ubuntu, as root where a package is missing; what is there already is left as it is.
mkdir -p "${1:?name the folder to install into}"
cd "$1"

apt_packages=()
command -v chromium >/dev/null || apt_packages+=(chromium)
command -v npm >/dev/null || apt_packages+=(npm)
if [ ${#apt_packages[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${apt_packages[@]}" >/dev/null
fi

# Whether what $here/package-lock.json names is not installed yet; then npm may read it here.
is_outdated() {
  cmp --silent "$here/package-lock.json" installed.lock && return 1
  cp "$here/package.json" "$here/package-lock.json" .
}

quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
