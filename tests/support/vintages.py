"""Files made up in every layout that has been met, from tables in our own words."""

import csv
import io

import pandas as pd

# The header of a Fingertips export; columns that come and go are filled in.
INDICATORS = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles,{parent},Time period Sortable,New data,"
    "Compared to goal{more}\n"
)

GROUP, TRAFFICKING, POSSESSION = "DRUG OFFENCES", "TRAFFICKING OF DRUGS", "POSSESSION OF DRUGS"
MIXED = ("Drug Offences", "Drug Trafficking", "Possession of Drugs")
UPPER = (GROUP, TRAFFICKING, POSSESSION)
BOROUGH_LAYOUTS = {
    "V0": (
        ["Borough", "Major Category", "Minor Category"],
        ("Drugs", "Drug Trafficking", "Possession Of Drugs"),
    ),
    "V1": (
        ["MajorText", "MinorText", "BoroughName"],
        ("Drug Offences", "Drug Trafficking", "Possession of  Drugs"),
    ),
    "V2": (["MajorText", "MinorText", "LookUp_BoroughName"], MIXED),
    "V3": (["MajorText", "MinorText", "BoroughName"], UPPER),
    "V4": (["Group", "SubGroup", "BOCU"], UPPER),
}
WARD_LAYOUTS = {
    "V2": (["MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName"], MIXED),
    "V3": (["MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName"], UPPER),
    "V4": (["Group", "SubGroup", "WardName", "WardCode", "LookUp_BoroughName"], UPPER),
    "historical": (
        ["WardName", "WardCode", "MajorText", "MinorText", "LookUp_BoroughName"],
        UPPER,
    ),
}
_OURS = {
    "group": ("Major Category", "MajorText", "Group"),
    "subgroup": ("Minor Category", "MinorText", "SubGroup"),
    "place": ("Borough", "BoroughName", "LookUp_BoroughName", "BOCU"),
    "ward_name": ("WardName",),
    "ward_code": ("WardCode",),
}
# A kind of offence that is no drug offence, its name quoted because it holds a comma.
OTHER = ("BURGLARY", "BURGLARY, RESIDENTIAL AND COMMUNITY")


def borough_file(table: pd.DataFrame, layout: str) -> str:
    """A borough file of ``area_name, month, offence, offences``, zeros left out."""
    return _file(table.rename(columns={"area_name": "place"}), *BOROUGH_LAYOUTS[layout])


def ward_file(table: pd.DataFrame, layout: str) -> str:
    """A ward file of ``ward_code, ward_name, place, month, offence, offences``."""
    return _file(table, *WARD_LAYOUTS[layout])


def _file(table: pd.DataFrame, header: list[str], wording: tuple[str, str, str]) -> str:
    group, trafficking, possession = wording
    words = {"trafficking": trafficking, "possession": possession}
    ours = {theirs: name for name, several in _OURS.items() for theirs in several}
    places = [name for name in ("ward_code", "ward_name", "place") if name in table]
    named = table.assign(month=table["month"].dt.strftime("%Y%m"))
    wide = named.pivot(index=[*places, "offence"], columns="month", values="offences")
    months = list(wide.columns)
    drugs = wide.fillna(0).astype(int).reset_index()
    drugs = drugs.assign(group=group, subgroup=drugs["offence"].map(words))
    others = drugs[places].drop_duplicates().assign(group=OTHER[0], subgroup=OTHER[1])
    rows = pd.concat([drugs, others.assign(**dict.fromkeys(months, 7))])
    kept = rows[(rows[months] != 0).any(axis=1)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*header, *months])
    writer.writerows(kept[[ours[name] for name in header] + months].to_numpy().tolist())
    return text.getvalue()
