"""What users are told when something is wrong stands in one list; a change of it is read."""

from tests.support.messages import LIST, messages


def test_the_list_of_messages_is_what_the_library_says():
    """Else: python -m tests.support.messages, and read the difference."""
    assert LIST.read_text(encoding="utf-8") == messages()


def test_no_message_is_longer_than_eight_lines():
    """More is not read; some lines are put in when it is raised, so this is the least."""
    blocks = messages().strip().split("\n\n")
    assert len(blocks) > 150
    assert [block for block in blocks if len(block.splitlines()) > 8] == []
