"""A small project drawn for one test: two boroughs, four wards, and what the test receives."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdpb.loaders import registry

CHECKOUT = Path(__file__).resolve().parents[2]
BOROUGHS = """\
area_code,area_name,police_force,also_called
E09000001,City of London,City of London Police,
E09000003,Barnet,Metropolitan Police,
E09000007,Camden,Metropolitan Police,
"""
WARDS = """\
ward_code,ward_name,borough_code,borough_name,residents
E05013632,Colindale North,E09000003,Barnet,12000
E05013633,Colindale South,E09000003,Barnet,15000
E05013635,Edgwarebury,E09000003,Barnet,13000
E05013653,Bloomsbury,E09000007,Camden,10000
"""
NDTMS_MAP = """\
ours,viewit_local_authority,viewit_england,compiled
year,ReportingPeriod,ReportingPeriod_Data,year
area,Area,Area_Data,
area_code,,,area_code
sex,sex,Gender_Data,sex
substance_group,drug_group,DrugGroup_Data,substance_group
age_group,age_group,AgeGroup_Data,
in_treatment,intreatment_allintx,Num_InTreatment_AllInTx,in_treatment
new_presentations,newpresentation_newtx,,new_presentations
exit_died_all,exits_died_allintx,,
"""


def declare_findings(
    root: Path, columns: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]
) -> None:
    """Let a project declare these findings, each in the file of its id, and no others."""
    folder = root / "notebooks" / "findings"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in [("columns", columns), *((each["id"], each) for each in findings)]:
        told = {key: value for key, value in content.items() if key != "id"}
        text = yaml.safe_dump(told if name != "columns" else dict(content), sort_keys=False)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def declared_columns() -> dict[str, Any]:
    """The project's own dictionary of columns."""
    text = (CHECKOUT / "notebooks" / "findings" / "columns.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def copy_declarations(root: Path) -> None:
    """The project's own findings as they are declared, without their notebooks."""
    folder = root / "notebooks" / "findings"
    folder.mkdir(parents=True)
    for path in sorted((CHECKOUT / "notebooks" / "findings").glob("*.yml")):
        shutil.copy(path, folder)


class Project:
    """A project folder in which a test receives files of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.data.mkdir()
        for name in ("column_maps", "value_maps"):
            shutil.copytree(CHECKOUT / "data" / name, self.data / name)
        for name in ("sources.yml", "policies.yml"):
            shutil.copy(CHECKOUT / "data" / name, self.data)
        copy_declarations(root)
        self.write("areas/boroughs.csv", BOROUGHS)
        self.receive("census_2021_wards", "2022-11-30", WARDS)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file under ``data/``; text as UTF-8 with the line ends it has."""
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def receive(
        self,
        source: str,
        received: str,
        content: str | bytes,
        name: str = "file.csv",
        folder: str = "data",
        **more: object,
    ) -> Path:
        """Put a file in the folder of a receipt, and write the receipt."""
        place = self.root / folder / source / received
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        files = [_entry(path) for path in sorted(place.iterdir()) if path.name != "receipt.yml"]
        receipt = {"source": source, "received": received, "files": files, **more}
        (place / "receipt.yml").write_text(yaml.safe_dump(receipt), encoding="utf-8", newline="\n")
        return place / name

    def narrow_treatment_exports(self) -> None:
        """Let the exports of ViewIt have three measures instead of their 239."""
        self.write("column_maps/ndtms_adults.csv", NDTMS_MAP)


def _entry(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    return {
        "name": path.name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def draw_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A drawn project, which the loaders take for the project until the test ends."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("CDPB_HOME", str(root))
    return Project(root)


def count_from(monkeypatch: pytest.MonkeyPatch, source_id: str, base: Callable[[], Any]) -> None:
    """Let the tables of a source be counted from a table of the test; else it is read as it was."""

    class Counted(registry.Loader):
        """What reads the source, with another base."""

        def base(self) -> Any:
            return base()

    own = registry.loader_of(source_id) or registry.Loader(source_id, reader="")
    of_test = Counted(**{each.name: getattr(own, each.name) for each in fields(own)})
    monkeypatch.setitem(registry.LOADERS, source_id, of_test)


def lines_of(error: pytest.ExceptionInfo[BaseException]) -> list[str]:
    """The lines of a message, none of them lost to the limit of eight."""
    lines = str(error.value).splitlines()
    assert len(lines) <= 8
    assert not any("more lines" in line for line in lines)
    return lines
