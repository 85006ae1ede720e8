"""A recipe that has changed since is named wherever its results stand, and fails the check until it is accepted."""

import pytest

from fer_keras.commands.report import main
from fer_keras.config.recipe import Experiment
from fer_keras.report import drawings
from fer_keras.runs.record import save_record
from fer_keras.studies.site import accept_recipe, check, drifted, regenerate
from tests.made_up_run import toy_recipe

RUN = "toy-cpu-seed0"
MARK = "recipe changed since"


def suite(**changes):
    return [Experiment("toy", "999", "A paper of no one", (toy_recipe(**changes),))]


@pytest.fixture
def reports(tmp_path, make_run, monkeypatch):
    """The reports of one run, without its figures."""
    monkeypatch.setattr(drawings, "DRAWINGS", ())
    return save_record(make_run(), tmp_path / "reports").parents[1]


def texts(reports):
    pages = {"runs": "runs.md", "paper": "999_toy.md", "claims": "papers.md", "run": f"results/{RUN}/report.md"}
    return {name: (reports / path).read_text() for name, path in pages.items()}


def lines_of(text):
    """The lines of a page that name the run."""
    return [line for line in text.splitlines() if "profile cpu" in line]


def test_the_recipe_of_today_leaves_no_mark(reports):
    regenerate(reports, suite(title="Other words"))
    pages = texts(reports)
    assert "RECIPE CHANGED" not in pages["run"]
    assert not any(MARK in line for line in lines_of(pages["runs"]) + lines_of(pages["paper"]))
    assert drifted(reports, suite()) == []


def test_every_table_with_the_result_and_its_own_page_are_marked(reports):
    regenerate(reports, suite(batch_size=64))
    pages = texts(reports)
    marked = lines_of(pages["runs"]) + lines_of(pages["paper"])
    assert len(marked) >= 3
    assert all(MARK in line for line in marked)
    assert f"(results/{RUN}/report.md), profile cpu, {MARK} |" in pages["claims"]
    assert "> **RECIPE CHANGED SINCE: batch_size.** Not accepted: run it again." in pages["run"]


def test_the_check_asks_until_the_recipe_is_accepted_and_again_after_the_next_change(reports):
    today = suite(batch_size=64)
    regenerate(reports, today)
    (line,) = drifted(reports, today)
    assert line.startswith(f"recipe changed since: {RUN} (batch_size); run it again, or accept it with --accept-recipe")
    changed = accept_recipe(reports, RUN, "A misprint.", today)
    assert reports / "accepted_recipes.json" in changed
    assert drifted(reports, today) == check(reports, today) == []
    assert "> **RECIPE CHANGED SINCE: batch_size.** Accepted: A misprint." in texts(reports)["run"]
    assert len(drifted(reports, suite(batch_size=128))) == 1


def test_the_command_fails_its_check_and_takes_the_reason(reports, capsys):
    words = ["--reports", str(reports)]
    assert main(words) == 0
    assert main([*words, "--check"]) == 1
    assert f"recipe changed since: {RUN} (the whole recipe, which is no longer there)" in capsys.readouterr().out
    assert main([*words, "--accept-recipe", RUN]) == 2
    assert main([*words, "--why", "Nothing."]) == 2
    assert main([*words, "--accept-recipe", RUN, "--why", "A made-up recipe."]) == 0
    assert main([*words, "--check"]) == 0
