import concurrent.futures
import json
import os
import pathlib
import threading

import pytest

from fer_keras.io import files
from fer_keras.io.errors import UnwritableError, UserError


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


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices that have names")
def test_a_device_or_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        files.write(pipe, lambda part: part.write_text("lines"))
        assert read.result(60) == "lines"
    files.write(pathlib.Path("/dev/null"), lambda part: part.write_text("lines"))
    assert pipe.is_fifo() and pathlib.Path("/dev/null").is_char_device()
    assert [found.name for found in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
def test_a_full_device_is_one_line():
    with pytest.raises(UnwritableError, match="^Cannot write /dev/full: No space left on device"):
        files.write(pathlib.Path("/dev/full"), lambda part: part.write_text("lines"))


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="names of open files")
def test_an_open_file_that_is_named_is_written_at_its_end_and_not_replaced(tmp_path):
    with (tmp_path / "log").open("w") as log:
        print("before", file=log, flush=True)
        files.write(pathlib.Path(f"/dev/fd/{log.fileno()}"), lambda part: part.write_text("lines\n"))
        os.lseek(log.fileno(), 0, os.SEEK_END)
        print("after", file=log)
    assert (tmp_path / "log").read_text() == "before\nlines\nafter\n"


def test_of_a_link_the_file_is_replaced_to_which_it_points(tmp_path):
    (tmp_path / "file").write_text("old")
    for name, target in (("link", "file"), ("to nothing", "new")):
        (tmp_path / name).symlink_to(target)
        files.write(tmp_path / name, lambda part: part.write_text("lines"))
        assert (tmp_path / name).is_symlink() and (tmp_path / target).read_text() == "lines"


@pytest.mark.parametrize("path", [".", "/", ""])
def test_a_path_without_a_name_is_one_line(path):
    with pytest.raises(UnwritableError, match=r"^Cannot write .*: that is a folder\. Name a file\.$"):
        files.write(pathlib.Path(path), lambda part: part.write_text("lines"))


def test_who_waits_for_a_folder_has_it_after_the_other_and_nothing_is_left(tmp_path):
    order = []

    def second():
        with files.in_turn(tmp_path):
            order.append("second")

    with files.in_turn(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"] and list(tmp_path.iterdir()) == []
