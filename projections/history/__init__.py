"""How history reads: sentences for facts, names for ids, and the story of a downgrade."""
