import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.report.page import write_report
from fer_keras.runs.record import load_records, read_predictions, read_record, save_record


def test_predictions_come_back_as_stored(make_run):
    run_dir = make_run()
    found = read_predictions(run_dir, read_record(run_dir), "test")
    assert found["rows"].tolist() == list(range(1000, 1300))
    assert found["probabilities"].dtype == np.float32


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("record.json", b"{", "Expected JSON in "),
        ("record.json", b"\xff\xfe", "Expected JSON in "),
        ("predictions_test.npz", b"", "Expected rows, labels and probabilities in .*predictions_test.npz"),
        ("predictions_test.npz", b"PK\x03\x04 half", "Expected rows, labels and probabilities in "),
    ],
)
def test_a_damaged_file_is_one_line_that_names_it(make_run, name, content, message):
    run_dir = make_run()
    (run_dir / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        write_report(run_dir)
    assert "\n" not in str(error.value)
    assert not (run_dir / "report.md").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"labels": np.zeros(5, np.int64)},
        {"labels": np.full(300, 7)},
        {"labels": np.zeros(300)},
        {"probabilities": np.ones((300, 6), np.float32)},
        {"rows": np.array([object()] * 300)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(make_run, change):
    run_dir = make_run()
    record = read_record(run_dir)
    stored = read_predictions(run_dir, record, "test") | change
    np.savez(run_dir / "predictions_test.npz", **stored)
    with pytest.raises(UserError, match=r"predictions_test\.npz"):
        read_predictions(run_dir, record, "test")


def test_missing_run_directory(tmp_path):
    with pytest.raises(
        UserError, match=r"Expected a run directory with a readable record\.json\. Received: .*none \(No such"
    ):
        read_record(tmp_path / "none")


def test_save_copies_record_predictions_and_figures_and_replaces(make_run, tmp_path):
    run_dir, reports = make_run(), tmp_path / "reports"
    (run_dir / "figures").mkdir()
    (run_dir / "figures" / "confusion.png").write_bytes(b"PNG")
    saved = save_record(run_dir, reports)
    (saved / "left_over.txt").touch()
    assert save_record(run_dir, reports) == saved == reports / "results" / "toy-cpu-seed0"
    names = sorted(path.name for path in saved.iterdir())
    assert names == ["figures", "predictions_select.npz", "predictions_test.npz", "record.json"]
    assert (saved / "record.json").read_bytes() == (run_dir / "record.json").read_bytes()
    assert (saved / "figures" / "confusion.png").read_bytes() == b"PNG"
    assert list(load_records(reports)) == ["toy-cpu-seed0"]


def test_save_copies_nothing_of_a_broken_run(make_run, tmp_path):
    run_dir = make_run()
    (run_dir / "predictions_test.npz").unlink()
    with pytest.raises(UserError):
        save_record(run_dir, tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


def test_a_record_under_another_name_is_refused(make_run, tmp_path):
    saved = save_record(make_run(), tmp_path)
    saved.rename(saved.with_name("renamed"))
    with pytest.raises(UserError, match="Expected run 'renamed'"):
        load_records(tmp_path)


@pytest.mark.parametrize("name", ["../x", "..", "/x", "a/b", "a\\b", "", ".x", "a\0", "a\nb", "x" * 200, "\x1b[2J"])
def test_a_record_names_no_other_place(make_run, tmp_path, name):
    run_dir = make_run(change=lambda record: record.update(run=name))
    with pytest.raises(UserError, match="Expected a plain file name at run or predictions"):
        save_record(run_dir, tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


def test_figures_that_are_links_are_not_copied(make_run, tmp_path):
    run_dir = make_run()
    (run_dir / "figures").mkdir()
    (run_dir / "figures" / "training.png").write_bytes(b"drawn")
    (tmp_path / "secret").write_text("secret")
    (run_dir / "figures" / "secret.png").symlink_to(tmp_path / "secret")
    target = save_record(run_dir, tmp_path / "reports")
    assert [path.name for path in (target / "figures").iterdir()] == ["training.png"]
