"""The parts of a PostgreSQL that comes with Heartwood: whose it is, where it lies, how it ends."""
