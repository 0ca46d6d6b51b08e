"""Metrics of the field: frames in, frames out; each file one concept, each function one term."""
