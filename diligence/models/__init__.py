"""Estimates with their uncertainty; one file for each model."""
