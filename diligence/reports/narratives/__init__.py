"""The answers of the notebooks, one file each."""
