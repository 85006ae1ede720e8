import re
import subprocess
import sys
from functools import partial

import pytest

from fer_keras.commands.report import main
from fer_keras.config.recipe import Experiment
from fer_keras.io.errors import UserError
from fer_keras.report import drawings
from fer_keras.runs import predictions
from fer_keras.runs.record import read_facts, save_record
from fer_keras.studies.overview import NONE_YET
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


def line_of(reports, start, page="runs.md"):
    lines = (reports / page).read_text().splitlines()
    return next(line for line in lines if line.startswith(start))


def cells_of(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_index_answers_six_questions_and_links_only_pages_that_are_there(reports):
    regenerate(reports, SUITE)
    text = (reports / "README.md").read_text()
    questions = text.split("\n\n")[1].splitlines()
    assert len(questions) == 6
    assert questions[0].startswith("- **[Did the papers hold?](papers.md)** 0 of 2 published headline numbers")
    assert questions[4:] == [f"- **{what}** {NONE_YET}" for what in ("What is in the data?", "What do peers score?")]
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) == len(set(links)) > 6
    assert all((reports / link).is_file() for link in links)


def test_a_recipe_without_a_run_is_named(reports):
    regenerate(reports, SUITE)
    assert "Not run yet: `toy`, `never_run`. [Its page](999_toy.md)." in (reports / "runs.md").read_text()
    page = (reports / "999_toy.md").read_text()
    assert "## Assumed where the paper does not say\n\nAll recipes:\n\n- An assumption.\n" in page
    assert page.count("An assumption.") == 1


def test_a_run_fills_its_line_and_the_readme_between_its_markers(reports, make_run):
    save_record(make_run(), reports)
    regenerate(reports, SUITE)
    cells = cells_of(line_of(reports, "| toy, profile cpu (seed [0](results/toy-cpu-seed0/report.md))"))
    assert (cells[3], cells[4], cells[7]) == ("—", "—", "—")
    assert "<br>25.6 M, 12 min on " in cells[0]
    readme = (reports.parent / "README.md").read_text()
    assert readme.startswith(f"before\n{BEGIN}\n")
    assert readme.endswith(f"{END}\nafter\n")


def test_several_seeds_are_a_range_and_the_verdict_is_the_medians(reports, make_run):
    for seed in range(3):
        save_record(make_run(f"run{seed}", seed), reports)
    regenerate(reports, SUITE)
    low, high = (float(edge) for edge in cells_of(line_of(reports, "| toy"))[2].split("–"))
    assert low < high
    page = (reports / "999_toy.md").read_text()
    ours, difference, judged = cells_of(line_of(reports, "| [toy]", "999_toy.md"))[3:6]
    median, edges = ours.split(" % ")
    assert edges == f"({low:.2f} to {high:.2f})"
    assert low <= float(median) <= high
    assert float(difference) == pytest.approx(float(median) - 99, abs=0.011)
    assert judged == "not reproduced, 3 of 3 seeds (a)"
    assert "\n\nWhy: (a) outside the 95 % interval, differs from the published recipe in" in page


def test_time_is_the_shortest_of_the_seeds_with_the_device_of_that_run(reports, make_run):
    for seed, (minutes, device) in enumerate([(9.0, "CPU: A"), (7.0, "NVIDIA B"), (90.0, "CPU: C @ 2GHz")]):
        change = partial(set_time, minutes=minutes, device=device)
        save_record(make_run(f"run{seed}", seed, change), reports)
    regenerate(reports, SUITE)
    assert cells_of(line_of(reports, "| toy"))[0].endswith("<br>25.6 M, 7 min on B")


def set_time(record, minutes, device):
    record["minutes"] = minutes
    record["environment"]["device"] = device


def test_variants_of_private_test_have_their_columns(reports, make_run):
    run_dir = make_run()
    splits = predictions.read(run_dir, read_facts(run_dir))
    rewrite(run_dir, splits | {f"test_{variant}": splits["test"] for variant in ("clean", "flip", "ferplus")})
    save_record(run_dir, reports)
    regenerate(reports, SUITE)
    cells = cells_of(line_of(reports, "| toy"))
    assert cells[2] == cells[3] == cells[4] == cells[7] != "—"


def test_synthetic_images_are_marked_and_compare_with_nothing(reports, make_run):
    save_record(make_run(change=lambda r: r["data"].update(synthetic=True, official=False)), reports)
    regenerate(reports, SUITE)
    assert "†" in line_of(reports, "| toy")
    page = (reports / "999_toy.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| [toy]")]
    assert [line.split(" | ")[4:] for line in lines] == [["—", "cannot be compared (a) |"]]
    assert not (reports / "figures").exists()


def test_a_split_that_is_not_the_published_one_is_named(reports, make_run):
    save_record(
        make_run(change=lambda r: r["published"].update(data={"dataset": "fer2013", "split": "pooled"})), reports
    )
    regenerate(reports, SUITE)
    assert line_of(reports, "| toy, profile cpu, split official (seed [0]")


def test_only_runs_as_published_have_bars_and_an_old_figure_is_stale(reports, make_run):
    save_record(make_run(), reports)
    regenerate(reports, SUITE)
    assert not (reports / "figures").exists()
    save_record(
        make_run("second", 1, lambda r: r.update(run="toy-paper-seed1", profile="paper", deviations=[])), reports
    )
    assert reports / "figures" / "999_toy.png" in regenerate(reports, SUITE)
    other = reports / "figures" / "123_gone.png"
    other.write_bytes(b"")
    assert check(reports, SUITE) == [other]


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


def test_pages_are_not_written_into_a_folder_of_something_else(tmp_path, capsys):
    (tmp_path / "notes.md").write_text("mine")
    assert main(["--reports", str(tmp_path)]) == 2
    assert "Expected a folder with results/, as --record makes it" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.md"]


def test_runs_that_trained_on_private_test_have_their_own_table(reports, make_run):
    def pooled(record):
        record["data"]["test_name"] = "20 % of all rows"
        record["data"]["split"] = record["published"]["data"]["split"] = record["as_run"]["data"]["split"] = "pooled"

    save_record(make_run(change=pooled), reports)
    regenerate(reports, SUITE)
    cells = cells_of(line_of(reports, "| toy, profile cpu (seed"))
    assert cells[1] == "20 % of all images"
    assert float(cells[2]) > 30
    assert "| run | test images | accuracy | no copies |" in (reports / "runs.md").read_text()
