"""Fixtures of all tests: tiny rooms written from a few rows, and the demo target opened once."""

import os

# two processes test side by side, one core each; libraries read this when they are loaded
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import whole_run
from hypothesis import settings
from tiny import Rows, open_tiny, write_deal

from diligence.dataroom.room import Room, open_room
from diligence.facts.analysis import Analysis
from diligence.facts.data_room import data_room
from diligence.facts.revenue_quality import revenue_quality

# a first import or a busy machine is no fault of what is tested
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first, so that no process waits for another at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Name the folder that the processes of this session share: above that of each where there are several."""
    base = tmp_path_factory.getbasetemp()
    whole_run.shared[:] = [base.parent if "PYTEST_XDIST_WORKER" in os.environ else base]


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
def of_demo(demo_room: Room, demo_data: Analysis, demo_quality: Analysis) -> Callable[[str], Analysis]:
    """Any analysis of the demo, by the name of its notebook, computed once."""
    found = {analysis.name: analysis for analysis in (demo_data, demo_quality)}

    def analysis(notebook: str) -> Analysis:
        if notebook not in found:
            found[notebook] = whole_run.ANALYSES[notebook](demo_room)
        return found[notebook]

    return analysis


@pytest.fixture(scope="session")
def demo_market(of_demo: Callable[[str], Analysis]) -> Analysis:
    """The market of the demo."""
    return of_demo("03_market")


@pytest.fixture(scope="session")
def demo_offer(of_demo: Callable[[str], Analysis]) -> Analysis:
    """The offer of the demo."""
    return of_demo("04_offer")


@pytest.fixture(scope="session")
def demo_acquisition(of_demo: Callable[[str], Analysis]) -> Analysis:
    """The acquisition of the demo."""
    return of_demo("07_acquisition")
