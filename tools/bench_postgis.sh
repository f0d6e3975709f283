#!/bin/bash
# PostGIS is a peer of the benchmarks. Install its packages when they are missing and this may be done;
# without them its rows say so, which is no failure. The server that Debian starts on its own is not used.
set -euo pipefail

postgis_there() {
  command -v ogr2ogr >/dev/null && compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null &&
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

postgis_there && exit 0
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && [ "${#root[@]}" -eq 0 ]; }; then
  echo "PostGIS cannot be installed here (no apt-get, or not allowed); its rows will be empty." >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# Debian would start a server of its own for a new installation; the benchmark makes one under build/ instead.
# A file of our own says so while packages are installed; what the package itself brings is not touched.
drop_in=/etc/postgresql-common/createcluster.d/weipian-bench-$$.conf
"${root[@]}" mkdir -p "${drop_in%/*}"
echo 'create_main_cluster = false' | "${root[@]}" tee "$drop_in" >/dev/null
trap '"${root[@]}" rm -f "$drop_in"' EXIT
install() {
  "${root[@]}" apt-get update -qq </dev/null &&
    version=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed -E 's/^postgresql-([0-9]+)-.*/\1/' | sort -n | tail -1) &&
    [ -n "$version" ] &&
    "${root[@]}" apt-get install -y -qq --no-install-recommends "postgresql-$version" "postgresql-$version-postgis-3" gdal-bin </dev/null
}
install || echo "PostGIS could not be installed; its rows will be empty." >&2
