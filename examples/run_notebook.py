"""Runs a notebook's code cells in order and stores what they show: `python examples/run_notebook.py FILE...`

Jupyter does the same and more; this needs nothing but Python, so that the examples can be tested and their
outputs renewed anywhere. Like Jupyter, the last line of a cell is shown if it is an expression.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells with code, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run all code cells in one namespace, which is returned; outputs are written into the cells."""
    names: dict[str, Any] = {}
    for count, cell in enumerate(code_cells(notebook), 1):
        shown = _run_cell("".join(cell["source"]), f"<cell {count}>", names)
        cell["execution_count"] = count
        cell["outputs"] = [] if shown is None else [_output(shown, count)]
    return names


def _run_cell(source: str, name: str, names: dict[str, Any]) -> Any:
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)  # noqa: S102 - a notebook is code
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307


def _output(shown: Any, count: int) -> dict[str, Any]:
    data = {"text/plain": repr(shown).splitlines(keepends=True)}
    as_html = getattr(shown, "_repr_html_", None)
    if as_html is not None:
        data["text/html"] = as_html().splitlines(keepends=True)
    return {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}


def main(paths: list[str]) -> None:
    """Run notebooks and write them back with their outputs."""
    for path in map(Path, paths):
        notebook = json.loads(path.read_text("utf-8"))
        run(notebook)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
