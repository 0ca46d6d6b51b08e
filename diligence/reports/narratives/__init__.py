"""Sentences of each area, built from its facts."""
