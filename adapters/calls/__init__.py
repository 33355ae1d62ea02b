"""Calls, as they are recorded and kept."""
