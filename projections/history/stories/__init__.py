"""What belongs together in the log: one story, from its first causes to its last facts."""

from projections.history.stories.fold import Errand, Kind, Step, Story, in_order, told

__all__ = ["Errand", "Kind", "Step", "Story", "in_order", "told"]
