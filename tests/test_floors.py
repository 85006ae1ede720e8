"""A floor imports only floors below it, no modules import each other in a circle, and the README's layout is the code's."""

import graphlib

from tests.floors import ENTRY_POINTS, FLOORS, PACKAGE, ROOT, floor, imports, modules, with_layout

MODULES = modules()
EDGES = {name: imports(path, set(MODULES)) - {name} for name, path in MODULES.items()}


def _is_entry_point(module: str) -> bool:
    return module.endswith("__main__") or floor(module) in ENTRY_POINTS


def test_every_module_is_on_a_floor_or_is_an_entry_point():
    strangers = {floor(name) for name in MODULES if not _is_entry_point(name)} - {*FLOORS, ""}
    assert strangers == set()


def test_a_floor_imports_only_floors_below():
    height = {name: index for index, name in enumerate(FLOORS)}
    upward = [
        f"{name} imports {other}"
        for name, others in EDGES.items()
        if not _is_entry_point(name) and name != PACKAGE
        for other in sorted(others - {PACKAGE})
        if floor(other) not in height or height[floor(other)] > height[floor(name)]
    ]
    assert upward == []


def test_no_modules_import_each_other_in_a_circle():
    sorter = graphlib.TopologicalSorter({name: others - {PACKAGE} for name, others in EDGES.items() if name != PACKAGE})
    sorter.prepare()  # raises CycleError, which names the circle


def test_the_readme_shows_the_layout_of_the_code():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_layout(readme) == readme, "run python -m tests.floors"
