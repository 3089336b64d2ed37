"""What a reader sees: blocks, figures, tables, pages."""
