"""Repairs of the revenue lines: one file for each kind of fault, each repair named, counted row by row, with its switch."""
