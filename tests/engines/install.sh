#!/usr/bin/env bash
# Installs the engines that these tests start: PostgreSQL, and the Java that Spark runs on. For Debian and Ubuntu, as root.
set -euo pipefail
packages=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || packages+=(postgresql)
command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
if [ ${#packages[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
