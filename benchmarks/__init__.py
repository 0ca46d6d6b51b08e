"""What is measured, beside whom, and against which floor."""
