"""Who may import what, how long a page may be, and that SQL is bound and not spliced."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted([*(ROOT / "pdqi").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])
# Lower never imports higher. What stands on one line may import what stands on it.
LAYERS = (
    {"errors", "model", "words", "archive"},
    {"yamlfile", "places"},
    {"config", "labels"},
    {"content", "statistics"},
    {"journal"},
    {"store"},
    {"metrics", "ingest", "demo"},
    {"disclosure"},
    {"service", "checks"},
    {"event_log"},
    {"records", "quality", "variants", "stand"},
    {"findings"},
    {"charts"},
    {"meeting"},
    {"snapshot"},
    {"ui"},
    {"__main__", "pages", "app"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def room(path: Path) -> str:
    """Return the part of the project that a file belongs to."""
    parts = path.relative_to(ROOT).parts
    return (parts[1] if parts[0] == "pdqi" else parts[0]).removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Give the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_lower_never_imports_higher(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "pdqi" and len(parts) > 1 and parts[1] in LEVEL:
            assert LEVEL[parts[1]] <= LEVEL[here], f"{here} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    here, used = room(path), {name.split(".")[0] for name in imports(path)}
    assert "streamlit" not in used or here in {"ui", "pages", "app"}
    assert "duckdb" not in used or here in {"store", "ingest", "demo"}
    assert "sqlalchemy" not in used or here == "journal"
    assert not used & {"requests", "http", "socket", "pickle", "shelve", "marshal"}
    assert "urllib.request" not in set(imports(path))
    if any(name.startswith("pdqi.metrics.measure") for name in imports(path)):
        doors = {"service", "event_log"}
        assert here in {"disclosure", "metrics", *doors}, "raw figures end at the doors"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_stay_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    tree = ast.parse(text)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "pdqi/metrics/kpis").glob("*.py")), ids=lambda path: path.name
)
def test_kpis_bind_their_parameters(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "sql":
            assert isinstance(node.value, ast.Constant | ast.Name), "SQL is a plain string"
