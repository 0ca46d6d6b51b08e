"""A second drop of the same room: what changed row by row, and rooms that hold some of the changes and not yet the others."""
