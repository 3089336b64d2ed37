"""A finding: the tables, figures, key figures and verdict of one notebook, kept as they arise."""
