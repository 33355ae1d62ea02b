"""How did this downgrade happen? Folded from the facts of a tree, told for a page and for a terminal."""

from projections.history.downgrade.explain import explain

__all__ = ["explain"]
