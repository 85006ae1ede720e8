import copy
import re

import numpy as np
import pytest

from fer_keras.report.drawings import DRAWINGS
from fer_keras.report.page import render, write_report
from fer_keras.report.provenance import SYNTHETIC
from fer_keras.runs import samples
from fer_keras.runs.record import read_record


@pytest.fixture
def page(toy_run, tmp_path):
    """Return page(change) -> the page of a run whose record `change` has edited, without its figures."""

    def text(change=lambda record: None):
        record = copy.deepcopy(toy_run[0])
        change(record)
        return render(tmp_path, record)

    return text


def test_the_page_of_a_run(page):
    text = page()
    assert text.startswith("# Toy network\n")
    assert "| command | `python -m experiments.toy --only toy --profile cpu` |" in text
    assert re.search(r"\| accuracy \(Table 1\) \| PrivateTest \| 99\.00 % \| \d\d\.\d\d % \| \S+ to \S+ \| -\d", text)
    assert re.search(r"\| log loss \(§6\.1\) \| PublicTest \| 9\.000 \| \d\.\d{3} \|.*better: outside", text)
    assert (
        "Selection: epoch 4 of phase all, by balanced accuracy on PublicTest. Seed: 0. Start: random weights." in text
    )
    assert "| `batch_size` | 2 | 4 |" in text
    assert "- Batch size 32." in text
    assert "### Changed on purpose\n\nNothing." in text
    assert f"`{'ab' * 32}`" in text
    assert "| all | 25,000,000 | 3 | 0.400 | 2 min |" in text
    assert "- Commit: `0123456789ab`\n" in text
    assert "SYNTHETIC" not in text
    assert "UNOFFICIAL" not in text


def test_a_page_needs_no_predictions_once_its_metrics_are_there(make_run, tmp_path):
    run_dir = make_run()
    (run_dir / "predictions.npz").unlink()
    assert "| accuracy (Table 1) | PrivateTest | 99.00 % |" in render(run_dir, read_record(run_dir))


def test_processor_time_where_the_record_has_it(page):
    assert "processor time" not in page()
    assert "processor time" not in page(lambda record: record.update(cpu_minutes=None))
    assert "| processor time | 24 min, evaluation included |" in page(lambda record: record.update(cpu_minutes=24.2))


def test_synthetic_and_unofficial_data_are_stamped_on_top(page):
    synthetic = page(lambda record: record["data"].update(synthetic=True, official=False))
    assert synthetic.split("\n\n")[1] == SYNTHETIC
    unofficial = page(lambda record: record["data"].update(official=False, unofficial_reasons=["Training has 99 rows"]))
    assert unofficial.split("\n\n")[1].startswith("> **UNOFFICIAL DATA: Training has 99 rows.")
    assert unofficial.count("cannot be compared: unofficial data") == 3


def test_copies_of_test_images_among_the_training_images_are_loud(page):
    text = page(lambda record: record["data"].update(overlap={"test_exact_rows": 12, "test_near_rows": 0}))
    assert "> **COPIES OF TEST IMAGES ARE AMONG THE TRAINING IMAGES: test, exact 12.**" in text


def test_test_time_augmentation_that_a_record_lacks_is_a_line_of_dashes(page):
    assert "| PrivateTest, mean over ten crops (TTA) | — | — | — | — | — | — |" in page()
    assert "| PrivateTest, mean over the image and its mirror image (TTA) | — |" in page()
    assert "PublicTest, mean over" not in page()


def test_the_page_is_the_same_from_the_same_record(page):
    assert page() == page()


def test_a_recipe_without_published_numbers_and_an_undefined_chi_square(page):
    def change(record):
        record["reported"], record["deviations"] = [], []
        record["metrics"]["test"]["chi_square"] = None

    text = page(change)
    assert "The paper gives no number for this recipe." in text
    assert "The recipe ran as published." in text
    assert "undefined, a class is never predicted or never true" in text


def test_every_figure_is_drawn_and_linked_with_its_alternative_text(make_run):
    run_dir = make_run()
    images = np.random.default_rng(0).integers(0, 256, (300, 8, 8, 1), np.uint8)
    rows = np.arange(1000, 1300)[::-1]
    samples.save(run_dir, images, rows, images[:4], 255 - images[:4])
    with np.load(run_dir / "samples.npz") as stored:
        place = rows.tolist().index(int(stored["rows"][0]))
        np.testing.assert_array_equal(stored["images"][0], images[place])
        assert len(stored["rows"]) <= 24
    linked = re.findall(r"!\[(.{40,})\]\(figures/(.+\.png)\)", write_report(run_dir).read_text())
    without_maps = [drawing for drawing in DRAWINGS if drawing.file != "error_maps.png"]  # these need the model
    assert linked == [(drawing.alt, drawing.file) for drawing in without_maps]
    for _, file in linked:
        assert (run_dir / "figures" / file).read_bytes().startswith(b"\x89PNG")


def test_samples_of_other_rows_are_refused(make_run):
    with pytest.raises(ValueError, match="Expected the images of every test row"):
        samples.save(make_run(), np.zeros((2, 8, 8, 1), np.uint8), np.array([1, 2]))


def test_the_command_repeats_every_flag_that_was_given(make_run):
    words = ["--epochs", "3", "--data", "my faces/fer2013.csv", "--seed", "4", "--soft-labels"]
    text = write_report(make_run(change=lambda record: record.update(command=words))).read_text()
    told = "--epochs 3 --data 'my faces/fer2013.csv' --seed 4 --soft-labels"
    assert f"| command | `python -m experiments.toy --only toy --profile cpu {told}` |" in text


def test_a_run_of_no_paper_has_no_paper_beside_it(page):
    text = page(lambda record: record.update(paper="the suite's own", reported=[]))
    assert "| experiment | A paper of no one |" in text
    assert "Paper beside ours" not in text
    assert "### Choices" in text
