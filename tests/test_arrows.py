"""Imports point one way."""

import ast
from pathlib import Path

import pytest

from tests.support.project import CHECKOUT

# Each floor may import from itself and from those below it; floors side by side may not see
# each other.
FLOORS = [
    [{"errors", "periods", "numbers", "marks"}],
    # The engine knows nothing of the project: it could be taken elsewhere.
    [
        {"disclosure"},
        {
            "build",
            "console",
            "paths",
            "areas",
            "exemptions",
            "steps",
            "file_contents",
            "yaml_files",
            "csv_files",
            "durable_files",
        },
    ],
    [{"catalogue", "schemas", "declarations", "partner_returns", "sources", "policies"}],
    [{"loaders"}, {"statistics"}, {"key", "ledger"}],
    [{"say", "sentences"}],
    [{"findings"}],
    [{"report"}],
    [{"runner"}, {"adding"}],
    [{"cli", "desk", "scaffold", "__main__"}],
]
# The ground floor knows nobody but itself.
PLACE = {
    name: (height, side)
    for height, sides in enumerate(FLOORS)
    for side, names in enumerate(sides)
    for name in names
}


def package() -> Path:
    import cdpb

    return Path(cdpb.__file__).parent


def room_of(path: Path) -> str:
    return path.relative_to(package()).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{path.name} imports relatively: write the whole name")
        if isinstance(node, ast.ImportFrom) and node.module == "cdpb":
            rooms |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cdpb."):
            rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("cdpb.")}
    return rooms


def may_import(room: str, other: str) -> bool:
    (height, side), (below, beside) = PLACE[room], PLACE[other]
    return below < height or (below == height and side == beside)


def modules() -> list[Path]:
    return [path for path in sorted(package().rglob("*.py")) if path != package() / "__init__.py"]


def test_every_room_has_its_floor():
    """A new module takes its place in the house before it is used."""
    assert {room_of(path) for path in modules()} <= set(PLACE)


def test_no_module_imports_from_above_or_from_beside():
    """Statistics know nothing of files, loaders nothing of charts, reports only what is shown."""
    upward = [
        f"{path.relative_to(package())} imports {room}"
        for path in modules()
        for room in imported_rooms(path)
        if not may_import(room_of(path), room)
    ]
    assert upward == []


def test_the_rule_itself_refuses_what_it_should():
    assert not may_import("loaders", "report")
    assert not may_import("statistics", "loaders")
    assert may_import("report", "statistics")


def test_modules_do_not_import_each_other_in_a_circle():
    """Within a floor too: a circle can't be read from one end."""
    edges = {room: set() for room in PLACE}
    for path in modules():
        edges[room_of(path)] |= imported_rooms(path) - {room_of(path)}
    while edges:
        free = [room for room, needs in edges.items() if not needs & set(edges)]
        assert free, f"a circle among {sorted(edges)}"
        edges = {room: needs for room, needs in edges.items() if room not in free}


def test_a_finding_s_own_file_knows_no_other_finding():
    """What two findings need is the library's; else a change of one would be felt in another."""
    own = sorted((CHECKOUT / "notebooks" / "findings").glob("*.py"))
    assert len(own) > 1
    for path in own:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
            assert not [name for name in named if name.split(".")[0] == "findings"], path.name


def test_no_name_is_given_twice_in_a_module():
    """The second would be taken for the first by whatever stands between: two lists of headings."""
    own = sorted((CHECKOUT / "notebooks" / "findings").glob("*.py"))
    for path in [*modules(), *own]:
        given = [name for node in ast.parse(path.read_text("utf-8")).body for name in _given(node)]
        assert len(given) == len(set(given)), path.name


def _given(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


# What a record says of a step is the name of its function, so these two keep theirs.
NAMED_IN_RECORDS = {"beside"}
# Each module of the analyst's desk has its command under this name.
OF_THE_DESK = {"command"}


def test_one_public_name_is_one_thing():
    """Whoever reads ``check`` need not look which of three it is; commands bear their verbs."""
    found: dict[str, list[str]] = {}
    for path in modules():
        if path.name == "cli.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            # Each module of the desk has its command, by that name.
            own = path.parent.name == "desk" and getattr(node, "name", "") == "command"
            named = isinstance(node, ast.ClassDef | ast.FunctionDef) and not own
            if named and node.name[0] != "_":
                found.setdefault(node.name, []).append(path.name)

    assert len(found) > 900
    assert {
        name for name, where in found.items() if len(where) > 1
    } <= NAMED_IN_RECORDS | OF_THE_DESK
