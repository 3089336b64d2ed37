"""Metropolitan Police, recorded crime by ward and by borough: drug offences."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from cdpb import areas, schemas
from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.loaders import access, cut, monthly, wards
from cdpb.loaders.counts import ROW, counts_in, parse_months, refuse_repeats, trimmed
from cdpb.loaders.files import TextTable, read_text_table, record
from cdpb.loaders.headers import NOT_USED, csv_line, in_our_words, is_month, plain, short
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.totals import without_totals
from cdpb.loaders.value_maps import words, words_path

WARDS, BOROUGHS = "mps_ward_crime", "mps_borough_crime"
_HEADER = "header"
OFFENCES = ["possession", "trafficking"]
LABELS = ("group", "subgroup", "ward_name", "ward_code", "area_code", "place", "month")


def ward_drug_offences(area: str | None = None, year: str | None = None) -> pd.DataFrame:
    """Recorded drug offences by ward and month; a ward-month without an offence has 0.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.
    year : str, optional
        Financial year like ``"2023/24"``; every month held when not given. A year of which a
        month is not held gives no rows.

    Returns
    -------
    pandas.DataFrame
        ``ward_code, ward_name, borough_code, month, offence, offences``.

    Raises
    ------
    InputError
        If a received file can't be vouched for.
    """
    access.permitted(WARDS)
    table = monthly.of_year(received_ward_offences().table, year)
    return schemas.of_area(table, "borough_code", area, schemas.WARD_OFFENCES, WARDS)


def borough_drug_offences(area: str | None = None, year: str | None = None) -> pd.DataFrame:
    """Recorded drug offences by borough and month, without the City of London and the airports.

    Parameters as in ``ward_drug_offences``.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, month, offence, offences``.

    Raises
    ------
    InputError
        If a received file can't be vouched for.
    """
    access.permitted(BOROUGHS)
    table = monthly.of_year(received_boroughs().table, year)
    return schemas.of_area(table, "area_code", area, schemas.BOROUGH_OFFENCES, BOROUGHS)


def received_ward_offences() -> Received:
    """All receipts of the ward file."""
    return _received_wards(fingerprint(WARDS))


def received_boroughs() -> Received:
    """All receipts of the borough file."""
    return _received_boroughs(fingerprint(BOROUGHS))


@lru_cache(maxsize=8)
def _received_wards(_fingerprint: str) -> Received:
    return receive(WARDS, read_ward_offences, ["month"], schemas.WARD_OFFENCES)


@lru_cache(maxsize=8)
def _received_boroughs(_fingerprint: str) -> Received:
    return receive(BOROUGHS, read_boroughs, ["month"], schemas.BOROUGH_OFFENCES)


def read_ward_offences(path: Path, receipt: str = "") -> pd.DataFrame:
    """One ward file in any known layout, as ``ward_drug_offences`` gives all of them."""
    table = read_text_table(path, WARDS, receipt)
    rows = _understood(in_our_words(table, WARDS)[0], "ward_code", table)
    rows = rows.assign(ward_code=rows["ward_code"].str.upper())
    known, boundary_set = rows["ward_code"].drop_duplicates(), wards.boundary_set()
    wards.refuse_other_codes(known, boundary_set, path)
    if "place" in rows:
        _borough_codes(rows["place"].drop_duplicates(), path)
    wards.refuse_other_names(rows, boundary_set, table)
    counted, whole_file = _drug_offences(rows, table, "ward_code")
    wards.refuse_absent(known, boundary_set, path, whole_file)
    cut.refuse_if_cut(counted, known, "ward_code", boundary_set["borough_code"], path)
    counted = _added_up(counted, "ward_code", table)
    counted = monthly.without_part_months(counted, table)
    filled = monthly.with_zeros(counted, "ward_code", list(boundary_set.index), OFFENCES, table)
    read = filled.join(boundary_set, on="ward_code")
    return schemas.check_read(read, schemas.WARD_OFFENCES, path)


def read_boroughs(path: Path, receipt: str = "") -> pd.DataFrame:
    """One borough file in any known layout, as ``borough_drug_offences`` gives all of them."""
    table = read_text_table(path, BOROUGHS, receipt)
    rows = _understood(in_our_words(table, BOROUGHS)[0], "place", table)
    codes = _borough_codes(rows["place"].drop_duplicates(), path)
    rows = in_areas(rows, table, "place") if "area_code" in rows else rows
    places = areas.boroughs()
    _refuse_absent_boroughs(set(codes.values()), places, path)
    rows = rows.assign(area_code=rows["place"].map(codes))
    outside = rows["area_code"].isna()
    record(table.origin, "dropped", int(outside.sum()), "rows of no borough")
    counted, _ = _drug_offences(rows[~outside], table, "area_code")
    borough_of = places.set_index("area_code").index.to_series()
    cut.refuse_if_cut(counted, borough_of, "area_code", borough_of, path)
    counted = _added_up(counted, "area_code", table)
    _refuse_absent_months(counted, places, path)
    counted = monthly.without_part_months(counted, table)
    filled = monthly.with_zeros(counted, "area_code", list(places["area_code"]), OFFENCES, table)
    read = filled.merge(places, on="area_code")
    return schemas.check_read(read, schemas.BOROUGH_OFFENCES, path)


def _understood(rows: pd.DataFrame, key: str, table: TextTable) -> pd.DataFrame:
    """Rows that say of what place and kind they are: totals checked and left out."""
    labels = [name for name in LABELS if name in rows]
    rows = rows.assign(**{name: trimmed(rows[name]) for name in labels})
    numbers = [name for name in map(str, rows) if is_month(name) or name in OFFENCES]
    rows = without_totals(rows, labels, numbers, table)
    for name in (key, "group", "subgroup"):
        if name in rows:
            refuse_blank(rows[rows[name] == ""], rows, name, labels, table)
    return rows


def _drug_offences(rows: pd.DataFrame, table: TextTable, key: str) -> tuple[pd.DataFrame, bool]:
    """Drug offences long; and whether the file leaves out rows of none."""
    keys = [name for name in (key, "place") if name in rows]
    if "group" in rows:
        drugs = _drug_rows(rows, table)
        return _months_down(drugs, keys, table), len(drugs) < len(rows)
    return _offences_down(rows, keys, table), False


def _drug_rows(rows: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """The rows of drug offences, with our word for each; unknown wording stops."""
    pairs = {(plain(w["group"]), plain(w["subgroup"])): w["offence"] for w in _wording()}
    known = groups()
    group = rows["group"].map({name: plain(name) for name in rows["group"].unique()})
    strange = rows["group"][~group.isin(known)]
    if len(strange):
        raise unknown_group(table.path, strange.iloc[0])
    drugs = rows[group.map(known).astype(bool)]
    found = pd.Series(zip(drugs["group"].map(plain), drugs["subgroup"].map(plain), strict=True))
    unknown = sorted({pair for pair in found if pair not in pairs})
    if unknown or drugs.empty:
        raise _unknown_wording(table.path, unknown, rows["group"])
    drugs = drugs.assign(offence=found.map(pairs).to_numpy())
    other = drugs["offence"] == NOT_USED
    record(table.origin, "dropped", len(rows) - len(drugs), "other offences")
    record(table.origin, "dropped", int(other.sum()), "neither possession nor trafficking")
    return drugs[~other]


def groups() -> dict[str, bool]:
    """Each group of offences that was met, as compared, and whether it is of drugs."""
    return {plain(each["group"]): bool(each["subgroup"]) for each in _wording()}


def unknown_group(path: Path, group: str) -> InputError:
    """An error about a group that could be drug offences, misspelt."""
    listed = relative(words_path("mps_drug_offences"))
    return InputError(
        f"{relative(path)} holds a group of offences not met before: {short(group)}.",
        "A misspelt group of drug offences would be left out, and read as none.",
        f"If it holds no drug offences, add to {listed} the line",
        f"{csv_line(group, '', NOT_USED)}",
        "If it does, add one line for possession and one for trafficking, as worded there.",
        "Nothing was loaded.",
    )


def _wording() -> list[dict[str, str]]:
    return words("mps_drug_offences")


def _unknown_wording(path: Path, unknown: list[tuple[str, str]], groups: pd.Series) -> InputError:
    listed = relative(words_path("mps_drug_offences"))
    if unknown:
        group, subgroup = unknown[0]
        return InputError(
            f"{relative(path)}: a drug offence is worded in a way not met before.",
            f"Found: {short(subgroup)} in the group {short(group)}.",
            f"If it is possession or trafficking, add to {listed} the line",
            f"{csv_line(group, subgroup, 'OUR WORD')}",
            f"with possession or trafficking for it, or {NOT_USED}.",
            "Nothing was loaded.",
        )
    return InputError(
        f"{relative(path)} holds no drug offences.",
        f"Wanted: rows of a group listed in {listed}.",
        f"Found {groups.nunique()} other groups.",
        "If the group was renamed, add its wording there. Nothing was loaded.",
    )


def _months_down(rows: pd.DataFrame, keys: list[str], table: TextTable) -> pd.DataFrame:
    """A publisher's column a month, as a row a month."""
    about = [*keys, "offence"]
    refuse_repeats(rows, about, table.path)
    columns = [name for name in rows.columns if is_month(name)]
    wide = rows[[*about, *columns]].assign(**{ROW: rows.index})
    long = wide.melt([*about, ROW], var_name=_HEADER, value_name="offences")
    return _counted(long.assign(month=parse_months(long[_HEADER], table.path)), keys, table)


def _offences_down(rows: pd.DataFrame, keys: list[str], table: TextTable) -> pd.DataFrame:
    """The compiled columns ``possession`` and ``trafficking``, as a row an offence."""
    about = [*keys, "month"]
    wide = rows[[*about, *OFFENCES]].assign(month=parse_months(rows["month"], table.path))
    refuse_repeats(wide, about, table.path)
    wide = wide.assign(**{ROW: rows.index})
    long = wide.melt([*about, ROW], var_name=_HEADER, value_name="offences")
    return _counted(long.assign(offence=long[_HEADER]), keys, table)


def _counted(long: pd.DataFrame, keys: list[str], table: TextTable) -> pd.DataFrame:
    named = [name for name in (*keys, "month", "offence") if name != "place"]
    counts = counts_in(long, "offences", table, named, written=_HEADER)
    return long.drop(columns=[ROW, _HEADER]).assign(offences=counts)


def _added_up(counted: pd.DataFrame, key: str, table: TextTable) -> pd.DataFrame:
    """One row a month and place: Heathrow Villages stands under two names in one file."""
    by = [key, "month", "offence"]
    added = counted.groupby(by, observed=True)["offences"].sum().reset_index()
    why = "added to the same ward under another place's name"
    record(table.origin, "replaced", len(counted) - len(added), why)
    return added


def _borough_codes(known: pd.Series, path: Path) -> dict[str, str]:
    """The code of each place that is a borough; a place that is listed as none has no code."""
    no_borough = {areas.spelling(each["name"]) for each in words("mps_not_boroughs")}
    codes = {name: areas.borough_code(name) for name in known}
    unknown = [n for n in known if not codes[n] and areas.spelling(n) not in no_borough]
    if unknown:
        raise InputError(
            f"{relative(path)} names a borough that is not known: {short(unknown[0])}.",
            f"Another spelling of a borough goes into also_called of {_boroughs_path()};",
            f"a place that is no borough is a line of {relative(words_path('mps_not_boroughs'))}:",
            csv_line(unknown[0]),
            "Nothing was loaded.",
        )
    return {name: code for name, code in codes.items() if code}


def is_no_borough(names: pd.Series) -> pd.Series:
    """Which names are listed as those of no borough."""
    listed = {areas.spelling(each["name"]) for each in words("mps_not_boroughs")}
    return names.map(areas.spelling).isin(listed)


def _boroughs_path() -> str:
    return "data/areas/boroughs.csv"


def _refuse_absent_boroughs(codes: set[str], places: pd.DataFrame, path: Path) -> None:
    absent = places.loc[~places["area_code"].isin(codes), "area_name"]
    if len(absent):
        raise InputError(
            f"{relative(path)} lacks {len(absent)} of the {len(places)} boroughs.",
            f"First: {', '.join(absent.head(3))}.",
            "A borough that is not in the file is not a borough without offences.",
            "Nothing was loaded.",
        )


def _refuse_absent_months(counted: pd.DataFrame, places: pd.DataFrame, path: Path) -> None:
    """A ward may have a month without a drug offence; a borough never had one."""
    held = counted[["area_code", "month"]].drop_duplicates()
    months_held = held.groupby("area_code", observed=True)["month"].nunique()
    short_of = months_held[months_held < held["month"].nunique()]
    if len(short_of):
        name = places.set_index("area_code")["area_name"][short_of.index[0]]
        raise InputError(
            f"{relative(path)} lacks months of {len(short_of)} of the {len(places)} boroughs.",
            f"First: {name}.",
            "A month without a row is not a month without offences in a borough.",
            "Take the whole file. Nothing was loaded.",
        )
