"""Instruments whose wire is a pair of lists: they answer at once, so that what is measured is the runner."""
