"""The method section: what the catalogue, the policies and the declarations say together."""

from collections.abc import Iterable, Mapping

from cdpb.declarations import FindingDeclaration
from cdpb.disclosure.policy import policy
from cdpb.exemptions import Exemption
from cdpb.findings.absent import source_in
from cdpb.report.hiding import agreed_notes, rule_note

ROUNDING = (
    "Counts are whole and rates have one decimal. Percentages have one decimal in figures and "
    "tables; in sentences and key figures they have none where they are of fewer than 1,000 "
    "people. The downloads hold full precision."
)


def method_of(
    declared: FindingDeclaration,
    used: Iterable[str],
    caveats: list[str],
    register: Iterable[Exemption] = (),
    area: str = "",
) -> Mapping[str, str | list[str]]:
    """What stands under each heading of the method section.

    Parameters
    ----------
    declared : FindingDeclaration
        Its ``method`` gives numerator, denominator, intervals and comparison.
    used : iterable of str
        The sources whose figures this edition shows.
    caveats : list of str
        Of those sources, and the age of their data.
    register : iterable of Exemption
        The signed exceptions that concern this finding.
    area : str
        GSS code, for what the area calls those who send its returns.
    """
    sources = [source_in(each, area) for each in used]
    policies = {each.policy: policy(each.policy) for each in sources}
    told: dict[str, str | list[str]] = {
        "Definition": [f"{each.title}: {each.definition}" for each in sources],
        **declared.method,
        "Source": [each.attribution for each in sources],
        "Disclosure control": [
            *(f"{each.title}: {each.why} {rule_note(each)}".strip() for each in policies.values()),
            *agreed_notes(register),
        ],
        "Rounding": ROUNDING,
        "Caveats": caveats,
    }
    return {heading: text for heading, text in told.items() if text}
