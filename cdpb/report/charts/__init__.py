"""Charts of published tables, each drawn for a wide screen and for a phone."""
