"""Run by an interpreter that has nbclient, HyperSpy, exSpy, pandas and cellpy: a notebook from top to bottom.

Usage: OPERANDO_RUN=RUN_FOLDER python run_notebook.py NOTEBOOK
"""

import sys

import nbformat
from nbclient import NotebookClient

read = nbformat.read(sys.argv[1], as_version=4)  # type: ignore[no-untyped-call]  # its package is not annotated
NotebookClient(read, timeout=600, kernel_name="python3").execute()
drawn = sum("image/png" in output.get("data", {}) for cell in read.cells for output in cell.get("outputs", ()))
if drawn < 3:
    sys.exit(f"{sys.argv[1]} drew {drawn} figures, at least 3 were expected")
print(f"{sys.argv[1]}: ran, {drawn} figures")
