"""Every extra of the package has its file of bounded requirements, and a row in the README that says why."""

import pathlib
import re
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["tool"]["setuptools"]["dynamic"]["optional-dependencies"]
BOUNDED = re.compile(r"[\w.-]+(\[[\w,]+\])?(>=[\d.]+,<[\d.]+|==[\d.]+)")


def test_every_file_of_requirements_is_an_extra():
    files = [name for extra in EXTRAS.values() for name in extra["file"]]
    assert sorted(files) == sorted(path.name for path in ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_is_bounded(extra):
    (name,) = EXTRAS[extra]["file"]
    assert name == ("requirements.txt" if extra == "train" else f"requirements-{extra}.txt")
    for line in (ROOT / name).read_text(encoding="utf-8").split():
        assert BOUNDED.fullmatch(line), line


def test_what_is_always_installed_is_bounded():
    assert all(BOUNDED.fullmatch(line) for line in PROJECT["project"]["dependencies"])


def test_the_readme_says_why_of_each_optional_extra():
    rows = re.findall(
        r"^\| (\w+) \| [^|]+ \| [^|]+ \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(name for name in rows if name != "extra") == sorted(EXTRAS.keys() - {"train"})
