"""A run made small: it teaches, its weights are the float16 ones, and what is no finished run is refused."""

import json

import numpy as np
import pytest

from fer_keras.commands.runs import main
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.record import read_facts, read_record
from fer_keras.runs.slim import NOTE, slim
from tests.distilled import STUDENT, train


@pytest.mark.slow
def test_a_small_run_is_a_run_whose_weights_are_rounded_and_it_teaches(toy, tmp_path, capsys):
    whole = train(toy, tmp_path / "tiny")
    assert main(["--slim", str(whole), str(tmp_path / "small")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"Written: {tmp_path / 'small'}, ")
    small = tmp_path / "small"
    assert {path.name for path in small.iterdir()} == {
        *(directory.MODEL, directory.RECORD, directory.METRICS, directory.MANIFEST, NOTE)
    }
    assert read_record(small) == read_record(whole)
    assert json.loads((small / NOTE).read_text())["of"] == content_digest(whole / directory.MODEL)
    weights = [saved.load(run / directory.MODEL).get_weights() for run in (whole, small)]
    for before, after in zip(*weights, strict=True):
        np.testing.assert_array_equal(after, before.astype(np.float16).astype(before.dtype))
    student = train(toy, tmp_path / "student", STUDENT, teachers=(small,))
    (teacher,) = read_facts(student)["teachers"]["runs"]
    assert (teacher["run"], teacher["sha256"]) == ("tiny", content_digest(small / directory.MODEL))


def test_what_cannot_be_made_small_is_refused_in_one_line(make_run, tmp_path, capsys):
    run = make_run()
    with pytest.raises(UserError, match="Expected model.keras in"):
        slim(run, tmp_path / "small")
    (run / directory.MODEL).write_bytes(b"no model")
    with pytest.raises(UserError, match="a model saved by Keras"):
        slim(run, tmp_path / "small")
    with pytest.raises(UserError, match="Expected a new folder"):
        slim(run, tmp_path)
    assert main(["--slim", str(tmp_path / "none"), str(tmp_path / "small")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "small").exists() and not (tmp_path / ".small.partial").exists()
