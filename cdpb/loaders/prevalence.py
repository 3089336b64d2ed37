"""Estimates of need: alcohol dependence, and use of opiates and crack cocaine."""

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from cdpb import areas, schemas
from cdpb.catalogue import source
from cdpb.loaders import access
from cdpb.loaders.counts import counts_in, financial_or_calendar_years_of, refuse_repeats, trimmed
from cdpb.loaders.files import read_text_table
from cdpb.loaders.headers import in_our_words
from cdpb.loaders.places import in_areas, refuse_blank
from cdpb.loaders.receiving import Received, fingerprint, receive
from cdpb.loaders.return_checks import refuse_parts_above

ALCOHOL = "alcohol_dependence"
OPIATES_ENGLAND, OPIATES_LOCAL = "opiate_crack_england", "opiate_crack_local"
NO_INTERVAL = ("", "na")


def alcohol_dependence(area: str | None = None) -> pd.DataFrame:
    """Estimated adults dependent on alcohol, with 95% intervals from 2015/16.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough or England; all of them when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, year, dependent_adults, lower, upper``; an interval that was not
        published is missing. Years up to 2014 are calendar years.

    Raises
    ------
    InputError
        If a received file can't be vouched for.
    """
    access.permitted(ALCOHOL)
    table = received_alcohol().table
    return schemas.of_area(table, "area_code", area, schemas.ALCOHOL_DEPENDENCE, ALCOHOL)


def opiate_crack_use(area: str | None = None, demonstration: bool = False) -> pd.DataFrame:
    """Estimated users of opiates, crack cocaine or both, by series.

    Three series follow each other, each with a method of its own. A difference between two of
    them is a change of method first of all.

    Parameters
    ----------
    area : str, optional
        GSS code; England and, in a demonstration, the illustrative area when not given.
    demonstration : bool, default False
        Add the illustrative local figures; allowed only where a demonstration is being built.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, year, series, users, lower, upper, ages, status``; the sources
        they are from in ``attrs["sources"]``.

    Raises
    ------
    InputError
        If illustrative figures are asked for outside a demonstration, or a file can't be vouched
        for.
    """
    published = demonstration or source(OPIATES_LOCAL).status == "official"
    used = [OPIATES_ENGLAND, *([OPIATES_LOCAL] if published else [])]
    table = pd.concat([_opiates(each) for each in used], ignore_index=True)
    is_local = area not in (None, areas.ENGLAND.code)
    source_id = OPIATES_LOCAL if is_local and published else OPIATES_ENGLAND
    whole = schemas.validated(table, schemas.OPIATE_CRACK, source_id)
    shown = schemas.of_area(whole, "area_code", area, schemas.OPIATE_CRACK, source_id)
    shown.attrs["sources"] = used
    return shown


def _opiates(source_id: str) -> pd.DataFrame:
    declared = access.permitted(source_id)
    return received_opiates(source_id).table.assign(status=declared.status)


def received_alcohol() -> Received:
    """All receipts of alcohol dependence."""
    return _received_alcohol(fingerprint(ALCOHOL))


def received_opiates(source_id: str) -> Received:
    """All receipts of one source of opiate and crack use."""
    return _received_opiates(source_id, fingerprint(source_id))


@lru_cache(maxsize=8)
def _received_alcohol(_fingerprint: str) -> Received:
    return receive(ALCOHOL, read_alcohol, ["area_code", "year"], schemas.ALCOHOL_DEPENDENCE)


@lru_cache(maxsize=8)
def _received_opiates(source_id: str, _fingerprint: str) -> Received:
    def read_file(path: Path, receipt: str) -> pd.DataFrame:
        return read_opiates(path, receipt, source_id)

    keys = ["area_code", "year", "series"]
    return receive(source_id, read_file, keys, schemas.OPIATE_CRACK)


def read_alcohol(path: Path, receipt: str = "") -> pd.DataFrame:
    """One file of alcohol dependence, in any known layout."""
    return _estimates(path, receipt, ALCOHOL, "dependent_adults", schemas.ALCOHOL_DEPENDENCE)


def read_opiates(path: Path, receipt: str = "", source_id: str = OPIATES_ENGLAND) -> pd.DataFrame:
    """One file of opiate and crack use, in any known layout."""
    return _estimates(path, receipt, source_id, "users", schemas.OPIATE_CRACK)


def _estimates(
    path: Path, receipt: str, source_id: str, estimate: str, schema: pa.DataFrameSchema
) -> pd.DataFrame:
    keys = [name for name in ("area_code", "year", "series") if name in schema.columns]
    table = read_text_table(path, source_id, receipt)
    rows, _ = in_our_words(table, source_id)
    rows = rows.apply(trimmed)
    for name in ("year", "series"):
        if name in rows:
            refuse_blank(rows[rows[name] == ""], rows, name, ["area_code", name], table)
    rows = in_areas(rows, table, "area_name")
    rows = rows.assign(year=financial_or_calendar_years_of(rows["year"], path))
    refuse_repeats(rows, keys, path)
    limits = {name: counts_in(rows, name, table, keys, NO_INTERVAL) for name in ("lower", "upper")}
    rows = rows.assign(**{estimate: counts_in(rows, estimate, table, keys)}, **limits)
    refuse_parts_above(rows, (("lower", estimate), (estimate, "upper")), keys, path)
    return schemas.check_read(rows, schema, path)
