"""Programs for those who work on Dragoman; none of them is part of it."""
