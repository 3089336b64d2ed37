"""What a partnership says of itself, each beside the figures of the assessment that speak to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cdpb.areas import Achievement, Entry, area_file, finding_of
from cdpb.declarations import PRIORITIES
from cdpb.findings.documents import Others, Quote
from cdpb.numbers import is_known, list_text, measure_text
from cdpb.report.blocks import notice_block, texts_block
from cdpb.report.markup import Block, finding_link, render
from cdpb.report.tables import ShownRow
from cdpb.say import possessive
from cdpb.statistics.part_tests import NOT_CHECKED

Record = Mapping[str, Any]
NOTHING, LACKING = "We hold no figure on this.", "we hold no figure{}"
FIGURES = "What the figures held here say"
# Whom a service may not reach, the findings that know of them, and what would have to be held.
GROUPS = {
    "Women": ("women_in_treatment", "estimates of need by sex"),
    "Young people": ("young_people_in_treatment", "people in treatment, and in need, by age"),
    "Parents": ("parents_in_treatment", "estimates of parents in need"),
    "Ethnic groups": ("", "people in treatment, and in need, by ethnic group"),
    "People in deprived places": ("", "people in treatment by deprivation of where they live"),
}


def headline(finding: Any) -> str:
    """What the page has of the partnership, if anything is on file."""
    name, achieved = possessive(finding.place.name), finding.of_area("achievements")
    if not achieved:
        return f"What {name} partnership has set out, achieved and decided is not on file"
    reported = f"What {name} partnership reports ({_documents(achieved)})"
    return f"{reported}, beside figures from then or later where we hold any"


def reported_block(finding: Any, others: Others, kind: str) -> list[Block]:
    """Its ``achievements`` or ``outcomes`` by priority, as its documents have them, with figures.

    What it reports is the partnership's word, and so are the document's own figures.
    """
    entries = finding.of_area(kind)
    named = [id for each in entries for id in each.quoted]
    quotes = {each.quote_id: each for each in finding.load.quotes(*named)}
    rows = [
        ShownRow([each.text, *[_own(each, quotes)] * bool(named), beside(each, others)],
                 group=PRIORITIES.get(each.priority, ""))
        for each in entries
    ]  # fmt: skip
    headings = ["The partnership's word", *["Figures that it gives"] * bool(named), FIGURES]
    # No table of the finding's own: it is a document that speaks.
    return [texts_block(_documents(entries), headings, rows, kind, "reported")] if rows else []


def members_block(finding: Any) -> list[Block]:
    """Who sits on the board, whom else its plan names, and how it is governed."""
    known = finding.of_area("organisations")
    named = {
        "The members of the board are": [each.name for each in known if each.member],
        "The delivery plan also names": [each.name for each in known if not each.member],
    }
    sentences = [f"{begin}: {'; '.join(names)}." for begin, names in named.items() if names]
    html = render("blocks/changed.html.j2", sentences=sentences, tables=[])
    governed = held_block(finding.of_area("governance"))
    return [Block("entries", html, " ".join(sentences))] * bool(sentences) + governed


def held_block(entries: Sequence[Entry]) -> list[Block]:
    """Next steps, governance or ways to take part, where any are on file."""
    html = render("blocks/entries.html.j2", entries=entries)
    return [Block("entries", html, " ".join(entry.text for entry in entries))] * bool(entries)


def log_block(finding: Any) -> list[Block]:
    """What the board asked for, of whom, by when, and whether it was answered."""
    asked = finding.of_area("decision_log")
    if not asked:
        none = notice_block("not_available", "No decision of the board is recorded.")
        return [none] * (area_file(finding.place.code) is not None)
    rows = [
        [each.text, each.meeting, each.office or "not named", each.due or "not said",
         each.answer or "not recorded"]
        for each in asked
    ]  # fmt: skip
    headings = ["What the board agreed or asked", "Meeting", "Of which office", "By when", "Answer"]
    last = f"{_documents(asked)}. The last meeting on record: {asked[-1].meeting}"
    return [texts_block(last, headings, rows, "decision-log")]


def reach_block(others: Others) -> Block:
    """Who may not be reached, as far as figures are held, and what is missing to know it."""
    rows = [
        [
            group,
            beside(Achievement(text="", document="", figures=[name] * bool(name)), others),
            need,
        ]
        for group, (name, need) in GROUPS.items()
    ]
    headings = ["Who", FIGURES, "What is not held"]
    return texts_block("As far as figures are held", headings, rows, "reach")


def without_file(finding: Any) -> list[Block]:
    """What a file of the area would add, and how it is made, where there is none."""
    place, own = finding.place, possessive(finding.place.name)
    text = (
        f"No file of {own} partnership is held, so these pages describe {place} and judge nothing. "
        f"A file adds {own} own statements with a verdict on each, its delivery plan by objective "
        "and by office, what it reports as achieved beside the figures, its outcomes, members and "
        "decisions, and what each finding means to it. To make one, copy data/areas/example.yml to "
        f"data/areas/{place.code}.yml, put {own} words in the place of the example's, and run "
        "again; docs/areas.md says how."
    )
    return [notice_block("not_available", text)] * (area_file(place.code) is None)


def beside(entry: Achievement, others: Others) -> Markup:
    """The findings that speak to an entry, each with its figure or its verdict on the claim.

    Of those alone that say anything of that time; where none does, that no figure is held.
    """
    named = [(name, record) for name in entry.figures
             if (record := others.find(finding_of(name)))]  # fmt: skip
    told = [line for name, record in named for line in _told(name, record, entry.since)]
    lacking = LACKING.format(f" of {entry.since} or later" if entry.since else "")
    none = [_line(record, record["title"], lacking) for _, record in named]
    return Markup("<br>").join(told or none) or Markup(NOTHING)


def _told(name: str, record: Record, since: str) -> Iterator[Markup]:
    """The verdict on a claim, where one is named and was checked; else a figure of that time."""
    for claim in record["claims"]:
        if name == f"{record['id']}/{claim['id']}" and claim["verdict"]["outcome"] != NOT_CHECKED:
            yield _line(record, record["title"], claim["verdict"]["label"])
    for figure in record["key_figures"] if "/" not in name else []:
        period = (figure.get("period") or "").split(",")[0]
        wanted = name.partition(":")[2] in ("", figure["id"])
        if wanted and is_known(figure.get("value")) and period >= since:
            yield _line(record, figure["label"], f"{measure_text(figure)}, {period}")
            return


def _line(record: Record, label: str, text: str) -> Markup:
    link = finding_link({**record, "title": label})
    return Markup("<span>{}: {}</span>").format(link, text)


def _own(entry: Achievement, quotes: Mapping[str, Quote]) -> str:
    own = [quotes[id] for id in entry.quoted if id in quotes]
    return "; ".join(f"{each.what}: {each.shown} ({each.period})" for each in own) or "none"


def _documents(entries: Sequence[Any]) -> str:
    return list_text(dict.fromkeys(each.document for each in entries))
