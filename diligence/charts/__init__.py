"""Figures: tidy frames in, plotly figures out; one theme, no metric computed here."""
