"""Tables typed the way they look."""

import io

import pandas as pd


def table(text: str) -> pd.DataFrame:
    """Read columns parted by spaces; ``_`` in a text is a space, ``[c]`` and ``-`` are missing."""
    frame = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", na_values=["[c]", "-"])
    words = frame.select_dtypes("str").columns
    frame[words] = frame[words].apply(lambda column: column.str.replace("_", " "))
    return frame
