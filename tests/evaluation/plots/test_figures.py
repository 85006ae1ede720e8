import numpy as np
import pytest

from fer_keras.evaluation.metrics import evaluate
from fer_keras.evaluation.plots import (
    figures_classes,
    figures_confusion,
    figures_faces,
    figures_models,
    figures_style,
    figures_training,
)

NAMES = ("angry", "disgust", "fear")
LABELS = np.array([0, 0, 0, 0, 1, 1, 2, 2])
CALLED = np.array([0, 0, 0, 1, 1, 0, 2, 2])
PROBABILITIES = np.full((8, 3), 0.1, np.float32)
PROBABILITIES[np.arange(8), CALLED] = [0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 0.8, 0.8]
FACES = np.arange(8 * 6 * 5, dtype=np.uint8).reshape(8, 6, 5, 1)


@pytest.fixture(scope="module")
def scores():
    return evaluate(LABELS, PROBABILITIES, NAMES)


def epoch(phase, number, loss, select_loss):
    keys = ("accuracy", "select_accuracy", "select_balanced_accuracy")
    return {"phase": phase, "epoch": number, "loss": loss, "select_loss": select_loss} | dict.fromkeys(keys, 0.5)


HISTORY = [epoch("frozen", 1, 2.0, 2.1), epoch("frozen", 2, 1.5, None), epoch("all", 1, 1.2, 1.4)]


def test_class_distribution_counts_an_absent_class_as_none():
    data = figures_classes.class_distribution_data({"train": {"angry": 5, "fear": 2}, "test": {"fear": 1}})
    assert data == {"classes": ["angry", "fear"], "parts": [("train", [5, 2]), ("test", [0, 1])]}


def test_training_curves_count_epochs_across_phases_and_skip_nulls():
    data = figures_training.training_data(HISTORY)
    assert data["phases"] == [("frozen", 1, 2), ("all", 3, 3)]
    assert data["curves"]["loss"] == ([1, 2, 3], [2.0, 1.5, 1.2])
    assert data["curves"]["select_loss"] == ([1, 3], [2.1, 1.4])


def test_two_phases_are_two_panels_and_the_selected_epoch_is_marked_in_its_own():
    panels = figures_training.training(HISTORY, {"phase": "all", "epoch": 1}).axes
    assert [panel.get_xlabel() for panel in panels] == ["", "", "epoch of phase frozen", "epoch of phase all"]
    marks = [[line for line in panel.lines if line.get_label() == "selected epoch"] for panel in panels]
    assert [len(lines) for lines in marks] == [0, 1, 0, 1]
    assert marks[1][0].get_xdata() == [1, 1]


def test_more_phases_are_marked_in_one_panel():
    loss, accuracy = figures_training.training([*HISTORY, epoch("head", 1, 1.0, 1.3)], None).axes
    assert accuracy.get_xlabel() == "epoch, all phases"
    assert [text.get_text() for text in loss.texts] == ["frozen", "all", "head"]
    assert {2.5, 3.5} <= {line.get_xdata()[0] for line in loss.lines if len(set(line.get_xdata())) == 1}


def test_no_legend_lies_on_data_or_beyond_the_figure(scores):
    bars = [("plain", 0.6, 0.5, 0.45, 0.55)]
    for figure in (
        figures_training.training(HISTORY, None),
        figures_models.reliability_diagram(LABELS, PROBABILITIES),
        figures_models.comparison(bars, "accuracy"),
        figures_classes.class_scores(scores),
    ):
        figure.draw_without_rendering()
        legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]
        boxes = [axes.get_window_extent() for axes in figure.axes]
        assert legends
        assert not any(legend.get_window_extent().overlaps(box) for legend in legends for box in boxes)
        for legend in legends:
            extent = legend.get_window_extent()
            assert 0 <= extent.x0 and extent.x1 <= figure.bbox.x1 and extent.y1 <= figure.bbox.y1


def test_confusion_counts_and_shares(scores):
    assert figures_confusion.confusion_data(scores).tolist() == [[3, 1, 0], [1, 1, 0], [0, 0, 2]]
    shares = figures_confusion.confusion_data(scores, normalised=True)
    assert shares.tolist() == [[0.75, 0.25, 0], [0.5, 0.5, 0], [0, 0, 1]]
    heatmap = figures_confusion.confusion(scores).axes[0]
    assert [text.get_text() for text in heatmap.texts][:3] == ["3\n75.0 %", "1\n25.0 %", "0\n0.0 %"]
    assert heatmap.collections[0].get_clim() == (0, 100)


def test_class_distributions_share_one_scale():
    figure = figures_classes.class_distribution({"train": {"angry": 5000, "fear": 2}, "test": {"angry": 7}})
    assert {axes.get_xlim() for axes in figure.axes} == {(0, 6250)}


def test_class_scores_are_sorted_by_recall_with_its_interval(scores):
    data = figures_classes.class_scores_data(scores)
    assert data["classes"] == ["disgust", "angry", "fear"]
    assert data["recall"] == data["precision"] == data["f1"] == [0.5, 0.75, 1.0]
    assert data["mean"] == 0.75
    assert all(low < value <= high for low, value, high in zip(data["low"], data["recall"], data["high"], strict=True))


def test_comparison_shows_our_interval_and_hatches_what_has_none():
    bars = [("plain", 0.6, 0.5, 0.45, 0.52)]
    np.testing.assert_allclose(figures_models.comparison_data(bars)["errors"], [[0.05], [0.02]])
    axes = figures_models.comparison(bars, "accuracy").axes[0]
    assert [text.get_text() for text in axes.texts] == ["60.0 %", "50.0 %"]
    assert [bar.get_hatch() for bar in axes.patches] == ["////", None]


def test_reliability_figure_shows_only_bins_with_faces():
    top = figures_models.reliability_diagram(LABELS, PROBABILITIES).axes[0]
    assert [bar.get_height() for bar in top.patches] == [pytest.approx(6 / 7), 0.0]


def test_misclassified_are_the_most_confident_wrong_rows():
    assert figures_faces.misclassified_data(LABELS, PROBABILITIES).tolist() == [5, 3]
    assert figures_faces.misclassified_data(LABELS, PROBABILITIES, shown=1).tolist() == [5]


def test_samples_are_drawn_once_and_seeded():
    chosen = figures_faces.sample_data(np.zeros(100), shown=12)
    assert len(set(chosen.tolist())) == 12
    np.testing.assert_array_equal(chosen, figures_faces.sample_data(np.zeros(100), shown=12))
    assert len(figures_faces.sample_data(LABELS)) == 8


def test_captions_name_true_class_predicted_class_and_confidence():
    assert figures_faces.captions(LABELS, PROBABILITIES, NAMES)[5] == "true disgust\npredicted angry 90 %"


def test_augmentation_puts_the_augmented_face_over_its_original():
    figure = figures_faces.augmentation(FACES[:3], 255 - FACES[:3])
    shown = [axes.images[0].get_array() for axes in figure.axes]
    np.testing.assert_array_equal(shown[0], 255 - FACES[0, ..., 0])
    np.testing.assert_array_equal(shown[3], FACES[0, ..., 0])
    with pytest.raises(ValueError, match="Received: 3 and 2"):
        figures_faces.augmentation(FACES[:3], FACES[:2])


def test_grid_frames_wrong_predictions_only():
    figure = figures_faces.predictions_grid(FACES, LABELS, PROBABILITIES, NAMES)
    framed = [axes.spines["left"].get_visible() for axes in figure.axes[:8]]
    assert framed == [False, False, False, True, False, True, False, False]


def test_a_saved_figure_carries_its_source_and_is_the_same_file_again(tmp_path, scores):
    paths = [tmp_path / "figures" / name for name in ("one.png", "two.png")]
    for path in paths:
        figures_style.save(figures_classes.class_scores(scores), path, "abc")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert figures_style.drawn_from(paths[0], "abc")
    assert not figures_style.drawn_from(paths[0], "abd")
    assert not figures_style.drawn_from(tmp_path / "absent.png", "abc")
