"""A finding's notebook and its two files, drawn from the declaration of its source."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined

from cdpb import catalogue, paths
from cdpb.declarations import COLUMNS, FOLDER, declarations
from cdpb.errors import CdpbError, InputError
from cdpb.numbers import within_sentence
from cdpb.partner_returns import Return
from cdpb.runner.plan import defaults
from cdpb.scaffold.source import Files, appended, new_source, refuse_name
from cdpb.yaml_files import yaml_text

CELL, MARKDOWN = "# %% ", "markdown"
SCRIPT, MADE_UP = "data/illustrative/generate.py", "data/illustrative/declared/"
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
# Pages that are made of the others stand from here on.
LAST = 90


def new_finding(id: str, source_id: str, title: str = "", sample: Path | None = None) -> list[str]:
    """Write what a finding begins with; the files written, in the order in which to read them.

    Parameters
    ----------
    id : str
        Its id: small letters and underscores.
    source_id : str
        A partner's return by area, declared or new.
    title : str
        What its page is called; the source's title where it is not given.
    sample : Path, optional
        A file of the source, by which a source that is new is declared.

    Raises
    ------
    InputError
        If there is such a finding, or a file of it; if the source is declared and has no counts
        that stand in one column, by area; or is new, without a sample or with one that can't be
        understood. Nothing is written then.
    """
    _refuse_known(id, title)
    files: Files = {}
    what, about = _declared(source_id) if sample is None else new_source(source_id, sample, files)
    _refuse_other_shapes(what)
    order = max(each.order for each in declarations().findings if each.order < LAST) + 1
    context = _context(id, what, {**about, **({"title": title} if title else {})}, order)
    files |= _files(id, what, context)
    return _written(files, id)


def _refuse_known(id: str, title: str) -> None:
    refuse_name(id, "a finding")
    if not title.isprintable() or "%%" in title:
        raise InputError("A title is one line of plain text.", "Nothing was written.")
    known = [each.id for each in declarations().findings]
    if id in known:
        raise InputError(f"There is a finding {id} already.", "Choose another id.")


def _declared(source_id: str) -> tuple[Return, dict[str, str]]:
    declared = catalogue.source(source_id)
    if declared.returned is None:
        raise InputError(
            f"{source_id} is no partner's return: {declared.title}.",
            f"Returns: {', '.join(catalogue.returns())}.",
            f"It has a loader of its own: copy {_to_copy(source_id)}, and its two files.",
        )
    told = {"title": declared.title, "definition": " ".join(declared.definition.split())}
    return declared.returned, told


def _to_copy(source_id: str) -> str:
    """The notebooks that use a source beside the fewest others, which show best how it is read."""
    using = [each for each in declarations().findings if source_id in each.sources]
    plainest = sorted(using, key=lambda each: len(each.sources))[:2]
    return " or ".join(each.notebook for each in plainest) or "the notebook that is most like it"


def _refuse_other_shapes(what: Return) -> None:
    if what.place != "area_code":
        raise InputError(
            f"{what.source_id} counts by ward.",
            "Copy notebooks/15_licensing_and_alcohol_harm.ipynb and its two files.",
        )
    if what.rows is None and (len(what.counts) > 1 or what.period == "quarter"):
        raise InputError(
            f"{what.source_id} has several counts a row: {', '.join(what.counts)}.",
            f"Say in data/sources.yml, under {what.source_id}: return: rows, how one count a row",
            "is made of them; data/README.md has examples.",
        )


def _context(id: str, what: Return, about: Mapping[str, str], order: int) -> dict[str, Any]:
    """What the templates are filled with."""
    kinds = [*what.kinds, *(what.rows.names if what.rows else [])]
    count = what.rows.count if what.rows else what.counts[0]
    columns = declarations().columns
    label = columns[count].label if count in columns else count.replace("_", " ").capitalize()
    words = within_sentence(label)
    return {
        "id": id, "order": order, "notebook": f"{order:02d}_{id}.ipynb", **about,
        "source": what.source_id, "period": what.period, "kinds": kinds, "count": count,
        "unit": words, "label": json.dumps(label), "what": json.dumps(words),
        "series": json.dumps(kinds[0]) if kinds else None, "parts": _tuple(kinds), **_asked(),
    }  # fmt: skip


def _tuple(names: Sequence[str]) -> str:
    """As Python writes a tuple: ``("cause",)``."""
    return f"({', '.join(map(json.dumps, names))}{',' * (len(names) == 1)})"


def _asked() -> dict[str, str]:
    found = defaults()
    return {"year": found.year[0], "area": found.area[0]}


def _files(id: str, what: Return, context: dict[str, Any]) -> Files:
    notebook = _notebook(_rendered("notebook.py.j2", context))
    words = {**context, "count": json.dumps(context["count"])}
    new = _columns(what, context)
    return {
        f"{FOLDER}{id}.yml": yaml_text(_declaration(what, context)),
        f"{FOLDER}{id}.py": _rendered("finding.py.j2", words),
        f"notebooks/{context['notebook']}": nbformat.writes(notebook) + "\n",
        **({f"{FOLDER}{COLUMNS}": appended(f"{FOLDER}{COLUMNS}", yaml_text(new))} if new else {}),
    }


def _declaration(what: Return, context: Mapping[str, Any]) -> dict[str, Any]:
    derived = ["year"] if what.period != "year" else []
    table = {
        "id": "counts",
        "title": context["title"],
        "source": what.source_id,
        "dimensions": ["area_code", what.period, *context["kinds"]],
        "filter": {"area_code": "{area}", "year": "{years}"},
        "count": context["count"],
        "derived": [*derived, *what.texts],
    }
    return {
        "slug": context["id"].replace("_", "-"),
        "title": context["title"],
        "notebook": context["notebook"],
        "order": context["order"],
        "sources": [what.source_id],
        "method": {
            "Numerator": context["definition"],
            "Comparison method": "Counts are shown as they were sent; nothing is compared.",
        },
        "tables": [table],
    }


def _columns(what: Return, context: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Descriptions of the columns that no finding has published yet."""
    known = declarations().columns
    kinds = {**dict.fromkeys(context["kinds"], "name"), **dict.fromkeys(what.texts, "text")}
    kinds[context["count"]] = "count"
    return {
        name: {"label": name.replace("_", " ").capitalize(), "kind": kind}
        for name, kind in kinds.items()
        if name not in known
    }


def _rendered(template: str, context: Mapping[str, Any]) -> str:
    environment = Environment(
        loader=PackageLoader("cdpb.scaffold", "template"),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(template).render(context).rstrip("\n") + "\n"


def _notebook(text: str) -> nbformat.NotebookNode:
    """A notebook of cells, each headed by its name and tags."""
    cells = []
    for part in text.split(CELL)[1:]:
        head, _, source = part.partition("\n")
        name, *tags = head.replace("[", "").replace("]", "").split()
        about = {"tags": [tag for tag in tags if tag != MARKDOWN]} if set(tags) - {MARKDOWN} else {}
        make = nbformat.v4.new_markdown_cell if MARKDOWN in tags else nbformat.v4.new_code_cell
        cells.append(make(source.rstrip("\n"), id=name, metadata=about))
    return nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)


def _written(files: Files, id: str) -> list[str]:
    """Write all of them, none over a file but those that lines were added to."""
    root = paths.project_root()
    added = {f"{FOLDER}{COLUMNS}", "data/sources.yml", "data/value_maps/return_words.csv"}
    there = [name for name in files if name not in added and (root / name).exists()]
    if there:
        raise InputError(f"{there[0]} is there already.", "Move it aside. Nothing was written.")
    before = {name: (root / name).read_bytes() for name in files if (root / name).exists()}
    try:
        _write(root, files)
        # What can't be read again would stop every other command.
        for source_id in declarations().finding(id).sources:
            catalogue.source(source_id)
    except (OSError, subprocess.CalledProcessError, CdpbError) as error:
        _put_back(root, files, before)
        raise InputError(f"Nothing was written: {error}") from None
    return list(files)


def _write(root: Path, files: Files) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    if any(name.startswith(MADE_UP) for name in files):
        # The project's own script makes all made-up figures again; these alone are new.
        subprocess.run([sys.executable, "-B", str(root / SCRIPT)], check=True, cwd=root)


def _put_back(root: Path, files: Files, before: Mapping[str, bytes]) -> None:
    for name in files:
        if name in before:
            (root / name).write_bytes(before[name])
        else:
            (root / name).unlink(missing_ok=True)
        if name.startswith(MADE_UP):
            shutil.rmtree(root / Path(name).parents[1] / Path(name).stem, ignore_errors=True)
