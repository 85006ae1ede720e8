import pytest

from fer_keras.io.errors import UserError
from fer_keras.report.page import write_report
from fer_keras.runs.record import load_records, read_record, save_record


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("record.json", b"{", "Expected JSON in "),
        ("record.json", b"\xff\xfe", "Expected JSON in "),
        ("predictions.npz", b"", "Expected rows, labels and probabilities in .*predictions.npz"),
        ("predictions.npz", b"PK\x03\x04 half", "Expected rows, labels and probabilities in "),
    ],
)
def test_a_damaged_file_is_one_line_that_names_it(make_run, name, content, message):
    run_dir = make_run()
    (run_dir / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        write_report(run_dir)
    assert "\n" not in str(error.value)
    assert not (run_dir / "report.md").exists()


def test_missing_run_directory(tmp_path):
    with pytest.raises(
        UserError, match=r"Expected a run directory with a readable record\.json\. Received: .*none \(No such"
    ):
        read_record(tmp_path / "none")


def test_save_copies_record_predictions_and_metrics_and_replaces(make_run, tmp_path):
    run_dir, reports = make_run(), tmp_path / "reports"
    (run_dir / "figures").mkdir()
    (run_dir / "figures" / "samples.png").write_bytes(b"a face")
    saved = save_record(run_dir, reports)
    (saved / "left_over.txt").touch()
    assert save_record(run_dir, reports) == saved == reports / "results" / "toy-cpu-seed0"
    assert sorted(path.name for path in saved.iterdir()) == ["metrics.json", "predictions.npz", "record.json"]
    for name in ("metrics.json", "predictions.npz"):
        assert (saved / name).read_bytes() == (run_dir / name).read_bytes()
    assert read_record(saved) == read_record(run_dir)
    assert list(load_records(reports)) == ["toy-cpu-seed0"]


def test_save_copies_nothing_of_a_broken_run(make_run, tmp_path):
    run_dir = make_run()
    (run_dir / "predictions.npz").unlink()
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
    with pytest.raises(UserError, match="Expected a plain name at run or predictions"):
        save_record(run_dir, tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


def test_what_is_recorded_names_no_folder_of_whoever_ran_it(make_run, tmp_path):
    command = ["--data", "/home/me/fer2013.csv", "--init", "C:\\Users\\me\\model.keras", "--seed", "1", "/"]
    saved = save_record(make_run(change=lambda record: record.update(command=command)), tmp_path / "reports")
    assert read_record(saved)["command"] == ["--data", "fer2013.csv", "--init", "model.keras", "--seed", "1", "/"]
