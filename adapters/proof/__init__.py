"""Proof: heads of the logs are signed and kept, and everything below them is shown and verified."""
