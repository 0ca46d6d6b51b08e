"""Attribution against games and chains that can be solved by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest

from diligence.errors import InputError
from diligence.metrics.shapley import shapley, shapley_of
from diligence.models.markov_attribution import removal_effects


def coalitions(players: list[str], worth: dict[frozenset[str], float] | None = None, of: object = None) -> pd.DataFrame:
    sets = [frozenset(some) for size in range(1, len(players) + 1) for some in itertools.combinations(players, size)]
    return pd.DataFrame({"coalition": ["+".join(sorted(some)) for some in sets], "worth": [of(some) for some in sets]})  # type: ignore[operator]


def test_glove_game() -> None:
    """One left glove and two right ones: 2/3, 1/6, 1/6 (Shapley 1953; any textbook of cooperative games)."""
    found = shapley(coalitions(["L1", "R2", "R3"], of=lambda some: float("L1" in some and len(some) > 1)))
    assert found["value"].tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)


def test_airport_game() -> None:
    """Runways of 8, 11, 13 and 18: 2, 3, 4 and 9 (Littlechild and Owen 1973, closed form)."""
    costs = {"a": 8.0, "b": 11.0, "c": 13.0, "d": 18.0}
    found = shapley(coalitions(list(costs), of=lambda some: max(costs[one] for one in some)))
    assert found["value"].tolist() == pytest.approx([2.0, 3.0, 4.0, 9.0], abs=1e-12)


def test_against_all_orders_of_arrival() -> None:
    worth = np.random.default_rng(3).normal(size=16)
    worth[0] = 0.0
    mean = np.zeros(4)
    for order in itertools.permutations(range(4)):
        there = 0
        for player in order:
            mean[player] += worth[there | 1 << player] - worth[there]
            there |= 1 << player
    np.testing.assert_allclose(shapley_of(worth), mean / 24, atol=1e-12)
    assert shapley_of(worth).sum() == pytest.approx(worth[-1])


def test_a_coalition_without_worth_is_named() -> None:
    with pytest.raises(InputError, match=r"expected the worth of every coalition, got none of 'a\+b'"):
        shapley(pd.DataFrame({"coalition": ["a", "b"], "worth": [1.0, 2.0]}))


def test_too_many_players_are_refused() -> None:
    with pytest.raises(InputError, match="expected at most 20 players, got 21"):
        shapley(pd.DataFrame({"coalition": [f"p{n}" for n in range(21)], "worth": 1.0}))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_chain_solved_by_hand(order: int) -> None:
    """a > b converts once, a alone fails once, b alone fails twice.

    First order: P(start a) = 1/2, a goes on to b in one of two; b converts in one of three. P = 1/2 x 1/2 x 1/3 + 1/2 x 1/3 = 1/4.
    Without a: 1/2 x 1/3 = 1/6, effect 1/3. Without b: 0, effect 1. With memory b after a always converts and b alone never does:
    P = 1/4, and without a nothing converts.
    """
    paths = pd.DataFrame({"path_id": [1, 1, 2, 3], "position": [0, 1, 0, 0], "channel": ["a", "b", "a", "b"], "amount": 0.0}).assign(
        conversions=[1, 1, 0, 0], nulls=[0, 0, 1, 2]
    )
    found = removal_effects(paths, order=order)
    assert found.conversion == pytest.approx(1 / 4)
    assert found.effects["effect"].tolist() == pytest.approx([1 / 3, 1.0] if order == 1 else [1.0, 1.0])


def test_a_channel_that_repeats_itself_removes_no_more() -> None:
    """Self-loops do not change first-order removal effects."""
    text = {"path_id": [1, 1, 1, 2, 3, 3], "position": [0, 1, 2, 0, 0, 1], "channel": ["a", "a", "b", "a", "b", "b"], "amount": 0.0}
    paths = pd.DataFrame(text).assign(conversions=[1, 1, 1, 0, 1, 1], nulls=[0, 0, 0, 1, 3, 3])
    once = paths[(paths["channel"] != paths["channel"].shift()) | (paths["path_id"] != paths["path_id"].shift())]
    left, right = removal_effects(paths).effects["effect"], removal_effects(once).effects["effect"]
    np.testing.assert_allclose(left, right, atol=1e-14)


def test_sparse_and_dense_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    path = np.repeat(np.arange(300), 4)
    paths = pd.DataFrame({"path_id": path, "position": np.tile(np.arange(4), 300), "channel": random.integers(0, 5, 1200), "amount": 0.0})
    paths = paths.assign(conversions=(path % 3 == 0) * 1.0, nulls=(path % 3 != 0) * 1.0)
    dense = removal_effects(paths, order=2).effects["effect"]
    monkeypatch.setattr("diligence.models.markov_attribution.DENSE", 3)
    np.testing.assert_allclose(removal_effects(paths, order=2).effects["effect"], dense, atol=1e-12)
