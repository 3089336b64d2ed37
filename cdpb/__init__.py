"""A reproducible needs assessment for Combating Drugs Partnership Boards."""
