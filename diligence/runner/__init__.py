"""Notebooks in order through papermill, and what a run leaves behind."""
