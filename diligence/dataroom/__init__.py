"""What the target gave us, governed: files in, typed and repaired tables, one cube, and the proof that they tie."""
