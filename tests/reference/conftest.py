"""What nbval leaves out of the comparison: the block for the page, which repeats the HTML."""

BLOCK_MIME = "application/vnd.cdpb.block+json"


def pytest_collectstart(collector):
    """Nbval's own hook for this; only its notebook files have the attribute."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += (BLOCK_MIME,)
