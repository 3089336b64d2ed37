"""The wards that a ward file is held against: one boundary set, and no other."""

from pathlib import Path

import pandas as pd

from cdpb.catalogue import FormerCodes, source
from cdpb.errors import InputError
from cdpb.loaders import census
from cdpb.loaders.headers import quoted, short
from cdpb.yaml_files import relative

_SOURCE = "mps_ward_crime"


def boundary_set() -> pd.DataFrame:
    """Wards of May 2022 without the City of London: ``ward_name, borough_code`` by ward code."""
    residents = census.received_wards().table
    return residents.set_index("ward_code")[["ward_name", "borough_code"]]


def refuse_other_codes(known: pd.Series, wards: pd.DataFrame, path: Path) -> None:
    """Refuse wards of another vintage: their names may be the same, their areas are not.

    Raises
    ------
    InputError
        Which says what the codes are: former ones with their dates of use, or unknown.
    """
    other = known[~known.isin(wards.index)]
    if other.empty:
        return
    former = [each for each in source(_SOURCE).former_codes if _between(other, each).any()]
    if former:
        raise _former_codes(other, former[0], wards, path)
    raise InputError(
        f"{relative(path)} holds {len(other)} ward codes that are not wards of May 2022.",
        f"Found: {quoted(list(other))}.",
        "They may be of a later boundary set, of another area, or misspelt.",
        "Wanted: the wards of data/census_2021_wards.",
        "Nothing was loaded.",
    )


def refuse_absent(known: pd.Series, wards: pd.DataFrame, path: Path, whole_file: bool) -> None:
    """Refuse to fill zeros for places that the file can't know.

    A file that lists all offences has a row for every ward. One that lists drug offences alone
    may lack a ward, but hardly a whole borough.

    Raises
    ------
    InputError
        Which names the first wards or boroughs that are absent.
    """
    absent = wards[~wards.index.isin(known)]
    if not whole_file:
        present = wards.loc[wards.index.isin(known), "borough_code"]
        absent = absent[~absent["borough_code"].isin(present)]
    if len(absent):
        first = absent["ward_name"].head(3)
        named = ", ".join(f"{short(name)} ({code})" for code, name in first.items())
        raise InputError(
            f"{relative(path)} has no row for {len(absent)} of the {len(wards)} wards.",
            f"First: {named}.",
            "A ward that a file does not know has not 0 offences.",
            "Take the whole file as published. Nothing was loaded.",
        )


def _between(codes: pd.Series, former: FormerCodes) -> pd.Series:
    return (codes >= former.first) & (codes <= former.last)


def _former_codes(
    other: pd.Series, former: FormerCodes, wards: pd.DataFrame, path: Path
) -> InputError:
    old = other[_between(other, former)]
    return InputError(
        f"{relative(path)} holds codes of {former.what}.",
        f"Codes {former.first} to {former.last}; {len(old)} of them here.",
        f"Found: {quoted(sorted(old))}.",
        f"Wanted: the {len(wards)} wards of May 2022. Where a name is the same, the area is not.",
        "Take a file that begins with, or after, December 2021.",
        "Nothing was loaded.",
    )
