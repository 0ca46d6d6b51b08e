"""What the repository shows is what the code gives: nbval runs the committed notebooks of the suite and compares every output."""

import pytest
from committed import SUITE, give_what_they_show


@pytest.mark.slow
def test_the_notebooks_of_the_suite_give_what_they_show() -> None:
    give_what_they_show(SUITE)
