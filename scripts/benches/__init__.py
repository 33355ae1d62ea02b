"""Benches: how fast, as a ratio against a raw limit that is measured in the same run on the same machine."""
