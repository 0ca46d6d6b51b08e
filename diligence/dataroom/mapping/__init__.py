"""Which file of a room is which governed table, and which of its columns is which: proposed from names and contents, for the analyst to accept."""
