"""What the catalogue says of a source, in the words of one area."""

import re
from collections.abc import Mapping

from cdpb import areas, catalogue

# What is said of who sends it; titles and definitions are the same in every area.
WORDED = ("publisher", "attribution", "not_received")


def source_in(source_id: str, area: str) -> catalogue.Source:
    """One declared source, the offices and documents named as the area's own file names them.

    Parameters
    ----------
    source_id : str
        As in ``data/sources.yml``, which names no area's office: "the adult treatment provider".
    area : str
        GSS code. For an area without a file, or without ``names`` in it, the words stay general.
    """
    source = catalogue.source(source_id)
    own = areas.area_file(area)
    if not (own and own.names):
        return source
    worded = {name: in_own_words(getattr(source, name), own.names) for name in WORDED}
    return source.model_copy(update=worded)


def in_own_words(text: str, names: Mapping[str, str]) -> str:
    """A text with general words, however they begin, replaced by the names that an area has.

    Examples
    --------
    >>> in_own_words("The licensing team; register.", {"the licensing team": "Camden, licensing"})
    'Camden, licensing; register.'
    """
    own = {general.casefold(): name for general, name in names.items()}
    pattern = "|".join(re.escape(each) for each in sorted(own, key=len, reverse=True))
    return re.sub(pattern, lambda found: own[found[0].casefold()], text, flags=re.IGNORECASE)
