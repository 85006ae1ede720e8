import subprocess
import sys

import pytest

from fer_keras.config.recipe import Experiment
from fer_keras.io.errors import UserError
from fer_keras.report import drawings
from fer_keras.runs import predictions
from fer_keras.runs.record import read_facts, save_record
from fer_keras.studies.site import BEGIN, END, check, regenerate
from tests.made_up_run import rewrite, toy_recipe

SUITE = [Experiment("toy", "999", "A paper of no one", (toy_recipe(), toy_recipe("never_run")))]


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """An empty reports/ beside a README; one figure a run is enough here."""
    monkeypatch.setattr(drawings, "DRAWINGS", drawings.DRAWINGS[1:2])
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def line_of(reports, start):
    lines = (reports / "README.md").read_text().splitlines()
    return next(line for line in lines if line.startswith(start))


def test_a_recipe_without_a_run_shows_dashes(reports):
    regenerate(reports, SUITE)
    assert line_of(reports, "| never_run") == "| never_run | 99.00 % accuracy |" + " — |" * 12
    page = (reports / "999_toy.md").read_text()
    assert "| accuracy (Table 1) | — | 99.00 % | — | — | — |" in page
    assert "- An assumption." in page


def test_a_run_fills_its_row_and_the_readme_between_its_markers(reports, make_run):
    save_record(make_run(), reports)
    regenerate(reports, SUITE)
    row = line_of(reports, "| toy, cpu ([seed 0](results/toy-cpu-seed0/report.md))")
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[3].startswith("-")
    assert (cells[6], cells[7], cells[10]) == ("—", "—", "—")
    assert cells[11:] == ["25.6 M", "12 min", "not reproduced (not run as published)"]
    readme = (reports.parent / "README.md").read_text()
    assert readme.startswith(f"before\n{BEGIN}\n")
    assert readme.endswith(f"{END}\nafter\n")
    assert "| paper | its best system | ours | verdict |" in readme


def test_several_seeds_are_one_row_and_the_verdict_is_the_medians(reports, make_run):
    for seed in range(3):
        save_record(make_run(f"run{seed}", seed), reports)
    regenerate(reports, SUITE)
    cells = [cell.strip() for cell in line_of(reports, "| toy").strip("|").split("|")]
    low, median, high = (float(part.removesuffix(" %")) for part in cells[2].split(" / "))
    assert low < median < high
    assert float(cells[3]) == pytest.approx(median - 99, abs=0.011)


def test_variants_of_private_test_have_their_columns(reports, make_run):
    run_dir = make_run()
    splits = predictions.read(run_dir, read_facts(run_dir))
    rewrite(run_dir, splits | {f"test_{variant}": splits["test"] for variant in ("clean", "flip", "ferplus")})
    save_record(run_dir, reports)
    regenerate(reports, SUITE)
    cells = [cell.strip() for cell in line_of(reports, "| toy").strip("|").split("|")]
    assert cells[5] == cells[6] == cells[7] == cells[10] != "—"


def test_synthetic_rows_are_marked_and_compare_with_nothing(reports, make_run):
    save_record(make_run(change=lambda r: r["data"].update(synthetic=True, official=False)), reports)
    regenerate(reports, SUITE)
    row = line_of(reports, "| toy")
    assert "†" in row
    assert row.endswith("| cannot be compared |")


def test_a_division_that_is_not_the_printed_one_is_named(reports, make_run):
    save_record(
        make_run(change=lambda r: r["published"].update(data={"dataset": "fer2013", "split": "pooled"})), reports
    )
    regenerate(reports, SUITE)
    row = line_of(reports, "| toy, cpu, split official ([seed 0]")
    assert row.endswith("| cannot be compared |")


def test_a_second_time_nothing_changes_and_the_check_is_content(reports, make_run):
    save_record(make_run(), reports)
    assert check(reports, SUITE)
    assert regenerate(reports, SUITE)
    assert regenerate(reports, SUITE) == []
    assert check(reports, SUITE) == []


def test_the_check_names_what_is_stale(reports, make_run):
    save_record(make_run(), reports)
    regenerate(reports, SUITE)
    run_dir = reports / "results" / "toy-cpu-seed0"
    page, orphan = run_dir / "report.md", reports / "123_gone.md"
    page.write_text(page.read_text().replace("99.00 %", "58.00 %"))
    orphan.write_text("58 %")
    assert check(reports, SUITE) == sorted([orphan, page])


def test_a_readme_without_markers_is_refused(reports):
    (reports.parent / "README.md").write_text("no markers")
    with pytest.raises(UserError, match="Expected one line <!-- results:begin"):
        regenerate(reports, SUITE)


def test_the_command_starts_within_a_second_without_tensorflow(tmp_path):
    code = (
        "import sys, time; from fer_keras.commands.report import main; code = main(sys.argv[1:]); "
        "assert not {'tensorflow', 'keras', 'matplotlib', 'sklearn', 'scipy', 'seaborn'} & set(sys.modules); "
        "assert time.process_time() < 1, time.process_time(); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--reports", str(tmp_path), "--verify"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0 sets of metrics agree with their predictions to the last digit.\n"


def test_bad_input_is_one_line_and_code_2(tmp_path):
    command = [sys.executable, "-m", "fer_keras.report", "--reports", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: Expected a reports directory")
    assert done.stderr.count("\n") == 1
