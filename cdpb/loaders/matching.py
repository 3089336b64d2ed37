"""Ward and borough files side by side, over the months in which they may be."""

import pandas as pd

from cdpb import schemas
from cdpb.loaders import access
from cdpb.loaders.mps import BOROUGHS, WARDS, received_boroughs, received_ward_offences
from cdpb.periods import FinancialYear
from cdpb.sources import Receipt

_Held = list[tuple[Receipt, pd.DataFrame]]


def matching_months(year: str | None = None) -> pd.DataFrame:
    """Months in which a ward and a borough file of one state of the records are held.

    Publications revise each other, so the difference between a ward file of one publication and a
    borough file of another is revision as much as offences that no ward was found for. Receipts
    that name the same ``vintage_group`` were drawn from one state of the records.

    Parameters
    ----------
    year : str, optional
        Financial year; every month that either file holds when not given.

    Returns
    -------
    pandas.DataFrame
        ``month, matches, ward_receipt, borough_receipt``; receipts are the dates of the matching
        pair, missing where there is none.
    """
    pairs = _pairs()
    months = _months_held() if year is None else FinancialYear.parse(year).months
    rows = [(month, month in pairs, *pairs.get(month, (None, None))) for month in months]
    table = pd.DataFrame(rows, columns=["month", "matches", "ward_receipt", "borough_receipt"])
    table.attrs = {"source": WARDS}
    return table.astype({"month": "period[M]"})


def ward_and_borough_offences(area: str | None = None) -> pd.DataFrame:
    """Offences placed in a ward, and all of the borough, over the matching months.

    Parameters
    ----------
    area : str, optional
        GSS code of a borough; all 32 when not given.

    Returns
    -------
    pandas.DataFrame
        ``area_code, area_name, month, offence, in_wards, in_borough, vintage_group``. In a month
        the wards may exceed the borough by a revision; nothing is clipped.
    """
    access.permitted(WARDS)
    access.permitted(BOROUGHS)
    pairs = matching_months()
    pairs = pairs[pairs["matches"]]
    if pairs.empty:
        return _from_both(schemas.empty(schemas.WARDS_AND_BOROUGH))
    wards = _of_receipts(received_ward_offences().by_receipt, pairs["month"], pairs["ward_receipt"])
    boroughs = _of_receipts(
        received_boroughs().by_receipt, pairs["month"], pairs["borough_receipt"]
    )
    by = ["borough_code", "month", "offence"]
    in_wards = wards.groupby(by, observed=True)["offences"].sum().rename("in_wards").reset_index()
    in_wards = in_wards.rename(columns={"borough_code": "area_code"})
    both = boroughs.rename(columns={"offences": "in_borough"}).merge(
        in_wards, on=["area_code", "month", "offence"], validate="one_to_one"
    )
    chosen = both if area is None else both[both["area_code"] == area]
    return _from_both(schemas.validated(chosen, schemas.WARDS_AND_BOROUGH, WARDS))


def _from_both(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs = {"source": WARDS, "denominator_source": BOROUGHS}
    return table


def _pairs() -> dict[pd.Period, tuple[object, object]]:
    """For each matching month the receipts, the newest pair where there are two."""
    pairs: dict[pd.Period, tuple[object, object]] = {}
    for ward, in_wards in received_ward_offences().by_receipt:
        for borough, in_boroughs in received_boroughs().by_receipt:
            if ward.vintage_group and ward.vintage_group == borough.vintage_group:
                shared = set(in_wards["month"].unique()) & set(in_boroughs["month"].unique())
                pairs.update(dict.fromkeys(shared, (ward.received, borough.received)))
    return pairs


def _months_held() -> list[pd.Period]:
    both = (received_ward_offences().table, received_boroughs().table)
    return sorted({month for table in both for month in table["month"].unique()})


def _of_receipts(held: _Held, months: pd.Series, received: pd.Series) -> pd.DataFrame:
    """The rows of each month from the receipt that is wanted for it."""
    wanted = pd.MultiIndex.from_arrays([received, months])
    whole = pd.concat(
        [
            table.assign(received=receipt.received, vintage_group=receipt.vintage_group)
            for receipt, table in held
        ]
    )
    return whole[pd.MultiIndex.from_frame(whole[["received", "month"]]).isin(wanted)]
