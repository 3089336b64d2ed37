"""The wards that a ward file is held against, and the sites that draw offences to one."""

from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from cdpb import areas, paths, schemas
from cdpb.catalogue import source
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access, census, wards
from cdpb.loaders.counts import first_true
from cdpb.loaders.files import TextTable, read_text_table
from cdpb.loaders.headers import in_our_words, quoted, short
from cdpb.loaders.places import refuse_blank
from cdpb.sources import FormerCodes

_SOURCE = "mps_ward_crime"
_SPELT_ALIKE = 0.75


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


def refuse_other_names(rows: pd.DataFrame, wards: pd.DataFrame, table: TextTable) -> None:
    """Stop where a row's ward code stands beside the name, or the borough, of another ward.

    A name may be spelt otherwise (``&``, a stop, a letter), as long as it is not another ward's.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``ward_code``, all of them in ``wards``, and what there is of ``ward_name``,
        ``borough_code`` and ``place``, a borough's name.
    wards : pandas.DataFrame
        The boundary set, by ward code.
    table : TextTable
        The file, for the message.

    Raises
    ------
    InputError
        With the first such ward.
    """
    columns = [c for c in ("ward_name", "borough_code", "place") if c in rows]
    listed = rows[["ward_code", *columns]].drop_duplicates()
    names = set(wards["ward_name"].map(_letters))
    boroughs = [column for column in columns if column != "ward_name"]
    codes = {each: areas.borough_code(each) for of in boroughs for each in listed[of].unique()}
    true = wards[["ward_name", "borough_code"]].to_dict("index")
    for row in listed.to_dict("records"):
        own = true[row["ward_code"]]
        for column in filter(row.get, columns):
            found = row[column]
            if column == "ward_name":
                fits = _is_name_of(found, own["ward_name"], names)
            else:
                # An airport stands in the place of a borough beside one ward; what is no borough
                # says nothing.
                fits = codes[found] == own["borough_code"]
                fits = fits or (column == "place" and codes[found] is None)
            if not fits:
                raise _other_ward(row["ward_code"], found, table.path)


def _is_name_of(found: str, name: str, names: set[str]) -> bool:
    written, own = _letters(found), _letters(name)
    alike = SequenceMatcher(None, written, own).ratio() >= _SPELT_ALIKE
    return written == own or (alike and written not in names)


def _letters(name: str) -> str:
    """A name without what is not a letter or a digit; ``St`` and ``Saint`` stay apart."""
    return "".join(each for each in areas.spelling(name) if each.isalnum())


def _other_ward(code: str, found: str, path: Path) -> InputError:
    return InputError(
        f"{relative(path)}: a code and a name are of different wards.",
        f"Found: {short(code)} beside {short(found)}.",
        "One of the columns was perhaps sorted without the others, or looked up by a name that",
        "two wards share. Which one is right can't be told. Ask the sender.",
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


def in_wards(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Rows by ward; names and boroughs come from the boundary set, as names repeat and vary.

    Raises
    ------
    InputError
        If a ward code is blank or not one of May 2022, stands beside another ward's name, or a
        borough lacks one of its wards.
    """
    wards = boundary_set()
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    refuse_blank(rows[rows["ward_code"] == ""], rows, "ward", ["ward_code"], table)
    refuse_other_codes(rows["ward_code"].drop_duplicates(), wards, table.path)
    refuse_other_names(rows, wards, table)
    unnamed = rows.drop(columns=["ward_name", "borough_code"], errors="ignore")
    named = unnamed.join(wards, on="ward_code")
    _refuse_part_of_a_borough(named, wards, table)
    return named


def _refuse_part_of_a_borough(named: pd.DataFrame, wards: pd.DataFrame, table: TextTable) -> None:
    """A ward that a return leaves out has not 0, and its count follows from the borough's."""
    when = next(name for name in ("month", "quarter", "year") if name in named)
    of_borough = wards.groupby("borough_code").size()
    held = named.groupby(["borough_code", when])["ward_code"].nunique()
    lacking = held[held < of_borough.reindex(held.index.get_level_values(0)).to_numpy()]
    if len(lacking) or named.empty:
        first = ", ".join(map(str, lacking.index[0])) if len(lacking) else "no rows"
        raise InputError(
            f"{relative(table.path)} lacks wards of a borough.",
            f"First: {first}.",
            "Wanted: a row for every ward of each borough in it, in every period, zeros too.",
            "Ask the sender for the whole table. Nothing was loaded.",
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


SITES = "special_sites"


def special_sites(area: str | None = None) -> pd.DataFrame:
    """Sites that explain where offences are recorded, rather than where they happen.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all sites when not given.

    Returns
    -------
    pandas.DataFrame
        ``site, kind, ward_code, lat, lon, verified, note``; degrees north and east. A site that
        is not verified has an approximate place.

    Raises
    ------
    InputError
        If the list can't be read, or names a ward that is none.
    """
    access.permitted(SITES)
    path = paths.data_folder() / source(SITES).file
    rows, _ = in_our_words(read_text_table(path, SITES), SITES)
    boroughs = rows["ward_code"].map(wards.boundary_set()["borough_code"])
    if boroughs.isna().any():
        site = short(rows["site"].iloc[first_true(boroughs.isna())])
        raise InputError(
            f"{relative(path)}: {site} is in no ward.",
            "Wanted: the code of a ward of May 2022.",
            "Nothing was loaded.",
        )
    typed = rows.assign(
        lat=pd.to_numeric(rows["lat"], errors="coerce"),
        lon=pd.to_numeric(rows["lon"], errors="coerce"),
        verified=rows["verified"].str.strip().str.casefold().map({"true": True, "false": False}),
    )
    chosen = typed if area is None else typed[boroughs == area]
    return schemas.validated(chosen, schemas.SPECIAL_SITES, SITES)
