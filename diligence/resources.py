"""Where notebooks, templates and the demo lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Give the folder ``notebooks``, ``templates`` or ``data`` of this installation."""
    inside = _PACKAGE / "shipped" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def demo_deal() -> Path:
    """Give the deal file of the demo target."""
    return shipped("data") / "demo" / "deal.toml"
