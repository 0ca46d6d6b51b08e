"""Fixtures of all tests: tiny rooms written from a few rows, and the demo target opened once."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tiny import Rows, open_tiny, write_deal

from diligence.dataroom.room import Room, open_room
from diligence.facts.acquisition import acquisition
from diligence.facts.analysis import Analysis
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality


@pytest.fixture
def tiny_room(tmp_path: Path) -> Callable[..., Room]:
    """Write a room of a few rows with its deal file, and open it."""
    numbers = count()

    def build(revenue: Rows | None = None, **more: Any) -> Room:
        return open_tiny(tmp_path / f"tiny{next(numbers)}", revenue, **more)

    return build


@pytest.fixture
def tiny_deal(tmp_path: Path) -> Callable[..., Path]:
    """Write a room of a few rows with its deal file, and give the file."""
    numbers = count()

    def build(revenue: Rows | None = None, **more: Any) -> Path:
        return write_deal(tmp_path / f"deal{next(numbers)}", revenue, **more)

    return build


@pytest.fixture(scope="session")
def demo_room() -> Room:
    """The demo target, opened once; nobody writes to it."""
    return open_room("demo")


@pytest.fixture(scope="session")
def demo_quality(demo_room: Room) -> Analysis:
    """Revenue quality of the demo."""
    return revenue_quality(demo_room)


@pytest.fixture(scope="session")
def demo_data(demo_room: Room) -> Analysis:
    """The facts of the demo's data room."""
    return data_room(demo_room)


@pytest.fixture(scope="session")
def demo_acquisition(demo_room: Room) -> Analysis:
    """The acquisition of the demo."""
    return acquisition(demo_room)
