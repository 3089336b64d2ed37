"""What an analyst does around a run: fetch, trace, protect, take along. A command a module."""
