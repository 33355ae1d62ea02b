"""Usage: how what programs track is stored, counted and answered for, and for how long it is kept."""
