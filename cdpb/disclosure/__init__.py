"""Numbers leave through one gate: policies, protection, and published tables."""
