#!/bin/bash
# The peers that the benchmarks compare with live in their own environment, so that a second GDAL
# never meets QGIS's in one process.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=.venv-bench/.ready
if [ -e "$stamp" ] && [ "$stamp" -nt benchmarks/requirements.txt ]; then exit 0; fi
test -x .venv-bench/bin/python || /usr/bin/python3 -m venv .venv-bench
.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
touch "$stamp"
