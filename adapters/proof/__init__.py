"""Proof: heads of the logs are signed and kept, leaves are shown to lie under them, and all of it is verified."""
