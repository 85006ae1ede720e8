"""The documentation: its commands run and print what it shows, its links lead somewhere, the reference is complete."""

import pathlib
import re
import shlex
import signal

import pytest

import fer_keras
from docs import build
from fer_keras.commands.main import main
from fer_keras.config.labels import FER2013_CLASSES

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
ALL = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
INSTALLS = "pip install"
NUMBER = re.compile(r"(?<![\w])(?:\\?[-+])?\d(?:[\d,]|\\\.\d)*(?![\w])")
"""A number in what `re.escape` returned: its sign and its point stand behind a backslash there."""

CLASS = re.compile(rf"\b({'|'.join(FER2013_CLASSES)})\b")


def steps() -> list[tuple[str, str, list[str]]]:
    """Return (language, program, lines shown) of every step of the tutorial but the installation."""
    blocks = FENCE.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    steps = []
    for language, text in blocks:
        if language == "text":
            steps[-1][2].extend(text.splitlines())
        elif INSTALLS not in text:
            steps.append((language, text, []))
    return steps


def shown_pattern(line: str) -> str:
    """Return a pattern for a line of the tutorial: any number and any class may stand where one does, … for anything."""
    parts = [re.escape(part) for part in re.sub(r"\s+", " ", line.strip()).split("…")]
    return ".*".join(CLASS.sub(r"\\w+", NUMBER.sub(r"[-+\\d.,e]+", part)) for part in parts)


def commands_of(text: str) -> list[list[str]]:
    """Return the words of each `fer-keras` command of a block, whose last character may continue a line."""
    commands = [shlex.split(line) for line in text.replace("\\\n", " ").splitlines() if line]
    assert {command[0] for command in commands} == {"fer-keras"}
    return [command[1:] for command in commands]


@pytest.mark.slow
def test_every_step_of_the_tutorial_runs_and_prints_what_it_shows(tmp_path, monkeypatch, capfd):
    """In one process, as the installed command and Python would in one each: tests/commands/test_console.py runs those."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    stopping = signal.getsignal(signal.SIGTERM)
    assert [language for language, _, _ in steps()] == ["sh", "sh", "sh", "python", "sh", "python", "sh"]
    for language, text, shown in steps():
        if language == "sh":
            assert [main(words) for words in commands_of(text)] == [0] * text.count("fer-keras "), (
                capfd.readouterr().err
            )
        else:
            exec(compile(text, "tutorial.md", "exec"), {"__name__": "__main__"})
        stdout = capfd.readouterr().out
        printed = [re.sub(r"\s+", " ", line.strip()) for line in stdout.splitlines()]
        for line in filter(str.strip, shown):
            pattern = shown_pattern(line)
            assert any(re.fullmatch(pattern, each) for each in printed), f"{line!r} is not in:\n{stdout}"
    signal.signal(signal.SIGTERM, stopping)


def test_the_tutorial_installs_once_and_shows_what_every_command_prints():
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert text.count(INSTALLS) == 1
    assert all(shown for _, _, shown in steps())


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name.startswith("add_")], ids=lambda page: page.name)
def test_files_named_in_a_guide_are_there_but_for_those_that_it_adds(page):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:fer_keras|tests|experiments)/[\w/]+\.\w+)`", text))
    added = set(re.findall(r"\| `([\w/]+\.\w+)` \| new", text))
    assert {name for name in named - added if not (ROOT / name).exists()} == set()
    assert {name for name in added if (ROOT / name).exists()} == set(), "the example is taken: choose another"


def test_every_page_is_in_the_menu():
    assert {page.stem for page in PAGES} == set(build.PAGES)


def test_the_glossary_has_at_most_fifteen_terms():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^- \*\*(.+?)\*\*: ", text, re.MULTILINE)
    assert 10 <= len(terms) <= 15
    assert len(set(terms)) == len(terms)


def test_the_citation_is_of_this_version():
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert "cff-version: 1.2.0" in lines
    assert f"version: {fer_keras.__version__}" in lines
    keys = {line.split(":")[0] for line in lines if line[:1].isalpha()}
    assert {"message", "title", "authors", "license"} <= keys


@pytest.mark.parametrize("name", build.MODULES)
def test_public_names_are_documented_with_the_arguments_that_they_have(name):
    assert build.undocumented(build.module_of(name)) == []


def test_an_argument_that_does_not_exist_is_seen():
    def scale(image):
        """Scale.

        Args:
            image, factor: both.
            **others: more.
        """

    assert build.documented_arguments(scale) - build.arguments_of(scale) == {"factor", "others"}


def test_links_of_a_page_stay_in_the_site():
    body = '<a href="a.md#b">A</a> <a href="../README.md">R</a> <a href="https://x.org/y.md">X</a>'
    assert build.within_site(body) == '<a href="a.html#b">A</a> R <a href="https://x.org/y.md">X</a>'


def test_a_link_that_leads_nowhere_is_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"></p><a href="#here">1</a><a href="#there">2</a><a href="b.html">3</a>'
    )
    assert build.broken_links(tmp_path) == [
        "a.html links to #there, which is not there",
        "a.html links to b.html, which is not there",
    ]
