"""What each loaded table promises: its columns, their kinds, and what can't be in them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from cdpb.errors import InputError
from cdpb.file_contents import relative
from cdpb.steps import first_step


def _matching(pattern: str) -> pa.Check:
    """Every value matches, as ``str_matches`` has it, but each different one is tried once."""
    tried = re.compile(pattern)

    def of(values: pd.Series) -> pd.Series:
        return values.isin([each for each in values.unique() if tried.match(each)])

    return pa.Check(of, name="str_matches", error=f"str_matches('{pattern}')")


_MONTH = pd.PeriodDtype("M")
_WARD = pa.Column(str, _matching(r"^E05\d{6}$"))
_BOROUGH = pa.Column(str, _matching(r"^E09\d{6}$"))
_AREA = pa.Column(str, _matching(r"^E(09|12|92)\d{6}$"))
_NAME = pa.Column(str, pa.Check.str_length(1, 100))
_COUNT = pa.Column("int64", pa.Check.ge(0))
_OFFENCE = pa.Column(str, pa.Check.isin(["possession", "trafficking"]))
_YEAR = pa.Column(str, _matching(r"^\d{4}(/\d{2})?$"))
_PUBLISHED = pa.Column("Int64", pa.Check.ge(0), nullable=True)
_SEX = pa.Column(str, pa.Check.isin(["all", "women", "men"]))
_GROUP = pa.Column(
    str,
    pa.Check.isin(["total", "opiate", "non-opiate only", "alcohol only", "non-opiate & alcohol"]),
)


def _schema(columns: dict[str, pa.Column], unique: list[str], **more: object) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=unique, strict=True, ordered=True, **more)  # type: ignore[arg-type]


WARD_OFFENCES = _schema(
    {
        "ward_code": _WARD,
        "ward_name": _NAME,
        "borough_code": _BOROUGH,
        "month": pa.Column(_MONTH),
        "offence": _OFFENCE,
        "offences": _COUNT,
    },
    unique=["ward_code", "month", "offence"],
)

BOROUGH_OFFENCES = _schema(
    {
        "area_code": _BOROUGH,
        "area_name": _NAME,
        "month": pa.Column(_MONTH),
        "offence": _OFFENCE,
        "offences": _COUNT,
    },
    unique=["area_code", "month", "offence"],
)

WARD_RESIDENTS = _schema(
    {
        "ward_code": _WARD,
        "ward_name": _NAME,
        "borough_code": _BOROUGH,
        "residents": pa.Column("int64", pa.Check.gt(0)),
    },
    unique=["ward_code"],
)

RESIDENTS = _schema(
    {
        "area_code": _AREA,
        "area_name": _NAME,
        "ages": pa.Column(str),
        "residents": pa.Column("int64", pa.Check.gt(0)),
    },
    unique=["area_code"],
)

ADULTS_IN_TREATMENT = _schema(
    {
        "area_code": _AREA,
        "year": _YEAR,
        "sex": _SEX,
        "substance_group": _GROUP,
        "measure": pa.Column(str),
        "people": _COUNT,
        "publisher_rounded": pa.Column(bool),
        "lowest": _COUNT,
        "highest": _COUNT,
    },
    unique=["area_code", "year", "sex", "substance_group", "measure"],
)


def _within_its_interval(table: pd.DataFrame, value: str) -> pd.Series:
    """Whether an estimate lies within its interval, where it has one."""
    above = table["lower"].isna() | (table["lower"] <= table[value])
    return (above & (table["upper"].isna() | (table[value] <= table["upper"]))).astype(bool)


ALCOHOL_DEPENDENCE = _schema(
    {
        "area_code": _AREA,
        "area_name": _NAME,
        "year": _YEAR,
        "dependent_adults": _COUNT,
        "lower": _PUBLISHED,
        "upper": _PUBLISHED,
    },
    unique=["area_code", "year"],
    checks=pa.Check(
        lambda table: _within_its_interval(table, "dependent_adults"), name="lies in its interval"
    ),
)

OPIATE_CRACK = _schema(
    {
        "area_code": _AREA,
        "area_name": _NAME,
        "year": _YEAR,
        "series": pa.Column(str),
        "users": _COUNT,
        "lower": _PUBLISHED,
        "upper": _PUBLISHED,
        "ages": pa.Column(str),
        "status": pa.Column(str, pa.Check.isin(["official", "illustrative"])),
    },
    unique=["area_code", "year", "series"],
    checks=pa.Check(
        lambda table: _within_its_interval(table, "users"), name="lies in its interval"
    ),
)

WARDS_AND_BOROUGH = _schema(
    {
        "area_code": _BOROUGH,
        "area_name": _NAME,
        "month": pa.Column(_MONTH),
        "offence": _OFFENCE,
        "in_wards": _COUNT,
        "in_borough": _COUNT,
        "vintage_group": pa.Column(str),
    },
    unique=["area_code", "month", "offence"],
)

SPECIAL_SITES = _schema(
    {
        "site": _NAME,
        "kind": _NAME,
        "ward_code": _WARD,
        "lat": pa.Column(float, pa.Check.in_range(51, 52)),
        "lon": pa.Column(float, pa.Check.in_range(-1, 1)),
        "verified": pa.Column(bool),
        "note": pa.Column(str),
    },
    unique=["site"],
)


FINGERTIPS = _schema(
    {
        "indicator_id": pa.Column("int64", pa.Check.gt(0)),
        "indicator_name": pa.Column(str),
        "area_code": pa.Column(str, _matching(r"^E\d{8}$")),
        "area_name": pa.Column(str),
        "sex": pa.Column(str),
        "age": pa.Column(str),
        "year": pa.Column(str),
        "value": pa.Column(float, nullable=True),
        "lower": pa.Column(float, nullable=True),
        "upper": pa.Column(float, nullable=True),
        "count": pa.Column(float, nullable=True),
        "denominator": pa.Column(float, nullable=True),
        "trend": pa.Column(str),
        "note": pa.Column(str),
    },
    unique=["indicator_id", "area_code", "sex", "age", "year"],
)

_PERIODS = {
    "month": pa.Column(_MONTH),
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
    """What a partner's return promises: a row a place, period and kind, with whole counts.

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
        **dict.fromkeys(texts, pa.Column(str)),
    }
    return _schema(columns, unique=[place, period, *kinds])


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
        column = getattr(getattr(error, "schema", None), "name", None) or "the rows"
        promise = str(getattr(error, "check", "") or error)[:90]
        raise InputError(
            f"{source_id}: the table read is not what it promises.",
            f"Column: {column}. Promise not kept: {promise}.",
            "The receipt's file is damaged, or is another table. Nothing was loaded.",
        ) from None
    return _as_loaded(checked, source_id)


def _as_loaded(table: pd.DataFrame, source_id: str) -> pd.DataFrame:
    table.attrs = {"source": source_id, **first_step(table.columns)}
    return table


def check_read(table: pd.DataFrame, schema: pa.DataFrameSchema, path: Path) -> pd.DataFrame:
    """A file's rows that keep the promises of its source's table, as far as one file gives them.

    Every file that is added, and every file that a run reads, passes here.

    Raises
    ------
    InputError
        If they don't. Names the column and the promise, never a value.
    """
    columns = {name: column for name, column in schema.columns.items() if name in table}
    whole = len(columns) == len(schema.columns)
    unique = schema.unique if whole else None
    of_file = pa.DataFrameSchema(columns, checks=schema.checks if whole else None, unique=unique)
    try:
        of_file.validate(table[list(columns)].reset_index(drop=True))
    except pa.errors.SchemaError as error:
        column = getattr(error.schema, "name", None) or "the rows"
        raise InputError(
            f"{relative(path)} holds what can't be.",
            f"Column: {column}. Promise not kept: {str(error.check)[:90]}.",
            "The file is damaged, or is another table. Take it again. Nothing was loaded.",
        ) from None
    return table[list(columns)]


def of_area(
    table: pd.DataFrame, column: str, area: str | None, schema: pa.DataFrameSchema, source_id: str
) -> pd.DataFrame:
    """The rows of one area, or all, of a table that was held to its schema when it was received.

    What holds for every row, and for any two, holds for some of them.
    """
    chosen = table if area is None else table[table[column] == area]
    return _as_loaded(chosen[list(schema.columns)].reset_index(drop=True), source_id)
