"""Usage: the tracked events themselves, row by row."""
