"""Executed notebooks that a run is held against, cell by cell."""
