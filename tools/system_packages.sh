#!/bin/bash
# Install the system packages that are missing, and only those. One sentence when that is impossible.
set -euo pipefail

needed=()
command -v qgis >/dev/null && command -v qgis_process >/dev/null || needed+=(qgis)
/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || needed+=(python3-qgis)
/usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
/usr/bin/python3 -c 'import PIL' 2>/dev/null || needed+=(python3-pil)
command -v Xvfb >/dev/null || needed+=(xvfb)
command -v xauth >/dev/null || needed+=(xauth)
command -v pdftoppm >/dev/null || needed+=(poppler-utils)
fc-list :lang=zh 2>/dev/null | grep -q . || needed+=(fonts-noto-cjk fontconfig)
# The English translation is compiled when lrelease is there; Chinese is the source and needs nothing.
wanted=()
command -v lrelease >/dev/null || wanted+=(qttools5-dev-tools)

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && root=(sudo -n)
fi
able=no
if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || [ "${#root[@]}" -gt 0 ]; }; then able=yes; fi

if [ "${#needed[@]}" -eq 0 ] && { [ "${#wanted[@]}" -eq 0 ] || [ "$able" = no ]; }; then exit 0; fi
if [ "$able" = no ]; then
  echo "Please install these packages first (as root: apt-get install ${needed[*]})." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq </dev/null
"${root[@]}" apt-get install -y -qq --no-install-recommends "${needed[@]}" "${wanted[@]}" </dev/null
