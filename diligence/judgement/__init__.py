"""From facts to what they mean: rules read facts by name, and nothing else."""
