"""What differs on the screens between two moments, or between what happened and what is supposed."""
