"""The record of a notebook: its checks proved, its facts handed to the run that it is part of."""

import os
from pathlib import Path

import pandas as pd

from diligence.facts.analysis import Analysis

WORKSPACE = "DILIGENCE_WORKSPACE"
"""Set by a run for its kernels; without it a notebook computes and shows, and writes nothing."""
CUT = ".cut"
"""Suffix of the file beside a notebook's facts that holds the cut that the analyst chose."""


def record(analysis: Analysis, *, segment_by: str = "") -> pd.DataFrame:
    """Prove the checks of an analysis, and leave its facts in the workspace of the run.

    Parameters
    ----------
    analysis
        What the notebook showed.
    segment_by
        The cut that was chosen, so that a trace selects the same rows.

    Returns
    -------
    DataFrame
        The checks: both numbers, the difference, the tolerance.

    Raises
    ------
    CheckFailed
        A check does not hold; nothing is recorded.
    """
    proved = analysis.prove()
    workspace = os.environ.get(WORKSPACE)
    if workspace:
        folder = Path(workspace) / "facts"
        folder.mkdir(exist_ok=True)
        analysis.facts.to_parquet(folder / f"{analysis.name}.parquet", index=False)
        # written blank too: a run that was stopped may have left another cut here
        (folder / f"{analysis.name}{CUT}").write_text(segment_by, encoding="utf-8")
    return proved
