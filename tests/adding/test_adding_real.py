"""Files as their publishers serve them, added on top of what the project holds.

The files stay outside the project; without them these tests are skipped, with a reason.
"""

import json
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cdpb import loaders as load
from cdpb.adding import NotAdded, Wanted, add
from cdpb.adding.summary import summary_lines
from tests.adding.test_adding import problems
from tests.support.commands import cdpb
from tests.support.shared import shared
from tests.support.toys import seen
from tests.support.vintages import borough_file, ward_file

CHECKOUT = Path(__file__).resolve().parents[2]
# Compiled of publications that are later than those at hand as they were served.
LATER = ("mps_ward_crime/2026-04-30", "mps_borough_crime/2026-07-31")
NEWER = {
    "mps_ward_crime": ("real", "mps_ward", "ward_2023-04_2025-03.csv"),
    "mps_borough_crime": ("real", "mps_borough", "borough_2023-12_2025-11.csv"),
    "ndtms_adults": ("real", "ndtms", "viewit_local_authority.csv"),
    "alcohol_dependence": ("real", "prevalence", "alcohol_dependent_adults_england.csv"),
    "census_2021_wards": ("real", "population", "census2021_wards_london.csv"),
    "census_2021_age": ("real", "population", "census2021-ts007a-ltla.csv"),
    "ward_outlines": ("real", "boundaries", "london_wards_2022.geojson"),
    "borough_outlines": ("real", "boundaries", "uk_local_authorities_2024_bsc.geojson"),
}
LOADERS = {
    "mps_ward_crime": load.ward_drug_offences,
    "mps_borough_crime": load.borough_drug_offences,
    "ndtms_adults": load.adults_in_treatment,
    "alcohol_dependence": load.alcohol_dependence,
    "census_2021_wards": load.ward_residents,
    "census_2021_age": load.residents,
}


@pytest.fixture
def copied(tmp_path, monkeypatch) -> Path:
    """A copy of the project to 2025, taken for the project until the test ends."""
    root = tmp_path / "copy"
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(CHECKOUT / name, root / name)
    for receipt in LATER:
        shutil.rmtree(root / "data" / receipt)
    monkeypatch.setenv("CDPB_HOME", str(root))
    return root


@pytest.mark.parametrize("source_id", NEWER)
def test_every_publishers_file_is_recognised_and_stored(copied, source_id):
    """A publisher's file is added by its path alone."""
    path = shared(*NEWER[source_id])

    added = add(Wanted([path]))

    assert added.files[0].source.id == source_id
    assert (copied / added.folders[0] / path.name).read_bytes() == path.read_bytes()
    assert any("stored" in line for line in summary_lines(added))


def test_the_polices_borough_file_can_be_added_for_neighbourhood_crime_as_well(copied):
    """Its header is of two sources: the one of drug offences is meant unless one is named."""
    path = shared(*NEWER["mps_borough_crime"])
    shutil.rmtree(copied / "data" / "neighbourhood_crime" / "2026-07-31")

    drugs = add(Wanted([path]))
    others = add(Wanted([path], source="neighbourhood_crime"))

    way = "of use to neighbourhood_crime too: cdpb add it with --source neighbourhood_crime"
    assert sum(way in line for line in summary_lines(drugs)) == 1
    assert not any("of use to" in line for line in summary_lines(others))
    barnet = load.published("neighbourhood_crime", "E09000003", wide=True).set_index("month")
    month = barnet.loc[pd.Period("2024-06")]
    assert month["residential_burglary"] == 88 + 26 + 0


@pytest.mark.parametrize(
    "source_id",
    [
        # All wards of London by month take longest: they are for the proofs.
        pytest.param(each, marks=pytest.mark.proof if each == "mps_ward_crime" else ())
        for each in LOADERS
    ],
)
def test_the_publishers_file_on_top_of_the_compiled_one_changes_no_figure(copied, source_id):
    """The same publication in two layouts is one publication."""
    before = LOADERS[source_id]()

    lines = list(summary_lines(add(Wanted([shared(*NEWER[source_id])]))))

    after = LOADERS[source_id]()
    keys = [name for name in before if before[name].dtype.kind not in "if"]
    assert_frame_equal(
        before.sort_values(keys, ignore_index=True), after.sort_values(keys, ignore_index=True)
    )
    assert any("no figure differs from the last receipt" in line for line in lines)


def test_the_file_of_old_wards_is_refused(copied):
    """It has today's header, and areas that are other areas."""
    before = seen(copied / "data")

    with pytest.raises(NotAdded) as error:
        add(Wanted([shared("real", "mps_ward", "ward_2020-09_2022-08_old_wards.csv")]))

    assert "London wards in use until May 2022" in problems(error)
    assert seen(copied / "data") == before


@pytest.mark.proof
def test_a_real_older_publication_is_refused_until_its_date_is_named(copied):
    """Published about December 2023, it would undo the revisions of April 2025."""
    path = shared("real", "mps_ward", "ward_2021-12_2023-11.csv")
    before = load.ward_drug_offences()

    with pytest.raises(NotAdded) as error:
        add(Wanted([path]))
    assert "is older than what is held" in problems(error)
    add(Wanted([path], received="2024-01"))

    after = load.ward_drug_offences()
    assert_frame_equal(before, after)


@pytest.mark.parametrize(
    "name", ["street/2023-06-city-of-london-street.csv", "lookups/lsoa21_ward25_lad25.csv"]
)
def test_files_that_nothing_here_reads_are_told_apart(copied, name):
    """Neither is forced into the nearest source."""
    with pytest.raises(NotAdded) as error:
        add(Wanted([shared("real", *name.split("/"))]))

    assert "its header is of no source that is known" in problems(error)


def test_a_real_file_with_a_renamed_column_needs_the_command_of_the_message(
    copied, tmp_path, capsys
):
    """The command is typed as it stands; nothing else is touched."""
    served = shared(*NEWER["mps_borough_crime"]).read_text(encoding="utf-8-sig")
    path = tmp_path / "served.csv"
    path.write_text(
        served.replace("BoroughName", "Borough (BCU)", 1), encoding="utf-8", newline="\n"
    )
    with pytest.raises(NotAdded) as error:
        add(Wanted([path]))
    lines = [line.strip() for line in problems(error).splitlines()]
    typed = next(line for line in lines if line.startswith("cdpb map "))

    assert cdpb(capsys, *shlex.split(typed)[1:])[0] == 0
    assert add(Wanted([path])).files[0].source.id == "mps_borough_crime"


def made_up_year() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Wards and boroughs of 2024/25 as held, and of 2025/26 as in 2023/24."""
    wards = load.ward_drug_offences()
    boroughs = load.borough_drug_offences()
    names = boroughs.drop_duplicates("area_code").set_index("area_code")["area_name"]
    wards = wards.assign(place=wards["borough_code"].map(names))
    return _shifted(wards), _shifted(boroughs)


def _shifted(table: pd.DataFrame) -> pd.DataFrame:
    held = table[table["month"].between(pd.Period("2024-04"), pd.Period("2025-03"))]
    like = table[table["month"].between(pd.Period("2023-04"), pd.Period("2024-03"))]
    return pd.concat([held, like.assign(month=like["month"] + 24)])


@pytest.mark.proof
def test_a_new_year_needs_two_commands_and_no_code(copied, tmp_path, capsys):
    """2025/26 in the layouts of 2026: added, run, and its own verdict shown."""
    wards, boroughs = made_up_year()
    # The borough file that is held reaches November 2025; figures from April are made up here.
    newest = max((copied / "data" / "mps_borough_crime").glob("*"))
    shutil.rmtree(newest)
    older = boroughs[boroughs["month"] < "2025-04"]
    (tmp_path / "held.csv").write_bytes(borough_file(older, "V3").encode())
    (tmp_path / "Ward 24 months.csv").write_bytes(ward_file(wards, "V4").encode())
    (tmp_path / "Borough 24 months.csv").write_bytes(borough_file(boroughs, "V4").encode())
    new = [str(tmp_path / f"{name} 24 months.csv") for name in ("Ward", "Borough")]

    assert cdpb(capsys, "add", str(tmp_path / "held.csv"), "--received", "2025-05-31")[0] == 0
    code, out, err = cdpb(capsys, "add", *new)
    assert (code, err) == (0, "")
    assert "next: cdpb run --year 2025/26" in out
    code, out, err = cdpb(capsys, "run", "--year", "2025/26", "--finding", "ward_drug_offences")

    assert code == 0, err
    record = copied / "outputs/2025-26/E09000003/public/findings/ward_drug_offences.json"
    told = json.loads(record.read_text(encoding="utf-8"))
    assert told["verdict"]["as_of"] == "2025/26"
    # As in 2023/24, of which the figures are; in 2024/25 it is another.
    as_far = "supported as far as checked (4 of 5 parts)"
    whole, partly = as_far, f"partly {as_far}"
    assert whole in out
    history = [(each["year"], each["label"]) for each in told["history"]]
    years = ("2022/23", "2023/24", "2024/25", "2025/26")
    assert history == list(zip(years, (whole, whole, partly, whole), strict=True))
    page = (record.parents[1] / "ward-drug-offences.html").read_text(encoding="utf-8")
    assert "What changed since 2024/25" in page
    assert f"For 2024/25 the statement was {partly}; for 2025/26 it is {whole}." in page
