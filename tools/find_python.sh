#!/bin/sh
# Prints the interpreter the environment is built from: the argument when one is given, else the first of python3.12,
# python3.11, python3 and python that is Python >= 3.11. Candidates are run, not only looked up, because version managers
# leave launchers on PATH for versions that are not active.

probe='import ensurepip, sys, venv; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)'

for candidate in ${1:-python3.12 python3.11 python3 python}; do
    if found=$("$candidate" -c "$probe" 2>/dev/null); then
        echo "$found"
        exit 0
    fi
done

if [ -n "$1" ]; then
    echo "PYTHON=$1 is not a Python >= 3.11 with the venv and ensurepip modules." >&2
else
    echo "No Python >= 3.11 with the venv and ensurepip modules is on PATH (tried python3.12, python3.11, python3, python)." >&2
fi
echo "Install one (Debian and Ubuntu ship the modules apart, as python3-venv), or name it: make install PYTHON=/path/to/python3.12" >&2
exit 1
