"""What ``docs/`` says of commands and sources is what they are."""

import pytest

from tests.support.made_docs import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_made_is_as_it_would_be_made_today(name):
    """Else: python -m tests.support.made_docs."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()
