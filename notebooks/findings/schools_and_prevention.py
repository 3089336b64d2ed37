"""What the figures of schools and prevention say, in sentences."""

from cdpb import say
from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.statistics.measure import Measure

QUALITY = (
    "We hold no figures of how well schools teach about drugs and alcohol. A school that the "
    "service visited once counts like one that it worked with all year."
)


def headline(reached: Measure, area: str, period: str) -> str:
    """The finding in one sentence: the share of schools that the service worked with."""
    service, when = "the young people's service", f"In {period}"
    if not reached.period:
        return f"Figures of the schools that {service} works with in {area} are not held."
    if not reached.known:
        share = f"the share of schools in {area} that {service} worked with"
        return f"{when}, {share} is not shown, to protect people."
    number = f"{say.out_of(reached.numerator, reached.denominator)} schools in {area}"
    return f"{when}, {service} worked with {number}, {say.measured(reached)}."


def schools_title(reached: Measure) -> str:
    """How many of all schools were worked with, where it may be said."""
    if not reached.known:
        return "Schools that the young people's service worked with, by setting"
    return f"{say.out_of(reached.numerator, reached.denominator)} schools were worked with"


@say.of_rows
def referrals_title(referrals: PublishedTable) -> str:
    """Referrals from each setting in the last year and the one before."""
    return referrals_changed(referrals).removesuffix(".") or "Referrals from education, by setting"


def referrals_changed(referrals: PublishedTable) -> str:
    """From the year before to the latest: referrals from each setting."""
    years = sorted({str(row["year"]) for row in say.rows_of(referrals)})
    settings = _settings(referrals)
    if len(years) < 2 or not settings:
        return ""
    return f"From {years[-2]} to {years[-1]} referrals from {list_text(settings)}."


def _settings(referrals: PublishedTable) -> list[str]:
    """``universal education rose from 13 to 26``, of each setting of which both are shown."""
    clauses = []
    for setting in dict.fromkeys(str(row["setting"]) for row in say.rows_of(referrals)):
        shown = referrals.where(setting=setting).to_frame(gaps=True).sort_values("year")["counted"]
        last = shown.iloc[-2:]
        if last.notna().all():
            name = "all education" if setting == "total" else f"{setting} education"
            number = say.moved(*last) if len(last) > 1 else count_text(last.iloc[0])
            clauses.append(f"{name} {number}")
    return clauses
