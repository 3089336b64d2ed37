"""One hash of all that a page depends on: equal keys, equal pages."""

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import cdpb
from cdpb import catalogue, paths
from cdpb.declarations import FindingDeclaration
from cdpb.runner.job import Assessment

PROJECT_FILES = (
    "requirements.lock",
    "notebooks/findings.yml",
    "data/*.yml",
    "data/*.csv",
    "data/ledger/**/*",
)


def inputs_key(
    finding: FindingDeclaration, assessment: Assessment, parameters: dict[str, object]
) -> str:
    """The hash of a finding's notebook, parameters, sources, area file and the code below them."""
    root = paths.project_root()
    own = [
        paths.notebooks_folder() / finding.notebook,
        *sorted((root / "data" / "areas").glob(f"{assessment.area_code}*")),
        *(
            path
            for each in sources_opened(finding, assessment)
            for path in catalogue.files_behind(each)
        ),
    ]
    told = json.dumps(parameters, sort_keys=True)
    return _hash([_shared(root), told, *_contents(own, root)])


def sources_opened(finding: FindingDeclaration, assessment: Assessment) -> list[str]:
    """Ids of the sources whose files a finding may open.

    A public edition doesn't so much as open what it may not show, and nothing but a
    demonstration opens an illustrative source.
    """
    declared = map(catalogue.source, finding.sources)
    return [source.id for source in declared if assessment.may_open(source.access, source.status)]


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _shared(root: Path) -> str:
    """What all pages depend on; read once a command."""
    found = [path for pattern in PROJECT_FILES for path in sorted(root.glob(pattern))]
    package = Path(cdpb.__file__).parent
    code = sorted(path for path in package.rglob("*") if "__pycache__" not in path.parts)
    version = ".".join(map(str, sys.version_info[:3]))
    return _hash([version, *_contents(found, root), *_contents(code, package)])


def _contents(files: Iterable[Path], base: Path) -> list[str]:
    """Name and hash of each file; a folder counts as nothing."""
    return [
        f"{path.relative_to(base).as_posix()} {file_hash(path)}" for path in files if path.is_file()
    ]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
