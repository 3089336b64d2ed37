"""What each loaded table promises: its columns, their kinds, and what can't be in them."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import pandera.pandas as pa

from cdpb.errors import FileError, InputError
from cdpb.steps import first_step


def _matching(pattern: str) -> pa.Check:
    """Every value matches, as ``str_matches`` has it, but each different one is tried once."""
    tried = re.compile(pattern)

    def of(values: pd.Series) -> pd.Series:
        return values.isin([each for each in values.unique() if tried.match(each)])

    return pa.Check(of, name="str_matches", error=f"str_matches('{pattern}')")


_MONTH = pa.Column(pd.PeriodDtype("M"))
_TEXT = pa.Column(str)
_WARD = pa.Column(str, _matching(r"^E05\d{6}$"))
_BOROUGH = pa.Column(str, _matching(r"^E09\d{6}$"))
_AREA = pa.Column(str, _matching(r"^E(09|12|92)\d{6}$"))
_NAME = pa.Column(str, pa.Check.str_length(1, 100))
_COUNT = pa.Column("int64", pa.Check.ge(0))
_ABOVE_0 = pa.Column("int64", pa.Check.gt(0))
_PUBLISHED = pa.Column("Int64", pa.Check.ge(0), nullable=True)
_NUMBER = pa.Column(float, nullable=True)
_GROUPS = ["total", "opiate", "non-opiate only", "alcohol only", "non-opiate & alcohol"]
# Columns that are promised alike of most tables in which they stand.
_COLUMNS = {
    "ward_code": _WARD,
    "borough_code": _BOROUGH,
    "area_code": _AREA,
    "month": _MONTH,
    "year": pa.Column(str, _matching(r"^\d{4}(/\d{2})?$")),
    "offence": pa.Column(str, pa.Check.isin(["possession", "trafficking"])),
    "residents": _ABOVE_0,
    "sex": pa.Column(str, pa.Check.isin(["all", "women", "men"])),
    "substance_group": pa.Column(str, pa.Check.isin(_GROUPS)),
    "publisher_rounded": pa.Column(bool),
    "status": pa.Column(str, pa.Check.isin(["official", "illustrative"])),
    **dict.fromkeys(("ward_name", "area_name"), _NAME),
    **dict.fromkeys(("ages", "measure", "series", "vintage_group", "note"), _TEXT),
    **dict.fromkeys(("offences", "in_wards", "in_borough", "people", "lowest", "highest"), _COUNT),
    **dict.fromkeys(("dependent_adults", "users"), _COUNT),
    **dict.fromkeys(("lower", "upper"), _PUBLISHED),
}


def _schema(columns: dict[str, pa.Column], unique: list[str], **more: object) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=unique, strict=True, ordered=True, **more)  # type: ignore[arg-type]


def _table(names: str, unique: str, *checks: pa.Check, **own: pa.Column) -> pa.DataFrameSchema:
    """A table of these columns, some with a promise of their own, and what no two rows share."""
    columns = {name: own.get(name) or _COLUMNS[name] for name in names.split()}
    return _schema(columns, unique.split(), checks=list(checks) or None)


def _within_its_interval(value: str) -> pa.Check:
    """An estimate lies within its interval, where it has one."""

    def of(table: pd.DataFrame) -> pd.Series:
        above = table["lower"].isna() | (table["lower"] <= table[value])
        return (above & (table["upper"].isna() | (table[value] <= table["upper"]))).astype(bool)

    return pa.Check(of, name="lies in its interval")


WARD_OFFENCES = _table(
    "ward_code ward_name borough_code month offence offences", "ward_code month offence"
)
BOROUGH_OFFENCES = _table(
    "area_code area_name month offence offences", "area_code month offence", area_code=_BOROUGH
)
WARDS_AND_BOROUGH = _table(
    "area_code area_name month offence in_wards in_borough vintage_group",
    "area_code month offence",
    area_code=_BOROUGH,
)
WARD_RESIDENTS = _table("ward_code ward_name borough_code residents", "ward_code")
RESIDENTS = _table("area_code area_name ages residents", "area_code")
ADULTS_IN_TREATMENT = _table(
    "area_code year sex substance_group measure people publisher_rounded lowest highest",
    "area_code year sex substance_group measure",
)
ALCOHOL_DEPENDENCE = _table(
    "area_code area_name year dependent_adults lower upper",
    "area_code year",
    _within_its_interval("dependent_adults"),
)
OPIATE_CRACK = _table(
    "area_code area_name year series users lower upper ages status",
    "area_code year series",
    _within_its_interval("users"),
)
SPECIAL_SITES = _table(
    "site kind ward_code lat lon verified note",
    "site",
    site=_NAME,
    kind=_NAME,
    lat=pa.Column(float, pa.Check.in_range(51, 52)),
    lon=pa.Column(float, pa.Check.in_range(-1, 1)),
    verified=pa.Column(bool),
)
FINGERTIPS = _table(
    "indicator_id indicator_name area_code area_name sex age year value lower upper count"
    " denominator trend note",
    "indicator_id area_code sex age year",
    indicator_id=_ABOVE_0,
    area_code=pa.Column(str, _matching(r"^E\d{8}$")),
    **dict.fromkeys(("indicator_name", "area_name", "sex", "age", "year", "trend"), _TEXT),
    **dict.fromkeys(("value", "lower", "upper", "count", "denominator"), _NUMBER),
)

_PERIODS = {
    "month": _MONTH,
    "quarter": pa.Column(str, _matching(r"^\d{4}/\d{2} Q[1-4]$")),
    "year": pa.Column(str, _matching(r"^\d{4}/\d{2}$")),
}


def return_schema(
    place: str,
    period: str,
    kinds: Mapping[str, Sequence[str]],
    counts: Sequence[str],
    texts: Sequence[str] = (),
) -> pa.DataFrameSchema:
    """What a partner's return promises: one row per place, period and kind, with whole counts.

    A count may be missing, because the sender hid it; it is never 0 for that.
    """
    places = {"area_code": _AREA}
    if place == "ward_code":
        places = {"ward_code": _WARD, "ward_name": _NAME, "borough_code": _BOROUGH}
    columns = {
        **places,
        period: _PERIODS[period],
        **{name: pa.Column(str, pa.Check.isin(list(words))) for name, words in kinds.items()},
        **dict.fromkeys(counts, _PUBLISHED),
        **dict.fromkeys(texts, _TEXT),
    }
    return _schema(columns, unique=[place, period, *kinds])


def indicator_schema(
    period: str, indicators: Sequence[str], marks: Mapping[str, str]
) -> pa.DataFrameSchema:
    """What a publication promises: one row per area, period and indicator, a figure or a mark."""

    def of(table: pd.DataFrame) -> pd.Series:
        return table["value"].isna() == (table["mark"] != "")

    columns = {
        "area_code": pa.Column(str, _matching(r"^[EK]\d{8}$")),
        "area_name": _NAME,
        period: pa.Column(str, _matching(r"^\d{4}")) if period == "year" else _PERIODS[period],
        "indicator": pa.Column(str, pa.Check.isin(list(indicators))),
        "value": pa.Column(float, pa.Check.ge(0), nullable=True),
        "mark": pa.Column(str, pa.Check.isin(["", *marks])),
    }
    either = pa.Check(of, name="has a figure or a mark")
    return _schema(columns, ["area_code", period, "indicator"], checks=either)


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The table of a source of which nothing was received: its columns, and no rows."""
    kinds = {name: column.dtype.type for name, column in schema.columns.items()}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def nothing_loaded(schema: pa.DataFrameSchema, source_id: str) -> pd.DataFrame:
    """The same as a loader gives it; there is nothing in it to be validated."""
    return _as_loaded(empty(schema), source_id)


def validated(table: pd.DataFrame, schema: pa.DataFrameSchema, source_id: str) -> pd.DataFrame:
    """A table that keeps its promise, with its source noted.

    Raises
    ------
    InputError
        If it doesn't. Names the column and the promise, never a value.
    """
    try:
        checked = schema.validate(table[list(schema.columns)].reset_index(drop=True))
    except (pa.errors.SchemaError, KeyError) as error:
        raise InputError(
            f"{source_id}: the table read is not what it promises.",
            _broken(error),
            "The receipt's file is damaged, or is another table. Nothing was loaded.",
        ) from None
    return _as_loaded(checked, source_id)


def _broken(error: Exception) -> str:
    column = getattr(getattr(error, "schema", None), "name", None) or "the rows"
    promise = str(getattr(error, "check", "") or error)[:90]
    return f"Column: {column}. Promise not kept: {promise}."


def _as_loaded(table: pd.DataFrame, source_id: str) -> pd.DataFrame:
    table.attrs = {"source": source_id, **first_step(table.columns)}
    return table


def check_read(table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """A file's rows that keep the promises of its source's table, as far as one file gives them.

    Every file that is added, and every file that a run reads, passes here.

    Raises
    ------
    FileError
        If they don't. Names the column and the promise, never a value.
    """
    columns = {name: column for name, column in schema.columns.items() if name in table}
    whole = len(columns) == len(schema.columns)
    unique = schema.unique if whole else None
    of_file = pa.DataFrameSchema(columns, checks=schema.checks if whole else None, unique=unique)
    try:
        of_file.validate(table[list(columns)].reset_index(drop=True))
    except pa.errors.SchemaError as error:
        raise FileError(
            "This file holds what can't be.",
            _broken(error),
            "The file is damaged, or is another table. Take it again.",
        ) from None
    return table[list(columns)]


def of_area(
    table: pd.DataFrame, area: str | None, schema: pa.DataFrameSchema, source_id: str
) -> pd.DataFrame:
    """The rows of one area, or all, of a table that kept its promise when it was received.

    What holds for every row, and for any two, holds for some of them.
    """
    column = "borough_code" if "borough_code" in schema.columns else "area_code"
    chosen = table if area is None else table[table[column] == area]
    return _as_loaded(chosen[list(schema.columns)].reset_index(drop=True), source_id)
