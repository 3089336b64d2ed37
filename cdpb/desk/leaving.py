"""Documents that leave the folder: a whole assessment as one zip, and its pages as a tagged PDF."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from cdpb.console import say
from cdpb.desk import OUTPUT, file_to_write
from cdpb.desk.pdf_texts import hold_to_pages
from cdpb.durable_files import write_whole
from cdpb.errors import GateRefused, InputError
from cdpb.periods import FinancialYear
from cdpb.report.archives import called, undated
from cdpb.report.browser import printed
from cdpb.report.markup import size_text
from cdpb.runner.assemble import is_draft
from cdpb.runner.gates import gate_report
from cdpb.runner.gates.written import Written, read_written
from cdpb.runner.manifest import files_below, read_manifest, refuse_if_edited
from cdpb.runner.place import display_path, locked

BIGGEST_IN_EMAIL = 20_000_000
SUMMARY = "summary.html"
FIRST, LAST = ("index.html", SUMMARY), ("methods.html", "accessibility.html")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
BODY = re.compile(r"<body class=\"([^\"]*)\">(.*)</body>", re.DOTALL)
FOOT = re.compile(r'@bottom-left\{content:"(?:[^"\\]|\\.)*";[^}]*\}')
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
ID = re.compile(r'(?<= id=")[^"]+')
NAMING = re.compile(r'(?<= )(id|for|headers|aria-labelledby|aria-describedby)="([^"]+)"')
# Not in the address of a page elsewhere.
PLACE = re.compile(r"(?<![\w/=?&.-])#([A-Za-z][\w-]*)")
LINK = re.compile(r' (?:href|download)(?:="([^"]*)")?(?=[ >])')
# What a browser writes about itself and the moment.
DATED = re.compile(rb"(?<=Date \(D:)\d{14}")
MADE_BY = re.compile(rb"(?<=/Creator \()(?:[^()\\]|\\.)*(?=\))")
VERSION = re.compile(rb"(?<=/Producer \(Skia/PDF )m\d+(?=\))")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
TAGGED = (b"/StructTreeRoot", b"/MarkInfo", b"/Lang")


@click.command("pack")
@OUTPUT
@file_to_write("zip")
def pack_command(output: Path, to: Path | None) -> None:
    """Put a finished assessment, the folder OUTPUT, into one zip file that can be sent.

    It must have passed all four gates (cdpb gate). Unpacked, its index.html leads to every page,
    table and workbook. The same assessment gives the same bytes.
    """
    written, target, name = leaving(output, to, ".zip")
    with locked(written.folder):
        refuse_draft(written.folder, "packed")
        gate_report(written.folder, every=False).refuse()
        content = _zipped(written.folder, name)
    write_whole(target, content, target.with_name(f".{target.name}.new"))
    say(f"{display_path(target)}: {size_text(content)}")
    if len(content) > BIGGEST_IN_EMAIL:
        say("  Many email systems refuse a file of that size: put it where it can be fetched.")


def _zipped(folder: Path, name: str) -> bytes:
    """Every file of a folder below one folder of this name, undated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, file in files_below(folder).items():
            member = undated(f"{name}/{path}")
            archive.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# Of every document that leaves the folder -----------------------------------------------------


def leaving(output: Path, to: Path | None, ending: str) -> tuple[Written, Path, str]:
    """A finished assessment that nobody has edited, the file to write, and how it is called.

    It is written where it was asked for, else here under a name of its own with this ending.

    Raises
    ------
    InputError
        If no assessment stands there, a file of it is not as the run wrote it, or the file to write
        has another ending, or would stand in the assessment or in no folder.
    """
    written = read_written(output.resolve())
    refuse_if_edited(written.folder, "Nothing was written.")
    name, suffix = called(written.records[0]), Path(ending).suffix or ending
    target = (to or Path(f"{name}{ending}")).resolve()
    if target.suffix != suffix or target.is_dir():
        raise InputError(
            f"{display_path(target)} is no name of such a file.",
            f"Give --to a name that ends in {suffix}. Nothing was written.",
        )
    within = target.is_relative_to(written.folder)
    if within or not target.parent.is_dir():
        why = "is the assessment's own" if within else "is not there"
        raise InputError(
            f"The folder {display_path(target.parent)} {why}.",
            "Name a file in another folder with --to. Nothing was written.",
        )
    return written, target, name


def refuse_draft(folder: Path, done: str) -> None:
    """Refuse an assessment that has not passed all four gates.

    Raises
    ------
    GateRefused
        Says that it was not ``done``: packed, or signed.
    """
    if is_draft(folder):
        raise GateRefused(
            f"{display_path(folder)} is a draft, and drafts are not {done}.",
            f"Hold the four gates first: cdpb gate {display_path(folder)}. Nothing was {done}.",
        )


@click.command("pdf")
@OUTPUT
@click.option("--whole", is_flag=True, help="All pages, not the summary alone.")
@file_to_write("pdf")
def pdf_command(output: Path, whole: bool, to: Path | None) -> None:
    """Print the summary of a finished assessment, the folder OUTPUT, to a tagged PDF.

    With Chromium, Chrome or Edge, whichever is found here. A draft says so on every sheet.
    """
    written, target, _ = leaving(output, to, f"{'' if whole else '-summary'}.pdf")
    document = one_document(pages_of(written.folder, whole))
    last = FinancialYear.parse(written.assessment.year).last_day
    content = settled_pdf(printed(document), last)
    refuse_untagged(content)
    hold_to_pages(content, document)
    write_whole(target, content)
    say(f"{display_path(target)}: {size_text(content)}")


def pages_of(folder: Path, whole: bool) -> dict[str, str]:
    """The pages to print, in a reader's order, by their names."""
    found = [each["page"] for each in read_manifest(folder)["findings"]]
    named = [*FIRST, *found, *LAST] if whole else [SUMMARY]
    pages = [name for name in dict.fromkeys(named) if (folder / name).is_file()]
    if not pages:
        raise InputError(
            f"{folder.name} has no {SUMMARY}: the summary was not made for it.",
            "Make it with cdpb run; cdpb pdf --whole prints the pages there are.",
            "Nothing was written.",
        )
    return {name: (folder / name).read_text(encoding="utf-8") for name in pages}


def one_document(pages: dict[str, str]) -> str:
    """Several pages as one: a link from one to another leads there, one to a file nowhere."""
    titles = [TITLE.findall(page)[0] for page in pages.values()]
    first, *others = [style for name in pages for style in _styles(name, pages[name])]
    # The foot of every sheet names the document, not the page of it that comes last.
    styles = dict.fromkeys([first, *(FOOT.sub("", each) for each in others)])
    leaves = [_leaf(name, page, pages) for name, page in pages.items()]
    apart = "<style>.leaf+.leaf{break-before:page}</style>" * (len(pages) > 1)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{titles[0]}'
        f'</title>{"".join(styles)}{apart}</head><body class="cdpb">{"".join(leaves)}</body></html>'
    )


def _styles(name: str, page: str) -> list[str]:
    """The style sheets of a page, with its places as they are called in the whole."""
    return [_places_named(name, page, style) for style in STYLE.findall(page)]


def _places_named(name: str, page: str, text: str) -> str:
    ids, mark = set(ID.findall(page)), _mark(name)
    return PLACE.sub(lambda each: each[0] + mark if each[1] in ids else each[0], text)


def _mark(name: str) -> str:
    return f"--{name.removesuffix('.html')}"


def _leaf(name: str, page: str, pages: Collection[str]) -> str:
    """The body of a page, its places named after it, so that no two pages have one in common."""
    kind, body = BODY.findall(page)[0]
    mark = _mark(name)

    def named(found: re.Match[str]) -> str:
        return f'{found[1]}="{" ".join(each + mark for each in found[2].split())}"'

    def link(found: re.Match[str]) -> str:
        file, _, place = (found[1] or "").partition("#")
        if file.startswith("https://"):
            return found[0]
        leads = file in pages or (not file and place)
        of = _mark(file) if file else mark
        return f' href="#{place or "page"}{of}"' if leads else ""

    body = LINK.sub(link, NAMING.sub(named, SCRIPT.sub("", body)))
    body = _places_named(name, page, body)
    return f'<div class="leaf {kind}" id="page{mark}">{body}</div>'


def settled_pdf(content: bytes, day: dt.date) -> bytes:
    """A PDF dated by the year it is of, that doesn't say on which system it was printed."""
    dated = DATED.sub(day.strftime("%Y%m%d000000").encode(), content)
    named = MADE_BY.sub(lambda found: b"cdpb".ljust(len(found[0])), dated)
    return VERSION.sub(lambda found: b" " * len(found[0]), named)


def refuse_untagged(content: bytes) -> None:
    """Refuse a PDF without what a screen reader needs, or that names a file of this machine."""
    layers = [content, *unpacked_streams(content)]
    lacks = [each.decode() for each in TAGGED if not any(each in layer for layer in layers)]
    named = any(b"file:" in layer for layer in layers)
    if lacks or named:
        raise InputError(
            "What the browser printed can't be sent on: "
            + ("it names a file of this machine." if named else f"it lacks {', '.join(lacks)}."),
            "Wanted: a tagged PDF, as Chromium, Chrome and Edge print since 2021.",
            "Bring the browser up to date. Nothing was written.",
        )


def unpacked_streams(content: bytes) -> Iterator[bytes]:
    """Every stream of a PDF, unpacked where it can be."""
    for packed in STREAM.findall(content):
        try:
            yield zlib.decompressobj().decompress(packed)
        except zlib.error:
            yield packed
