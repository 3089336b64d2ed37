"""Files as they come: read, or called what they are."""

import gzip

import pytest

from cdpb.adding import NotAdded, Wanted, add
from cdpb.build import Build
from cdpb.cli import main
from cdpb.errors import InputError
from cdpb.loaders import access
from cdpb.loaders.coverage import read_file
from cdpb.loaders.files import clear
from cdpb.loaders.registry import loader_of
from cdpb.runner.plan import checked_year
from tests.support.adding import TODAY
from tests.support.project import draw_project, lines_of
from tests.support.shared import shared
from tests.support.toys import seen
from tests.support.vintages import INDICATORS

ALCOHOL = "area_code,area_name,year,dependent_adults,lower,upper\n"
ROW = "E09000003,Barnet,2018/19,3110,2300,4300\n"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    clear()
    return draw_project(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        "Estimates of alcohol dependence,,,,,\nSource: as published,,,,,\n,,,,,\n" + ALCOHOL + ROW,
        "Estimates of alcohol dependence\n\n" + ALCOHOL + ROW,
        "sep=,\n" + ALCOHOL + ROW,
        ",,,,,\n" + ALCOHOL + ROW,
        ALCOHOL + 'E09000003,Barnet,2018/19,"3,110","2,300","4,300"\n',
        ALCOHOL + ROW + "\nSource: as published\n",
    ],
    ids=["titles", "short titles", "sep", "blank first row", "thousands", "note"],
)
def test_what_stands_around_a_table_is_passed_over(drawn, text):
    """Publishers set titles above their tables, and spreadsheets write what parts the cells."""
    read = read_file("alcohol_dependence", drawn.write("f.csv", text))

    assert read["dependent_adults"].tolist() == [3110]


@pytest.mark.parametrize(
    ("content", "called"),
    [
        ("<!DOCTYPE html>\n<title>Sign in, please</title>", "a web page, called 'Sign in, please'"),
        ("\n<html><body>403, no</body></html>", "a web page"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 2\n",
            "a Git LFS pointer",
        ),
        (b"\xd0\xcf\x11\xe0rest", "a spreadsheet of an old Excel"),
        ('{"a": 1}', "a JSON file"),
        ("sep=;\na;b\n1;2\n", "parted by semicolons"),
        (",".join(map(str, range(200_000))) + "\n1\n", "has 200,000 cells"),
        (ALCOHOL + ROW + "E09000003,Bar", "cut short"),
    ],
    ids=["sign in", "error page", "pointer", "old excel", "json", "semicolons", "wide", "cut"],
)
def test_what_is_no_table_is_called_what_it_is(drawn, content, called):
    """A reader who knows what was saved knows what to do."""
    with pytest.raises(InputError, match="can't be read as a table") as error:
        read_file("alcohol_dependence", drawn.write("f.csv", content))

    assert any(called in line for line in lines_of(error))


def test_rows_without_the_last_cell_of_the_header_are_the_sites_way(drawn):
    """The site of Fingertips names a column more than its rows have, and breaks names in two."""
    header = INDICATORS.format(parent="Column not used", more="")
    row = (
        '91743,"Deaths from\ndrug misuse",E92000001,England,E09000003,Barnet,x,Persons,All,,,'
        "2019 - 21,4.5,3,6,,,3,9,,,,,,\n"
    )

    read = read_file("fingertips", drawn.write("f.csv", header + row))

    assert read["indicator_name"].tolist() == ["Deaths from drug misuse"]


CASES = {
    "01-labels-once/referrals_pivot.csv": ("police_referrals", "names no"),
    "03-codes-and-names-out-of-step/adm_shifted.csv": (
        "alcohol_admissions_ward",
        "different wards",
    ),
    "03-codes-and-names-out-of-step/ocu_swap.csv": ("opiate_crack_local", "different areas"),
    "03-codes-and-names-out-of-step/yp_swap.csv": ("young_people_monthly", "different areas"),
    "04-file-cut-short/dash_cut_last.csv": ("mps_dashboard", "in a whole year"),
    "05-year-label-accepted-then-nothing-runs/alc_interval.csv": ("alcohol_dependence", "exceeds"),
    "09-the-way-out-leads-nowhere/lfs.csv": ("adults_monthly", "read as a table"),
    "09-the-way-out-leads-nowhere/portal.csv": ("adults_monthly", "read as a table"),
}
ALC = "alcohol_dependence"
# With what its counts add up to, where the file itself says so.
READ = {
    "01-labels-once/referrals_full.csv": ("police_referrals", "referrals"),
    "02-borough-spelt-otherwise/orders_names.csv": ("probation_orders", "starts"),
    "02-borough-spelt-otherwise/referrals_lb.csv": ("police_referrals", "referrals"),
    "02-borough-spelt-otherwise/ocu_lower.csv": ("opiate_crack_local", ""),
    "05-year-label-accepted-then-nothing-runs/alc_fy.csv": (ALC, ""),
    "05-year-label-accepted-then-nothing-runs/alc_label.csv": (ALC, ""),
    "05-year-label-accepted-then-nothing-runs/alc_label2.csv": (ALC, ""),
    "09-the-way-out-leads-nowhere/alc_blankfirst.csv": (ALC, ""),
    "09-the-way-out-leads-nowhere/alc_sep.csv": (ALC, ""),
    "09-the-way-out-leads-nowhere/alc_thousand.csv": (ALC, ""),
    "09-the-way-out-leads-nowhere/alc_title.csv": (ALC, ""),
    "09-the-way-out-leads-nowhere/m_d1.csv": ("adults_monthly", "people"),
    "09-the-way-out-leads-nowhere/m_eom.csv": ("adults_monthly", "people"),
    "09-the-way-out-leads-nowhere/ndtms_dash.csv": ("ndtms_adults", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_cases_that_were_met_are_refused(name):
    """Each was accepted, or refused without a word of what it is."""
    source, says = CASES[name]

    with pytest.raises(InputError) as error:
        read_file(source, shared("cases", *name.split("/")))

    assert says in lines_of(error)[0]


@pytest.mark.parametrize("name", READ)
def test_cases_that_were_met_are_read(name):
    """Each lost rows, or was refused."""
    source, column = READ[name]
    path = shared("cases", *name.split("/"))

    read = read_file(source, path)

    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert len(read) > 0
    if column:
        assert read[column].sum() == sum(int(line.split(",")[-1]) for line in lines)


LABELS = [name for name in (*CASES, *READ) if name.startswith("05-")]


@pytest.mark.parametrize("name", LABELS)
def test_a_year_label_is_stored_only_if_every_run_takes_it(name, drawn):
    """Some were stored, and promised a year that no run took; nothing but a deletion helped."""
    source, _ = (CASES | READ)[name]
    wanted = Wanted([shared("cases", *name.split("/"))], source, "2026-06-01", accept="as sent")
    before = seen(drawn.data)
    if name in CASES:
        with pytest.raises(NotAdded) as error:
            add(wanted, today=TODAY)
        (problem,) = error.value.problems
        assert CASES[name][1] in str(problem.error)
        assert seen(drawn.data) == before
    else:
        added = add(wanted, today=TODAY)
        with access.building(Build("partnership", demonstration=True)):
            for load in loader_of(source).loads():
                load()
        assert [checked_year(each.year) for each in added.pages] == [x.year for x in added.pages]
        assert main(["list"]) == 0


def test_a_ward_file_that_breaks_off_is_refused(tmp_path):
    """Its months were not held, so nothing else could tell that 3,264 zeros are none."""
    packed = shared("cases", "04-file-cut-short", "ward_new12_cut.csv.gz")
    path = tmp_path / "cut.csv"
    path.write_bytes(gzip.decompress(packed.read_bytes()))

    with pytest.raises(InputError, match="has no row of trafficking over a whole year"):
        read_file("mps_ward_crime", path)
