"""Two built assessments side by side: what changed in the world, and what only in the method."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cdpb.errors import InputError
from cdpb.findings.compare_years import Years, obstacle, plain_period, years_shown
from cdpb.findings.rules import ChangedRule, changed_rules, of_figures, of_part
from cdpb.numbers import is_known, measure_text
from cdpb.report.changed import shown_of_the_world

Record = Mapping[str, Any]
Records = Mapping[str, Record]
WORLD, REVISED, METHOD, BOTH = "value", "revised", "method", "value and method"
DATA, MADE = "data", "made"
NO_VERDICT = "no verdict"
RULE = "the rule"


@dataclass(frozen=True)
class Difference:
    """One thing that two assessments say differently.

    Attributes
    ----------
    finding : str
        Its id.
    what : str
        The verdict, a part of it, a key figure, a rule of the method, or a source.
    before, after : str
        As each says it.
    why : str
        ``value``: the data are of another period and the method is the same. ``revised``: the
        method and the period are the same. ``value and method``: something else than the world
        may have moved it, which ``note`` names. ``method``: a rule itself. ``data``: what was
        received of a source. ``made``: only one of the two holds the finding.
    note : str
        Why it is no change in the world; empty where it may be one.
    """

    finding: str
    what: str
    before: str
    after: str
    why: str
    note: str = ""

    def to_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)


def read_records(folder: Path) -> dict[str, Record]:
    """The records of a built assessment, by finding.

    Raises
    ------
    InputError
        If the folder is no assessment, or a record can't be read.
    """
    paths = sorted((folder / "findings").glob("*.json"))
    if not paths:
        raise InputError(
            f"{'/'.join(folder.parts[-3:])} holds no assessment.",
            "Wanted: a folder with findings/*.json, like outputs/2023-24/E09000003/public.",
            "Make it with cdpb run. Nothing was compared.",
        )
    records = {}
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise InputError(
                f"{path.name} can't be read.", "Make the assessment again. Nothing was compared."
            ) from None
        records[record["id"]] = record
    return records


def differences(before: Records, after: Records) -> list[Difference]:
    """Everything that two assessments say differently, finding by finding.

    Parameters
    ----------
    before, after : mapping of str to mapping
        Records by finding, as `read_records` gives them.

    Raises
    ------
    InputError
        If the two are of different areas or editions, or one of them is a demonstration.
    """
    _refuse_unlike(before, after)
    found: list[Difference] = []
    for finding in dict.fromkeys([*before, *after]):
        if finding not in before or finding not in after:
            was, now = ("made" if finding in each else "not made" for each in (before, after))
            found.append(Difference(finding, "finding", was, now, MADE))
        else:
            found += _Compared(finding, before[finding], after[finding]).differences()
    return found


def _refuse_unlike(*sides: Records) -> None:
    for name, told in (("area", "areas"), ("edition", "editions"), ("demonstration", "builds")):
        seen = [{_named(name, record.get(name)) for record in side.values()} for side in sides]
        if len(set.union(*seen)) > 1:
            raise InputError(
                f"The two assessments are of different {told}.",
                "Wanted: one area and one edition, in two years or before and after a change.",
                f"Found: {' and '.join(', '.join(sorted(each)) for each in seen)}.",
                "Nothing was compared.",
            )


def _named(name: str, value: Any) -> str:
    if name == "area":
        return str((value or {}).get("name"))
    if name == "demonstration":
        return "a demonstration" if value else "no demonstration"
    return str(value)


@dataclass(frozen=True)
class _Compared:
    """One finding in both assessments."""

    finding: str
    then: Record
    now: Record

    @property
    def rules(self) -> list[ChangedRule]:
        """Those that differ."""
        return changed_rules(self.then, self.now)

    def differences(self) -> list[Difference]:
        """Verdict, parts, key figures; then rules and receipts, which explain them."""
        said = [*self._parts(), *self._claims(), *self._figures()]
        rules = [
            Difference(self.finding, f"method, {each.name}", each.before, each.now, METHOD)
            for each in self.rules
        ]
        return [*self._verdict(said), *said, *rules, *self._receipts()]

    def _verdict(self, parts: Sequence[Difference]) -> Iterator[Difference]:
        was, now = _verdict(self.then), _verdict(self.now)
        if was != now:
            notes = [each.note for each in parts if each.what.startswith("part, ") and each.note]
            notes += [_by_rule(self.rules)] if not parts else []
            note = "; ".join(dict.fromkeys(filter(None, notes)))
            same = _of_verdict(self.then, "as_of") == _of_verdict(self.now, "as_of")
            yield Difference(self.finding, "verdict", was, now, _why(note, same), note)

    def _parts(self) -> Iterator[Difference]:
        for was, now in _pairs(*(_of_verdict(each, "parts") or [] for each in self._both)):
            claim, said = _either(was, now, "claim"), (_outcome(was), _outcome(now))
            if said[0] != said[1]:
                note = _by_rule(of_part(self.rules, claim)) or self._of_measures(was, now)
                why = _why(note, bool(was and now) and was.get("as_of") == now.get("as_of"))
                yield Difference(self.finding, f"part, {claim}", said[0], said[1], why, note)

    def _claims(self) -> Iterator[Difference]:
        for was, now in _pairs(*(each.get("claims") or [] for each in self._both)):
            said = (_verdict(was), _verdict(now))
            if said[0] != said[1]:
                pairs = _pairs(*(_of_verdict(each, "parts") or [] for each in (was, now)))
                note = next(filter(None, (self._of_measures(*pair) for pair in pairs)), "")
                same = _of_verdict(was, "as_of") == _of_verdict(now, "as_of")
                what = f"claim, {_either(was, now, 'text')}"
                yield Difference(self.finding, what, said[0], said[1], _why(note, same), note)

    def _of_measures(self, was: Record, now: Record) -> str:
        names = ("measure", "comparator_measure")
        pairs = [(was.get(name) or {}, now.get(name) or {}) for name in names]
        found = [obstacle(*pair, self._years) for pair in pairs if all(pair)]
        return next(filter(None, found), "")

    @property
    def _both(self) -> tuple[Record, Record]:
        return self.then, self.now

    @property
    def _years(self) -> Years:
        then, now = ({"as_of": each.get("as_of") or {}} for each in self._both)
        return years_shown(then, now)

    def _figures(self) -> Iterator[Difference]:
        for was, now in _pairs(*(each.get("key_figures") or [] for each in self._both)):
            said = (_figure(was), _figure(now))
            if said[0] != said[1]:
                note = _by_rule(of_figures(self.rules))
                note = note or (obstacle(was, now, self._years) if was and now else "")
                why = _why(note, plain_period(was) == plain_period(now))
                what = f"key figure, {_either(was, now, 'label')}"
                yield Difference(self.finding, what, said[0], said[1], why, note)

    def _receipts(self) -> Iterator[Difference]:
        for was, now in _pairs(*(each.get("sources") or [] for each in self._both)):
            said = (_received(was), _received(now))
            if said[0] != said[1]:
                what = f"data, {_either(was, now, 'title')}"
                yield Difference(self.finding, what, said[0], said[1], DATA)


def _pairs(before: Sequence[Record], after: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """What both have under one id, beside each other; nothing in it where one hasn't."""
    sides = [{each["id"]: each for each in side} for side in (before, after)]
    for id in dict.fromkeys([*sides[0], *sides[1]]):
        yield sides[0].get(id, {}), sides[1].get(id, {})


def _either(was: Record, now: Record, name: str) -> str:
    return str((now or was)[name])


def _outcome(part: Record) -> str:
    return str(part.get("outcome", "none"))


def _by_rule(rules: Sequence[ChangedRule]) -> str:
    return f"{RULE} differs: {rules[0].name}" if rules else ""


def _why(note: str, same_period: bool) -> str:
    if note:
        return BOTH
    return REVISED if same_period else WORLD


def _of_verdict(record: Record, name: str) -> Any:
    return (record.get("verdict") or {}).get(name)


def _verdict(record: Record) -> str:
    verdict = record.get("verdict") or {}
    dating = f", {verdict['dating']}" if verdict.get("dating") else ""
    return (verdict.get("label") or verdict.get("outcome") or NO_VERDICT) + dating


def _figure(figure: Record) -> str:
    """The value with its interval, and its period; an interval that moved is a difference too."""
    if not figure:
        return "none"
    told = measure_text(figure)
    return f"{told}, {plain_period(figure)}" if is_known(figure.get("value")) else told


def _received(source: Record) -> str:
    dates = [each["received"] for each in source.get("receipts") or []]
    return f"received {', '.join(dict.fromkeys(dates))}" if dates else "not received"


def told(found: Sequence[Difference], before: str, after: str) -> Iterator[str]:
    """The differences as lines to read, a finding under the other."""
    if not found:
        yield f"{before} and {after} say the same."
        return
    yield f"{before} -> {after}"
    last = ""
    for each in found:
        if each.finding != last:
            yield each.finding
            last = each.finding
        yield f"  {each.what}: {each.before} -> {each.after}{_remark(each)}"


def _remark(each: Difference) -> str:
    if each.why == BOTH:
        return f" ({each.note}: {shown_of_the_world([each.note])})"
    return " (revised: the same period, by the same method)" if each.why == REVISED else ""
