"""Many runs by one command: what is chosen, in which order, what is skipped, and what is told of failures."""

import dataclasses
import sys

import pytest

from fer_keras.commands import engines, many
from fer_keras.io.errors import UserError
from fer_keras.recipes import recipes

OK = (sys.executable, "-c", "print('done')")
REFUSED = (sys.executable, "-c", "import sys; print('a warning\\nerror: no weights', file=sys.stderr); sys.exit(2)")


def job(name, command, folder="none", minutes=1.0):
    return engines.Job(name, 0, minutes, many.CORES, command, str(folder))


def test_all_transfer_rows_start_from_imagenet_and_come_cheapest_first(tmp_path):
    found = many.jobs(None, [0, 1], "paper", tmp_path, ["--data", "x.csv"])
    expected = {name for name, recipe in recipes().items() if recipe.init == "imagenet"}
    expected -= {"lite0_distilled", "hybrid_gan_disgust"}  # which need what other programs leave
    assert {one.recipe for one in found} == expected and len(found) == 2 * len(expected)
    assert [one.minutes for one in found] == sorted(one.minutes for one in found)
    (plain,) = [one for one in found if (one.recipe, one.seed) == ("transfer_plain", 1)]
    words = ["experiments.transfer", "--only", "transfer_plain", "--profile", "paper", "--seed", "1"]
    assert list(plain.command[2:9]) == words and plain.command[-2:] == ("--data", "x.csv")
    assert plain.folder == str(tmp_path / "transfer_plain-paper-seed1")


@pytest.mark.parametrize(
    ("only", "profile", "received"), [(["resnet51"], "paper", "resnet51"), (["transfer_plain"], "fast", "'fast'")]
)
def test_what_is_unknown_is_named(tmp_path, only, profile, received):
    with pytest.raises(UserError, match=received):
        many.jobs(only, [0], profile, tmp_path, [])


def test_the_list_tells_hours_and_runs_nothing(tmp_path, capsys):
    names = ["transfer_plain", "transfer_frozen_sum", "resnet50_5"]
    done = tmp_path / "transfer_frozen_sum-paper-seed0"
    done.mkdir()
    (done / "record.json").write_text("{}")
    assert many.main(["--all-transfer", "--only", *names, "--runs", str(tmp_path), "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "  0.13 h  resnet50_5, seed 0",
        "  0.20 h  transfer_frozen_sum, seed 0  (finished)",
        "  0.47 h  transfer_plain, seed 0",
        "  0.47 h  for 1 of them on two processor cores",
        "  0.13 h  for 1 of them on an accelerator",
        "2 of 3 runs are left; hours as their recipes estimate",
    ]


def test_a_failed_run_ends_no_other_and_is_told_at_the_end(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(many, "jobs", lambda *_: [job("first", REFUSED), job("second", OK)])
    assert many.main(["--all-transfer", "--runs", str(tmp_path)]) == 1
    assert "Failed: first, seed 0 (exit code 2): error: no weights" in capsys.readouterr().out
    monkeypatch.setattr(many, "jobs", lambda *_: [job("second", OK)])
    assert many.main(["--all-transfer", "--runs", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("All are finished.\n")


def marking(folder):
    return (sys.executable, "-c", f"import pathlib; pathlib.Path({str(folder)!r}).mkdir()")


@pytest.mark.parametrize("handed", [[], ["--submitit", "logs"]])
def test_a_run_whose_weights_cannot_be_had_is_not_begun(tmp_path, capsys, monkeypatch, handed):
    monkeypatch.setattr(many.ahead, "unavailable", dict.fromkeys)  # asked in another process: {name: None} of all names
    found = [dataclasses.replace(job("first", marking(tmp_path / "first")), fetches=True)]
    found += [] if handed else [job("second", marking(tmp_path / "second"))]
    monkeypatch.setattr(many, "jobs", lambda *_: found)
    assert many.main(["--all-transfer", "--runs", str(tmp_path), *handed]) == 1
    assert [path.name for path in tmp_path.iterdir()] == [one.recipe for one in found[1:]]
    assert "Failed: first, seed 0 (exit code 2): error: None\n" in capsys.readouterr().out


def test_where_the_weights_cannot_be_looked_for_every_run_begins(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(many.ahead, "unavailable", int)  # raises TypeError for a list
    found = [dataclasses.replace(job("first", marking(tmp_path / "first")), fetches=True)]
    monkeypatch.setattr(many, "jobs", lambda *_: found)
    assert many.main(["--all-transfer", "--runs", str(tmp_path)]) == 0
    assert (tmp_path / "first").is_dir() and "could not be looked for" in capsys.readouterr().err


def test_weights_are_fetched_for_runs_that_start_from_them_on_real_faces(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    (tmp_path / "fer2013.csv").write_text("emotion,pixels,Usage\n")
    names = ["hybrid_resnet50", "transfer_plain", "vanilla_cnn"]

    def fetching(*rest, profile="paper"):
        return sorted(one.recipe for one in many.jobs(names, [0], profile, tmp_path, list(rest)) if one.fetches)

    assert fetching("--data", "fer2013.csv") == ["hybrid_resnet50", "transfer_plain"]
    assert fetching("--data", "fer2013.csv", "--init=scratch") == fetching("--data", "drawn") == fetching() == []
    names.remove("transfer_plain")
    assert fetching("--data", "fer2013.csv", profile="cpu") == ["hybrid_resnet50"]
    assert fetching("--data", "nowhere") == []
    names.remove("vanilla_cnn")
    assert fetching("--data", "fer2013.csv", profile="demo") == []  # it trains a start of its own


def test_several_at_once_leave_their_output_beside_the_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(many, "jobs", lambda *_: [job("first", OK), job("second", OK)])
    assert many.main(["--all-transfer", "--at-once", "2", "--runs", str(tmp_path)]) == 0
    assert [(tmp_path / "logs" / f"{name}-seed0.log").read_text() for name in ("first", "second")] == ["done\n"] * 2
    assert capsys.readouterr().out.endswith("All are finished.\n")
    assert many.main(["--all-transfer", "--at-once", "0"]) == 2
    assert capsys.readouterr().err == "error: Expected --at-once of at least 1. Received: 0.\n"


def test_submitits_local_executor_runs_them_too(tmp_path):
    pytest.importorskip("submitit")
    left = [job("first", REFUSED), job("second", OK)]
    found = engines.submitted(left, tmp_path / "logs", "local")
    assert [(one.name, one.code, one.said) for one in found] == [
        ("first, seed 0", 2, "error: no weights"),
        ("second, seed 0", 0, ""),
    ]
