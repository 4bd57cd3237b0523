#!/bin/sh
# Removes from a node_modules what no program reads: types, sources of TypeScript (which Node does
# not run there), maps and manuals. Licences stay.
set -eu
find "${1:?Say which node_modules to make slim}" -type f \( \
  -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.flow' -o -name '*.md' -o -name '*.markdown' \
  \) ! -iname 'licen[cs]e*' -delete
