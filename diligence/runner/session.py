"""Inside a notebook: refuse a parameter that the notebook does not know, where papermill would only warn."""

import ast
import sys
from collections.abc import Sequence

from diligence.errors import InputError, Problem, nearest

INJECTED = "# Parameters"


def check_parameters() -> None:
    """Refuse parameters that were injected and that the notebook's parameters cell does not name.

    Papermill writes injected parameters into a cell of their own, after the notebook's. Outside a notebook this does nothing.

    Raises
    ------
    InputError
        With every unknown parameter, and the known one that was probably meant.
    """
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        refuse_unknown(shell.user_ns.get("In", []))


def refuse_unknown(cells: Sequence[str]) -> None:
    """Compare the names assigned in the first cell that assigns any with those of injected cells."""
    told = [cell for cell in cells if cell.strip()]
    known: list[str] = next((names for cell in told if (names := _assigned(cell)) and not _injected(cell)), [])
    unknown = [name for cell in told if _injected(cell) for name in _assigned(cell) if name not in known]
    if unknown:
        raise InputError(Problem("a parameter of this notebook", f"'{name}'", nearest(name, known), key=name) for name in unknown)


def _injected(cell: str) -> bool:
    return cell.lstrip().startswith(INJECTED)


def _assigned(cell: str) -> list[str]:
    try:
        body = ast.parse(cell).body
    except SyntaxError:
        return []
    targets = [
        node.targets[0] if isinstance(node, ast.Assign) else node.target for node in body if isinstance(node, ast.Assign | ast.AnnAssign)
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]
