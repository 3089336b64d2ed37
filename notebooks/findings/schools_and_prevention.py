"""What the figures of schools and prevention say, in sentences."""

import pandas as pd

from cdpb.disclosure.published import PublishedTable
from cdpb.numbers import count_text, list_text
from cdpb.say import measured, moved, of_rows, sentence
from cdpb.statistics.measure import Measure

QUALITY = (
    "How well schools teach about drugs and alcohol: no figures are held. A school that was worked "
    "with once counts like one that was worked with all year."
)


def headline(reached: Measure, area: str, period: str) -> str:
    """The finding in one sentence: the share of schools that the service worked with."""
    if not reached.period:
        return sentence(
            f"Figures of the schools that the young people's service works with in {area} are not "
            "held"
        )
    if not reached.known:
        return sentence(
            f"In {period}, the share of schools in {area} that the young people's service worked "
            "with is not shown, to protect people"
        )
    return sentence(
        f"In {period}, the young people's service worked with {count_text(reached.numerator or 0)} "
        f"of {count_text(reached.denominator or 0)} schools in {area}, {measured(reached)}"
    )


def schools_title(reached: Measure) -> str:
    """How many of all schools were worked with, where it may be said."""
    if not reached.known:
        return "Schools that the young people's service worked with, by setting"
    return (
        f"{count_text(reached.numerator or 0)} of {count_text(reached.denominator or 0)} schools "
        "were worked with"
    )


@of_rows
def referrals_title(referrals: PublishedTable) -> str:
    """Referrals from each setting in the last year and the one before."""
    told = [text for text in (_setting(referrals, each) for each in _settings(referrals)) if text]
    return f"Referrals: {'; '.join(told)}" if told else "Referrals from education, by setting"


@of_rows
def referrals_changed(referrals: PublishedTable) -> str:
    """From the year before to the latest: referrals from each setting."""
    years = sorted({str(row["year"]) for row in referrals.rows()})
    told = [text for text in (_setting(referrals, each) for each in _settings(referrals)) if text]
    if len(years) < 2 or not told:
        return ""
    return sentence(f"From {years[-2]} to {years[-1]} referrals from {list_text(told)}")


def _settings(referrals: PublishedTable) -> list[str]:
    return list(dict.fromkeys(str(row["setting"]) for row in referrals.rows()))


def _setting(referrals: PublishedTable, setting: str) -> str:
    """``universal education rose from 13 to 26``; nothing where either year is not shown."""
    shown = referrals.where(setting=setting).to_frame().sort_values("year")["counted"]
    last = shown.iloc[-2:]
    if last.isna().any() or last.empty:
        return ""
    name = "education together" if setting == "total" else f"{setting} education"
    return f"{name} {_moved(last)}"


def _moved(last: pd.Series) -> str:
    return moved(*last) if len(last) > 1 else count_text(last.iloc[0])
