"""Histories: what happened to an agency, lived in memory or kept as it was stored."""
