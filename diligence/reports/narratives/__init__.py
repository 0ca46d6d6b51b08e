"""The answers of the notebooks: sentences whose numbers are facts, one file for each area."""
