#!/bin/sh
# Prints the C sources and headers of the tree, one per line: for the other scripts in this folder.
find src tests benches -name node_modules -prune -o -name '*.[ch]' -print 2>/dev/null | LC_ALL=C sort
