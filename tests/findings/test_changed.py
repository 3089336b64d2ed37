"""What changed since last year: computed again by today's method, and compared where alike."""

import re
from types import SimpleNamespace

import pytest

from cdpb.errors import InputError
from cdpb.findings.compare_records import beside_last_year, obstacle
from cdpb.findings.obstacles import breaks_between
from cdpb.findings.released_record import beside_published, entered, released_record
from cdpb.findings.trace import measure_of_year
from cdpb.findings.years import as_turned
from cdpb.ledger import write_entry
from cdpb.report.changed import changed_block, figures_moved, verdicts_moved, what_changed
from cdpb.statistics.measure import HIDDEN, Measure

YEARS = {"ndtms_adults": ("2020/21", "2021/22")}


def share(value, year="2021/22", width=1.0, **more) -> dict:
    """A key figure as a record has it."""
    told = {"value": value, "lower": value - width, "upper": value + width, "unit": "%"}
    known = {"period": year, "source": "ndtms_adults", "method": "Wilson", "denominator": 2_000}
    return {"id": "share", "label": "Women", "comparators": [], **told, **known, **more}


def part(outcome="supported", year="2021/22", **more) -> dict:
    tested = share(31.1, year, **more)
    as_of = "" if outcome == "not checked" else year
    told = {"id": "a", "claim": "It is lower", "outcome": outcome, "as_of": as_of}
    return {**told, "measure": tested, "comparator_measure": None}


def said(year="2021/22", figure=None, tested=None, source="ndtms_adults") -> dict:
    """A record of one key figure and one part, on data for its own year."""
    tested = tested or part(year=year)
    outcome = tested["outcome"]
    verdict = {"outcome": outcome, "label": outcome, "parts": [tested]}
    return {
        "year": year,
        "as_of": {source: year},
        "key_figures": [figure or share(31.1, year)],
        "verdict": {**verdict, "as_of": year, "dating": "", "adds_to_history": True},
        "history": [],
    }


def compared(then: dict, now: dict) -> dict:
    return {**now, "before": beside_last_year(then, now, lambda id, was: was)}


def change(then: dict, now: dict) -> str:
    """What stands in the last column of the table of key figures."""
    before = said("2020/21", {**then, "period": then["period"]})
    return figures_moved(compared(before, said("2021/22", now)))[0][3]


def test_a_figure_stands_beside_its_earlier_one_with_both_intervals():
    ((label, then, now, moved),) = figures_moved(
        compared(said("2020/21", share(29.6, "2020/21")), said())
    )
    assert (label, then) == ("Women", "29.6% (28.6% to 30.6%)")
    assert (now, moved) == ("31.1% (30.1% to 32.1%)", "no clear change")


def test_intervals_that_are_apart_are_said_to_be():
    """That is not a test, and isn't called one."""
    assert change(share(30, "2020/21"), share(40)) == "up, intervals apart"
    assert change(share(30, "2020/21"), share(30)) == "unchanged"
    assert change(share(30.01, "2020/21"), share(30.02)) == "unchanged as rounded"


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"definition": "women of all"}, "another definition"),
        ({"method": "Byar"}, "another method"),
        ({"series": "2016 to 2019"}, "another series"),
        ({"unit": "per 1,000 residents"}, "another unit"),
    ],
)
def test_a_value_measured_in_another_way_is_not_compared(what, why):
    """Else a new definition would read as news of the world."""
    assert change({**share(20, "2020/21"), **what}, share(31)) == f"not compared: {why}"


def test_a_value_beyond_a_break_of_its_series_is_not_compared():
    """A break within either year parts them; one after both, or before both, doesn't."""
    police = "mps_borough_crime"
    crossed = [breaks_between(police, *each) for each in (("2022/23", "2023/24"),
                                                          ("2023/24", "2024/25"))]  # fmt: skip
    assert [each[0].month for each in crossed] == ["2024-02", "2024-02"]
    assert breaks_between(police, "2021/22", "2022/23") == []
    assert breaks_between(police, "2024/25", "2025/26") == []
    offences = share(2.5, "2022/23", source=police)
    years = {police: ("2022/23", "2023/24")}
    assert obstacle(offences, {**offences, "value": 2.7}, years) == "series break in February 2024"


def test_figures_of_the_same_period_are_no_news():
    """Last year's page showed the same; nothing newer was received."""
    before, now = said("2020/21", share(31.1)), said("2021/22", share(31.1))
    now["key_figures"][0]["period"] = "2021/22, the latest held"
    record = compared(before, now)
    ((_, then, _, moved),) = figures_moved(record)
    assert then.endswith("32.1%), 2021/22")  # under a heading that says 2020/21
    assert moved == "no newer figures"
    assert "no figure here is newer than for 2020/21" in what_changed(record, [])


def test_what_is_not_held_for_a_year_is_no_zero():
    nothing = {**share(0, "2020/21"), "value": None, "lower": None, "upper": None}
    assert change(nothing, share(31)) == "not held for 2020/21"
    assert change(nothing, {**nothing, "period": "2021/22"}) == "not held for either year"


def test_what_is_hidden_is_not_said_to_be_missing():
    """A board would ask the sender for a figure that was sent."""
    hidden = {**share(0), "value": None, "lower": None, "upper": None, "note": HIDDEN}
    absent = {**hidden, "note": "", "period": "2020/21"}
    assert change(share(31, "2020/21"), hidden) == "not compared: hidden for 2021/22"
    assert change({**hidden, "period": "2020/21"}, hidden) == "hidden for either year"
    assert change(absent, hidden) == "not held for 2020/21, hidden for 2021/22"


def test_a_protected_value_of_last_year_is_not_shown():
    """Two years' protected tables side by side are protected by neither."""
    record = {**said(), "before": beside_last_year(said("2020/21"), said(), lambda id, was: None)}
    ((_, then, _, moved),) = figures_moved(record)
    assert then == "not shown"
    assert "protect people" in moved


def test_a_verdict_that_moved_is_told():
    record = compared(said("2020/21", tested=part("contradicted", "2020/21")), said())
    assert what_changed(record, [])[0] == (
        "for 2020/21 the statement was contradicted; for 2021/22 it is supported"
    )
    assert [row[3] for row in verdicts_moved(record)] == ["changed", "changed"]


def test_a_verdict_that_moved_with_the_definition_is_no_change_in_the_world():
    then = said("2020/21", tested=part("contradicted", "2020/21", definition="another"))
    record = compared(then, said())
    assert "no real change is shown" in what_changed(record, [])[0]
    assert all("no real change" in row[3] for row in verdicts_moved(record))


def test_across_a_break_the_world_may_have_changed_and_that_cannot_be_told():
    """That nothing changed is as little known as that something did."""
    police = {"source": "mps_borough_crime"}
    then = said("2022/23", tested=part("supported", "2022/23", **police), **police)
    record = compared(
        then, said("2023/24", tested=part("contradicted", "2023/24", **police), **police)
    )
    told = "the figures can't tell a real change from one of recording"
    assert what_changed(record, [])[0].endswith(f"series break in February 2024; {told}")
    assert all(row[3].startswith(told) for row in verdicts_moved(record))
    assert "no real change" not in changed_block(record, []).html


def test_what_compares_across_a_break_takes_the_place_of_what_cannot_be_told():
    """A page may not say that it can't be told beside a comparison that tells it."""
    police, alike = {"source": "mps_borough_crime"}, "Like for like, it rose from 791 to 907."
    was, now = (share(each, year, **police) for each, year in ((2.5, "2022/23"), (2.7, "2023/24")))
    then = said("2022/23", was, part("supported", "2022/23", **police), **police)
    now = said("2023/24", now, part("contradicted", "2023/24", **police), **police)
    record = compared(then, now) | {"alike": alike}

    told = what_changed(record, ["It rose since 2022/23."])

    assert told[0].endswith("series break in February 2024. Like for like, it rose from 791 to 907")
    assert [each for each in told[1:] if "rose" in each] == ["It rose since 2022/23."]
    again = what_changed(record, ["Like for like, it rose."[:-1]])
    assert again == what_changed(record, [])
    block = changed_block(record, told)
    assert "can't tell" not in block.html.replace("&#39;", "'")
    assert all(row[3].startswith("compared like for like above") for row in verdicts_moved(record))
    assert figures_moved(record)[0][3] == "compared like for like above"


def test_without_a_verdict_that_moved_what_compares_is_said_by_itself():
    police, alike = {"source": "mps_borough_crime"}, "Like for like, it rose from 791 to 907."
    record = compared(said("2022/23", **police), said("2023/24", **police)) | {"alike": alike}

    assert alike in what_changed(record, [])


def test_a_part_that_could_not_be_checked_then_has_not_changed():
    record = compared(said("2020/21", tested=part("not checked", "2020/21")), said())
    assert verdicts_moved(record)[1][3] == "not checked then"
    assert what_changed(record, [])[0].startswith("for 2020/21 the statement was not checked")


def test_a_break_is_named_before_anything_that_crosses_it():
    then = said("2022/23", source="mps_borough_crime")
    record = compared(then, said("2023/24", source="mps_borough_crime"))
    told = what_changed(record, ["It rose since 2022/23."])
    assert told[-1] == "It rose since 2022/23."
    assert "CONNECT" in told[-2]
    assert "may be one of recording" in told[-2]


def test_an_old_change_is_called_the_last_one():
    """Under a heading that says since last year."""
    record = compared(said("2022/23"), said("2023/24"))
    told = what_changed(record, ["From 2016/17 to 2017/18 it fell."])
    assert told[-1].startswith("The last change in the data we hold: from 2016/17")


def rows_in(block) -> list[str]:
    """What each row of the table of differences is about."""
    (table, *_) = re.findall(r'<table id="changed-table".*?</table>', block.html, flags=re.S)
    return re.findall(r'<th scope="row">(.*?)</th>', table)


def test_the_block_holds_what_differs_and_the_verdict_year_by_year():
    now = said()
    now["history"] = [{"year": each, **now["verdict"]} for each in ("2020/21", "2021/22")]
    now["history"][0] |= {"label": "unclear"}
    before = said("2020/21", share(29.6, "2020/21"))
    block = changed_block(compared(before, now), ["It <rose>."])
    assert rows_in(block)[0] == "Women"
    assert "It is lower" not in rows_in(block)
    for told in (
        "The verdict, year by year",
        "It &lt;rose&gt;.",
        "No other key figure or part of the verdict changed",
    ):
        assert told in block.html


def test_a_verdict_that_never_changed_is_a_line_and_no_table():
    now = said()
    now["history"] = [
        {"year": each, **now["verdict"]} for each in ("2019/20", "2020/21", "2021/22")
    ]
    record = compared(said("2020/21"), now)
    assert what_changed(record, [])[0].endswith(
        "as for 2020/21, and has been since 2019/20: supported"
    )
    assert "The verdict, year by year" not in changed_block(record, []).html


def test_what_did_not_change_is_one_line():
    """Four tables of "unchanged" stood before the first chart."""
    block = changed_block(compared(said("2020/21"), said()), [])
    assert "No key figure and no part of the verdict changed" in block.html
    assert not {"Women", "It is lower", "The whole statement"} & set(rows_in(block))


def test_what_could_not_be_compared_stands_with_what_changed():
    last, now = said("2020/21", share(31.1, "2020/21", definition="other")), said()
    assert "Women" in rows_in(changed_block(compared(last, now), []))


def test_another_year_is_taken_from_the_same_table():
    """The one way in which a protected value of last year can be shown."""

    def measure(value, year):
        return Measure(value, None, None, None, None, "%", "Barnet", year, "ndtms_adults", "")

    now, then, none = measure(31, "2021/22"), measure(29, "2020/21"), measure(None, "")
    table = SimpleNamespace(rows={"2020/21": then, "2019/20": none})
    again = {now: ("2021/22", table.rows.__getitem__)}
    assert measure_of_year(now, "2020/21", again) == then
    assert measure_of_year(now, "2021/22", again) == now
    assert measure_of_year(now, "2019/20", again) is None
    assert measure_of_year(now, "2020/21", {}) is None


def rules(threshold: int) -> dict:
    return {"digest": str(threshold), "rules": {"test: It is lower": f"threshold {threshold}"}}


def test_what_was_published_stands_beside_what_is_computed_today():
    """Only the ledger knows what was published; a new threshold since is named as one."""
    last, now = said("2020/21", share(29.6, "2020/21")), said()
    then = {**said("2020/21", share(29.1, "2020/21"), part("contradicted", "2020/21"))}
    published = {**entered({**then, "method": rules(50)}), "released": "2022-06-01"}
    record = compared(last, now)
    record["before"]["published"] = beside_published(published, {**last, "method": rules(60)})

    told = what_changed(record, [])
    assert told[0] == "the verdict is the same as for 2020/21: supported"
    assert "the method has changed since 2020/21 was published: “test: It is lower”" in told[1]
    html = changed_block(record, told).html
    assert "Published 1 June 2022" in html
    for differs in ("threshold 50", "threshold 60", "contradicted", "29.1%", "29.6%"):
        assert differs in html


def test_what_is_said_as_it_was_published_is_not_repeated():
    last = said("2020/21")
    published = {**entered({**last, "method": rules(50)}), "released": "2022-06-01"}
    told = beside_published(published, {**last, "method": rules(50)})
    assert not told["rules"] + told["verdicts"] + told["key_figures"]


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """Enter what a finding said of 2020/21 in the ledger of a project of its own."""
    monkeypatch.setattr("cdpb.paths.data_folder", lambda: tmp_path)

    def enter(day: str, outcome: str = "supported", edition: str = "public", **more) -> None:
        record = {**said("2020/21", tested=part(outcome, "2020/21")), "method": rules(50)}
        content = {"released": day, "edition": edition, "tables": []}
        findings = {"findings": {"women": entered(record)}, **more}
        write_entry("E09000003", "2020/21", edition, {**content, **findings})

    return enter


def test_the_newest_release_of_a_year_and_edition_counts(ledger):
    ledger("2022-06-01", "contradicted")
    ledger("2022-07-01", "supported")
    ledger("2022-08-01", "unclear", "partnership")
    told = released_record("E09000003", "2020/21", "public", "women")
    assert (told["released"], told["verdict"]["label"]) == ("2022-07-01", "supported")
    assert released_record("E09000003", "2021/22", "public", "women") is None
    assert released_record("E09000003", "2020/21", "public", "ward") is None


def test_a_ledger_that_was_changed_by_hand_is_refused(ledger):
    ledger("2022-06-01", findings={"women": {"verdict": None}})
    with pytest.raises(InputError, match="can't be read"):
        released_record("E09000003", "2020/21", "public", "women")


def stated(outcome, year, made="2021", claims=()) -> dict:
    """A record of a statement that was made in 2021, of which 2020/21 is the own date."""
    record = said(year, tested=part(outcome, year))
    return {**record, "statement_made": made, "claims": list(claims)}


@pytest.mark.parametrize(
    ("first", "outcome", "label"),
    [
        ("supported", "contradicted", "contradicted now (supported in 2020/21)"),
        ("unclear", "contradicted", "contradicted"),
        ("contradicted", "contradicted", "contradicted"),
        ("supported", "unclear", "unclear"),
    ],
)
def test_what_its_own_date_supported_is_contradicted_now(first, outcome, label):
    """It was not untrue, it has changed; whole and in the part."""
    years = {"2020/21": stated(first, "2020/21"), "2021/22": stated("unclear", "2021/22")}
    verdict = as_turned(stated(outcome, "2022/23"), years)["verdict"]
    (tested,) = verdict["parts"]
    assert (verdict["label"], verdict["outcome"]) == (label, outcome)
    assert tested.get("label", tested["outcome"]) == label


def test_how_far_it_was_checked_stays_with_what_has_changed():
    now = stated("contradicted", "2022/23")
    now["verdict"]["label"] = "contradicted as far as checked (1 of 2 parts)"
    told = as_turned(now, {"2020/21": stated("supported", "2020/21")})
    wanted = "contradicted now (supported in 2020/21) as far as checked (1 of 2 parts)"
    assert told["verdict"]["label"] == wanted
    assert as_turned(told, {"2020/21": stated("supported", "2020/21")}) == told


def test_only_the_year_of_the_statement_is_its_own_date():
    """Supported a year later or a year too soon, it was not supported when it was said."""
    supported = {each: stated("supported", each) for each in ("2019/20", "2021/22")}
    told = as_turned(stated("contradicted", "2022/23"), supported)
    assert told["verdict"]["label"] == "contradicted"


def test_a_later_claim_has_an_own_date_of_its_own():
    def claim(outcome, year):
        told = said(year, tested=part(outcome, year))["verdict"]
        return {"id": "F1", "made": "2022", "verdict": told}

    then = {"2021/22": stated("unclear", "2021/22", claims=[claim("supported", "2021/22")])}
    now = stated("unclear", "2022/23", claims=[claim("contradicted", "2022/23")])
    (told,) = as_turned(now, then)["claims"]
    assert told["verdict"]["label"] == "contradicted now (supported in 2021/22)"
