import json

import pytest

from fer_keras.io import files
from fer_keras.io.errors import UserError


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "record.json"
    files.write_json(path, {"value": 1})

    def full(part):
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match=r"Cannot write .*record\.json: No space left on device"):
        files.write(path, full)
    assert json.loads(path.read_text()) == {"value": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["record.json"]


def test_numbers_that_json_does_not_have_become_null(tmp_path):
    files.write_json(tmp_path / "x.json", {"a": float("nan"), "b": [float("inf"), 1.5], 3: "c"})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": None, "b": [None, 1.5], "3": "c"}


def test_what_fits_into_a_line_stands_in_one(tmp_path):
    value = {"name": "é", "confusion": [[206, 10], [12, 24]], "history": [{"loss": 1.5}] * 12, "none": {}, "b": []}
    files.write_json(tmp_path / "x.json", value)
    text = (tmp_path / "x.json").read_text(encoding="utf-8")
    assert json.loads(text) == value
    assert text.splitlines()[:5] == [
        "{",
        ' "name": "é",',
        ' "confusion": [[206, 10], [12, 24]],',
        ' "history": [',
        '  {"loss": 1.5},',
    ]
    files.write_json(tmp_path / "x.json", {"value": 1})
    assert (tmp_path / "x.json").read_text() == '{"value": 1}\n'


def test_a_folder_serves_one_run_at_a_time(tmp_path):
    taken = pytest.raises(UserError, match="in use by another run")
    with files.locked(tmp_path / "run"), taken, files.locked(tmp_path / "run"):
        pass
    with files.locked(tmp_path / "run"):
        pass


def test_a_place_that_cannot_be_written_is_known_before_the_first_step(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write to"), files.locked(tmp_path / "file" / "run"):
        pass


def test_a_file_where_a_folder_should_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"Cannot write .*record\.json"):
        files.write_json(tmp_path / "file" / "record.json", {})
