"""What a page depends on, each part with its hash: equal parts, equal pages.

Two keys are made of them. One is of all that makes a notebook execute again; the other, of a page,
is of that and of what makes it only be rendered again: its prose and the page's template.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cdpb
from cdpb import catalogue, paths
from cdpb.areas import area_file
from cdpb.declarations import FindingDeclaration, declarations
from cdpb.key import key_file, key_for
from cdpb.ledger import entries
from cdpb.periods import FinancialYear
from cdpb.policies import policy
from cdpb.runner.job import Assessment
from cdpb.runner.modules import PACKAGE, Modules, is_in
from cdpb.runner.parameters import make_no_difference, notebook_text

Parts = dict[str, str]
# Read when a page is rendered; when it is checked; and, of the last two, by the entry.
ONLY_RENDERED = ("glossary.yml", "accessibility.yml")
NEVER = ("allowed_numbers.yml", "defaults.yml")
BY_ENTRY = ("sources.yml", "policies.yml")
PARAMETERS, LEDGER, AREAS = "its parameters", "data/ledger/", "data/areas/"
PACKAGES, KEY = "Python and its packages", "the key that draws what is hidden"
ATTACK, SCAN = "attack", "scan"
RECEIVED = ("data", "shapes")
# As far back as a page may look from its own year.
MOST_YEARS = 8
EXECUTING = "import cdpb.runner.execute"
RENDERING = "\n".join(
    f"import cdpb.{name}" for name in ("runner.render", "report.exporter", "report.workbooks")
)
TEMPLATES = "report/template/cdpb"
# The rest of the template is for pages; these are for the blocks that a notebook shows.
OF_BLOCKS = ("blocks", "blocks.css", "map.css", "light.css", "dark.css")


def key_of(parts: Mapping[str, str]) -> str:
    """One hash of all parts."""
    return _hash(f"{name} {digest}" for name, digest in sorted(parts.items()))


class Inputs:
    """The inputs of one command, each file read once however many pages depend on it."""

    def __init__(self) -> None:
        self._root = paths.project_root()
        self._sources: dict[str, Parts] = {}
        self._released: dict[str, list[Path]] = {}
        self._modules = Modules()

    def of_execution(
        self, finding: FindingDeclaration, assessment: Assessment, parameters: dict[str, object]
    ) -> Parts:
        """All that makes a notebook execute again.

        Its code and its own two files, parameters, sources and what is declared of them, area
        file, ledger, key, the library it can load, and installed packages. A received file or an
        entry of the ledger that is no longer as it was is refused.
        """
        code, own = code_of(finding), paths.findings_folder()
        files = [
            *(own / f"{finding.id}{ending}" for ending in (".yml", ".py")),
            *(own.glob("*.yml") if finding.after else ()),
            *sorted((self._root / "data" / "areas").glob(f"{assessment.area_code}*")),
            *self._entries(assessment),
        ]
        opened = sources_opened(finding, assessment)
        used = [*opened, *_beside(opened, assessment)]
        return {
            f"the code of notebooks/{finding.notebook}": _hash(code),
            PARAMETERS: _hash([json.dumps(parameters, sort_keys=True)]),
            KEY: choice_key(used),
            **self._shared,
            **_contents(files, self._root),
            **{name: digest for each in used for name, digest in self._source(each).items()},
            **self._modules.loaded_by("\n".join([*code, EXECUTING])),
        }

    def of_years(
        self,
        finding: FindingDeclaration,
        parts: Parts,
        assessment: Assessment,
        parameters: dict[str, object],
    ) -> Parts:
        """The key of its execution for each year that its page may look back to, and for its own.

        By the year as a file is named. Of another year parameters differ, and what of the ledger
        there is. Builds that can show no difference have the same keys.
        """
        own = FinancialYear.parse(assessment.year).start
        alike = {name: each for name, each in parts.items() if not name.startswith(LEDGER)}
        local, code = area_file(assessment.area_code), "\n".join(code_of(finding))
        hides = bool(choice_key(sources_opened(finding, assessment)))
        idle = make_no_difference(finding, local, code, hides=hides)
        given = {**parameters, **dict.fromkeys(idle)}
        found = {}
        for year in map(FinancialYear, range(own - MOST_YEARS, own + 1)):
            given |= {"year": str(year)}
            files = self._entries(replace(assessment, year=str(year)))
            other = {PARAMETERS: _hash([json.dumps(given, sort_keys=True)])}
            found[year.slug] = key_of({**alike, **other, **_contents(files, self._root)})
        return found

    def of_rendering(self, finding: FindingDeclaration) -> Parts:
        """All that makes a page be rendered again, beside what makes its notebook execute."""
        cells = [[cell["cell_type"], _source(cell), _tags(cell)] for cell in _cells(finding)]
        return {
            f"the text of notebooks/{finding.notebook}": _hash([json.dumps(cells)]),
            **self._rendering,
        }

    def of_checking(self, assessment: Assessment) -> Parts:
        """By gate the key of all that it judges by, beside what was written.

        Of another area's file nothing is; what was released, and the key, are the attack's alone.
        """
        known = self._checking_in(assessment.area_code)
        shared = {name: each for name, each in known.items() if not name.startswith((LEDGER, KEY))}
        return {SCAN: key_of(shared), ATTACK: key_of(known)}

    def of_area(self, area: str) -> str:
        """The key of all that the file of an area is checked against, and of that file."""
        return key_of(self._checking_in(area))

    def _checking_in(self, area: str) -> Parts:
        return {
            name: digest
            for name, digest in self._checking.items()
            if not name.startswith(f"{AREAS}E") or name.startswith(f"{AREAS}{area}")
        }

    def _entries(self, assessment: Assessment) -> list[Path]:
        """The ledger's entries but those of the same year's other edition.

        Both are made from one pattern, so that the release of one leaves the other as it is; the
        attack looks at all of them, whenever it is held.
        """
        area, year = assessment.area_code, assessment.year.replace("/", "-")
        if area not in self._released:
            self._released[area] = [entry.path for entry in entries(area)]
        own = f"{year}_{assessment.edition}"
        return [
            path
            for path in self._released[area]
            if not path.stem.startswith(f"{year}_") or path.stem.startswith(own)
        ]

    def _source(self, source_id: str) -> Parts:
        """A source's files, each held against its receipt, and what is declared of it."""
        if source_id not in self._sources:
            for receipt in catalogue.receipts(source_id):
                catalogue.check_receipt(receipt)
            files = [
                path for path in catalogue.files_behind(source_id) if path.name not in BY_ENTRY
            ]
            self._sources[source_id] = {
                f"{source_id} in data/sources.yml": _declared(source_id),
                f"the policies of {source_id}": _policies(source_id),
                f"the tables that are protected with {source_id}": _tables(source_id),
                **_contents(files, self._root),
            }
        return self._sources[source_id]

    @cached_property
    def _checking(self) -> Parts:
        """What assessments are checked by: any of our code, all that is declared or received."""
        modules = self._modules.hashes.items()
        files = [*paths.findings_folder().glob("*.yml")]
        files += [path for name in RECEIVED for path in self._root.glob(f"{name}/**/*")]
        return {
            PACKAGES: self._shared[PACKAGES],
            "the folders that no page may name": _hash([str(self._root), str(Path.home())]),
            KEY: file_hash(key_file()) if key_file().is_file() else "",
            **{name: digest for name, digest in modules if is_in(name, PACKAGE)},
            **_contents(_template().rglob("*"), _package()),
            **_contents(files, self._root),
        }

    @cached_property
    def _shared(self) -> Parts:
        """What all notebooks depend on."""
        data = [*self._root.glob("data/*.yml"), *self._root.glob("data/*.csv")]
        apart = {*ONLY_RENDERED, *NEVER, *BY_ENTRY}
        files = [path for path in data if path.name not in apart]
        files += [self._root / "data" / "areas" / "boroughs.csv", self._root / "requirements.lock"]
        files += [paths.findings_folder() / "columns.yml"]
        blocks = [path for name in OF_BLOCKS for path in (_template() / name, *_below(name))]
        return {
            PACKAGES: _hash([sys.version, *installed()]),
            **_contents(files, self._root),
            **_contents(blocks, _package()),
        }

    @cached_property
    def _rendering(self) -> Parts:
        """What all pages are rendered by."""
        return {
            **_contents([self._root / "data" / name for name in ONLY_RENDERED], self._root),
            **self._modules.loaded_by(RENDERING),
            **_contents(sorted(_template().rglob("*")), _package()),
        }


def code_of(finding: FindingDeclaration) -> list[str]:
    """The code of a notebook, cell by cell, with the tag that parameters are put in by."""
    code = [cell for cell in _cells(finding) if cell["cell_type"] == "code"]
    return [f"{_source(cell)}\n# {' '.join(_tags(cell))}" for cell in code]


def _cells(finding: FindingDeclaration) -> list[dict[str, Any]]:
    content = json.loads(notebook_text(paths.notebooks_folder() / finding.notebook))
    return list(content["cells"])


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def installed() -> list[str]:
    """Each package that is installed, as name-version."""
    found = {path for each in sys.path if each for path in Path(each).glob("*.dist-info")}
    return sorted({path.stem for path in found})


def _package() -> Path:
    return Path(cdpb.__file__).parent


def _template() -> Path:
    return _package() / TEMPLATES


def _below(name: str) -> list[Path]:
    return sorted((_template() / name).glob("*"))


def _declared(source_id: str) -> str:
    return _hash([catalogue.source(source_id).model_dump_json()])


def _policies(source_id: str) -> str:
    declared = catalogue.source(source_id)
    named = sorted({declared.policy, *declared.policies.values()})
    return _hash(policy(each).model_dump_json() for each in named)


def _tables(source_id: str) -> str:
    """Every table that any finding declares of a source of which counts are hidden."""
    if not any(_is_protected(each) for each in catalogue.counting_the_same(source_id)):
        return ""
    found = {
        f"{finding.id} {table.model_dump_json()}"
        for finding in declarations().findings
        for table in finding.tables
        if source_id in (table.source, *table.as_of)
    }
    return _hash(sorted(found))


def choice_key(sources: Iterable[str]) -> str:
    """Id of the key that draws what is hidden of some sources; empty where nothing can be."""
    protected = [each for each in sources if _is_protected(each) and catalogue.receipts(each)]
    return key_for(protected).id if protected else ""


def _is_protected(source_id: str) -> bool:
    declared = catalogue.sources().get(source_id)
    named = (declared.policy, *declared.policies.values()) if declared else ()
    return any(policy(each).protects for each in named)


def sources_opened(finding: FindingDeclaration, assessment: Assessment) -> list[str]:
    """Ids of the sources whose files a finding may open.

    A public edition doesn't so much as open what it may not show, and nothing but a
    demonstration opens an illustrative source.
    """
    declared = map(catalogue.source, finding.sources)
    return [
        source.id for source in declared if assessment.build.permits(source.access, source.status)
    ]


def _beside(opened: list[str], assessment: Assessment) -> list[str]:
    """The sources that count the same people: what is hidden hangs on them too."""
    near = {name for each in opened for name in catalogue.counting_the_same(each)} - set(opened)
    declared = [catalogue.source(each) for each in sorted(near)]
    return [each.id for each in declared if assessment.build.permits(each.access, each.status)]


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bytes_hash(content: bytes) -> str:
    """SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def _contents(files: Iterable[Path], base: Path) -> Parts:
    """Name and hash of each file; a folder counts as nothing."""
    return {path.relative_to(base).as_posix(): file_hash(path) for path in files if path.is_file()}


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
