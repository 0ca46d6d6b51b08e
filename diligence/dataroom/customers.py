"""Revenue without a customer."""

UNIDENTIFIED = "(unidentified)"
"""Its customer: in totals, and in no figure of retention or concentration."""
