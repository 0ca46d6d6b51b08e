"""The answers of the notebooks, each in a file of its own."""
