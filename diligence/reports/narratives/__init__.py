"""The answers of the notebooks, each in a file of its own."""
"""The answers of the notebooks: sentences whose numbers are facts, one file for each area."""
"""The answers of the notebooks, one file for each area."""
"""The answers of the notebooks, one file each."""
