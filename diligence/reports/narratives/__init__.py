"""The answers of the notebooks, one file for each area."""
