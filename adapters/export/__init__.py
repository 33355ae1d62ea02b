"""Export: what belongs to a workspace is taken out of the house, with what proves it."""
