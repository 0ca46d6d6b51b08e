"""The tie-out: the same money from two sources, with what explains the difference, what does not, and the proof of billings."""

from diligence.dataroom.tieout.statement import COLUMNS, tie_out, write_tie_out

__all__ = ["COLUMNS", "tie_out", "write_tie_out"]
