"""Hashes all that a page depends on: equal keys, equal pages."""

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import cdpb
from cdpb import catalogue, paths
from cdpb.declarations import FindingDeclaration
from cdpb.key import key_for
from cdpb.ledger import entries
from cdpb.policies import policy
from cdpb.runner.job import Assessment

PROJECT_FILES = (
    "requirements.lock",
    "notebooks/findings/*.yml",
    "data/*.yml",
    "data/*.csv",
)


class Inputs:
    """The inputs of one command, each file read once however many pages depend on it."""

    def __init__(self) -> None:
        self._root = paths.project_root()
        self._sources: dict[str, str] = {}
        self._released: dict[str, list[Path]] = {}

    def key(
        self, finding: FindingDeclaration, assessment: Assessment, parameters: dict[str, object]
    ) -> str:
        """The hash of a finding's notebook, parameters, sources, area file, ledger, key and code.

        A received file or an entry of the ledger that is no longer as it was is refused.
        """
        own = [
            paths.notebooks_folder() / finding.notebook,
            *sorted(paths.findings_folder().glob(f"{finding.id}.py")),
            *sorted((self._root / "data" / "areas").glob(f"{assessment.area_code}*")),
            *self._entries(assessment),
        ]
        opened = sources_opened(finding, assessment)
        used = [*opened, *_beside(opened, assessment)]
        sources = [self._source(each) for each in used]
        asked = json.dumps([parameters, choice_key(used)], sort_keys=True)
        return _hash([self._shared, asked, *_contents(own, self._root), *sources])

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

    def _source(self, source_id: str) -> str:
        """The hash of a source's files, each held against its receipt."""
        if source_id not in self._sources:
            for receipt in catalogue.receipts(source_id):
                catalogue.check_receipt(receipt)
            hashes = _contents(catalogue.files_behind(source_id), self._root)
            self._sources[source_id] = _hash([source_id, *hashes])
        return self._sources[source_id]

    @cached_property
    def _shared(self) -> str:
        """What all pages depend on."""
        found = [path for pattern in PROJECT_FILES for path in sorted(self._root.glob(pattern))]
        package = Path(cdpb.__file__).parent
        code = sorted(path for path in package.rglob("*") if "__pycache__" not in path.parts)
        version = ".".join(map(str, sys.version_info[:3]))
        return _hash([version, *_contents(found, self._root), *_contents(code, package)])


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


def _contents(files: Iterable[Path], base: Path) -> list[str]:
    """Name and hash of each file; a folder counts as nothing."""
    return [
        f"{path.relative_to(base).as_posix()} {file_hash(path)}" for path in files if path.is_file()
    ]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
