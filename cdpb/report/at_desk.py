"""What a notebook shows of our own things by themselves, and what Tab offers for them."""

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from cdpb import catalogue
from cdpb.areas import Area, area_file
from cdpb.disclosure.published import PublishedTable
from cdpb.errors import is_own
from cdpb.file_contents import relative
from cdpb.findings.brief import Loaders
from cdpb.loaders.registry import loader_of
from cdpb.numbers import capital, count_text, list_text, measure_text
from cdpb.report.finding import Finding
from cdpb.report.markup import Block
from cdpb.report.tables import ShownTable, plain_table, shown_table
from cdpb.sources import ILLUSTRATIVE, Source
from cdpb.statistics.measure import Measure

PREPARED = "_cdpb_prepared"


def prepare(shell: Any) -> None:
    """Let a notebook show our things as tables, and complete names within our calls; once."""
    if getattr(shell, PREPARED, False):
        return
    setattr(shell, PREPARED, True)
    html = shell.display_formatter.formatters["text/html"]
    for kind, view in VIEWS.items():
        html.for_type(kind, lambda thing, view=view: in_lab(view(thing)))
    shell.Completer.custom_matchers.append(_matcher(shell))
    shell.set_custom_exc((Exception,), _tell)


def _tell(
    shell: Any, kind: type, error: Exception, trace: TracebackType, tb_offset: int | None = None
) -> None:
    """Show an error of Python that arose in code a cell called as briefly as one of ours."""
    lines = [] if hasattr(error, "_render_traceback_") else _in_brief(error, trace)

    def _once() -> list[str]:
        del error._render_traceback_  # type: ignore[attr-defined]  # so that %tb shows all of it
        return lines

    if lines:
        error._render_traceback_ = _once  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)


def _in_brief(error: Exception, trace: TracebackType) -> list[str]:
    """The analyst's own line, where it went wrong, and what the words in between ask for."""
    steps = list(traceback.walk_tb(trace))
    cells = [at for at, (frame, _) in enumerate(steps) if is_own(frame)]
    inside = [each for each in steps[cells[-1] + 1 :] if _is_ours(each[0])] if cells else []
    if not inside:
        return []
    called = next((frame for frame, _ in inside if _module(frame).startswith("findings.")), None)
    code = (called or inside[0][0]).f_code
    takes = ", ".join(code.co_varnames[: code.co_argcount])
    (typed,) = traceback.StackSummary.extract(iter([steps[cells[-1]]]))
    return [
        f"Line {typed.lineno}: {typed.line}",
        f"{type(error).__name__}: {' '.join(str(error).split())[:300]}",
        f"  In {_place(*inside[-1])}.",
        f"  {code.co_name} takes, in this order: {takes}." if takes else "",
        "  %tb shows the whole way there.",
    ]


def _module(frame: Any) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _is_ours(frame: Any) -> bool:
    return _module(frame).startswith(("findings.", "cdpb."))


def _place(frame: Any, line: int) -> str:
    # The library may be installed elsewhere, on Windows on another drive.
    file = relative(Path(frame.f_code.co_filename))
    return f"{file}, line {line}, {frame.f_code.co_name}"


def _matcher(shell: Any) -> Any:
    from IPython.core.completer import SimpleCompletion, context_matcher

    from cdpb.report.completion import offered

    @context_matcher(identifier="cdpb")
    def _names_within_a_call(context: Any) -> dict[str, Any]:
        lines = context.full_text.split("\n")[: context.cursor_line + 1]
        lines[-1] = lines[-1][: context.cursor_position]
        begun, found = offered("\n".join(lines), shell.user_ns)
        completions = [SimpleCompletion(text=each, type=kind) for each, kind in found.items()]
        # Files, magics and words of unknown type stand aside where we know better; but beside the
        # name of a parameter what the notebook has may be meant.
        alone = bool(found) and "param" not in found.values()
        return {"completions": completions, "matched_fragment": begun, "suppress": alone}

    return _names_within_a_call


def in_lab(table: ShownTable) -> str:
    """A table as a notebook shows it, in its light and dark."""
    block = Block("table", table.html, table.caption, style=table.style)
    return str(block._repr_mimebundle_()["text/html"])


def _facts(caption: str, facts: Mapping[str, Any], id: str) -> ShownTable:
    """A table of two columns: what is known, by its name; what is empty is left out."""
    rows = [[name, str(value)] for name, value in facts.items() if value not in ("", None, [])]
    return plain_table(caption, ["What", "As it is"], rows, id=id)


def table_view(shown: PublishedTable) -> ShownTable:
    """A published table as a reader sees it, its hidden cells marked, with a key."""
    of = list_text([catalogue.source(each).title for each in shown.source_ids])
    caption = ". ".join(filter(None, [f"{shown.title} ({shown.id})", of, shown.period]))
    return shown_table(shown, caption, id=f"desk-{shown.id.replace('_', '-')}")


def measure_view(measure: Measure) -> ShownTable:
    """A measure with its interval, and what it may be compared by."""
    facts = {
        "Value": measure_text(measure.to_dict()),
        capital(measure.numerator_label) or "Counted": _counted(measure.numerator),
        capital(measure.denominator_label) or "Out of": _counted(measure.denominator),
        "Period": measure.period,
        "Source": list_text(dict.fromkeys(source for source, _ in measure.made_of if source)),
        "What it counts": measure.definition,
        "Method": measure.method,
        "Note": measure.note,
    }
    return _facts(measure.label, facts, "desk-measure")


def _counted(count: float | None) -> str:
    return "" if count is None else count_text(count)


def area_view(area: Area) -> ShownTable:
    """An area, and whether its partnership has a file."""
    own = area_file(area.code)
    facts = {
        "Code": area.code,
        "Area file": f"data/areas/{area.code}.yml" if own else "none: measures without a verdict",
        "Statements": len(own.statements) if own else None,
    }
    return _facts(area.name, facts, "desk-area")


def source_view(source: Source) -> ShownTable:
    """A source: who publishes it, what its columns are, what is held of it and what is missing."""
    lacking = catalogue.not_downloaded(source.id)
    # Of a source with made-up figures nothing was received.
    made_up = source.status == ILLUSTRATIVE
    received = [] if made_up else catalogue.shown_receipts(source.id)
    covers = list(dict.fromkeys(each["covers"] for each in received if each["covers"]))
    loader = loader_of(source.id)
    columns = loader.schema.columns.items() if loader and loader.schema else ()
    facts = {
        "Id": source.id,
        "Publisher": source.publisher,
        "What it counts": " ".join(source.definition.split()),
        "Columns": list_text(f"{name} ({_kind_text(column.dtype)})" for name, column in columns),
        "Covers": f"{source.geography}, {source.frequency}",
        "Licence": source.licence,
        "May be used": f"{source.access}, {source.status}",
        "Received": list_text(dict.fromkeys(each["received"] for each in received)),
        "Held": list_text(covers),
        "Missing": list_text(lacking) if received else source.not_received,
        "Caveats": " ".join([source.made_up, *source.caveats]).strip(),
    }
    return _facts(source.title, facts, "desk-source")


# How the types of pandas begin, and what they hold.
TYPES = {"string": "text", "int": "whole number", "float": "number", "bool": "yes or no",
         "period": "month"}  # fmt: skip


def _kind_text(type_: object) -> str:
    name = str(type_).casefold()
    return next((words for begun, words in TYPES.items() if name.startswith(begun)), name)


def finding_view(finding: Finding) -> ShownTable:
    """A finding: what it was asked for, its sources, its tables and what was published so far."""
    brief, published = finding._brief, finding._record.tables.published
    declared = brief.declaration
    facts = {
        "For": f"{brief.place}, {brief.year}, {brief.edition} edition",
        "Demonstration": "yes, with illustrative figures" if brief.demonstration else "",
        "Sources": list_text(declared.sources),
        "Published": list_text(published),
        "Not published yet": list_text(t.id for t in declared.tables if t.id not in published),
        "Statement": brief.statement.text if brief.statement else "none on file",
        "Tests": list_text(declared.tests),
        "Declared in": declared.file,
    }
    return _facts(declared.title, facts, "desk-finding")


def loaders_view(load: Loaders) -> ShownTable:
    """What can be loaded, each with its first line of help."""
    rows = [[f"load.{name}", _first_line(getattr(load, name))] for name in dir(load)]
    return plain_table("What can be loaded", ["Verb", "What it gives"], rows, id="desk-load")


def _first_line(verb: Any) -> str:
    return (verb.__doc__ or "").partition("\n")[0]


VIEWS: dict[type, Any] = {
    PublishedTable: table_view,
    Measure: measure_view,
    Area: area_view,
    Source: source_view,
    Finding: finding_view,
    Loaders: loaders_view,
}
__all__: Sequence[str] = [each.__name__ for each in VIEWS.values()] + ["in_lab", "prepare"]
