"""Which rules a request would let judge: those that read a fact which it unlocks."""

from collections import defaultdict

import pandas as pd

from diligence.judgement.rules import rules


def with_rules(asked: pd.DataFrame) -> pd.DataFrame:
    """Give the request list with the column ``rules``: ids of the rules that read a fact which the request lets assess.

    Examples
    --------
    >>> with_rules(pd.DataFrame({"rank": [1], "unlocks": ["renewal.convenience; renewal.peak_quarter"]}))["rules"].tolist()
    ['R-011; R-024']
    """
    readers = defaultdict(list)
    for one in rules().values():
        readers[one.fact].append(one.id)
    named = [[rule for fact in unlocks.split("; ") for rule in readers.get(fact, ())] for unlocks in asked["unlocks"]]
    return asked.assign(rules=["; ".join(dict.fromkeys(found)) for found in named])
