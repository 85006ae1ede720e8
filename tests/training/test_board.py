"""TensorBoard's files: one point an epoch and column, and none twice after an interruption."""

import pytest
import tensorflow as tf

from fer_keras.io.errors import UserError
from fer_keras.training.board import Board


def row(phase, epoch, **values):
    return {"phase": phase, "epoch": epoch, "loss": 2.0, "learning_rate": 0.5, "seconds": 1.0, **values}


def points(folder):
    """Return {tag: [(step, value)]} of all event files in `folder`."""
    found = {}
    for path in sorted(folder.glob("events*")):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                found.setdefault(value.tag, []).append((event.step, float(tf.make_ndarray(value.tensor))))
    return found


def test_every_epoch_has_its_point_and_what_is_not_known_has_none(tmp_path):
    board, history = Board(tmp_path), []
    for epoch in (
        row("one", 0, select_loss=None),
        row("one", 1, select_loss=1.5),
        row("two", 0, select_loss=float("nan")),
    ):
        history.append(epoch)
        board.epoch(history)
    assert points(tmp_path) == {
        "phase": [(0, 1.0), (1, 1.0), (2, 2.0)],
        "loss/train": [(0, 2.0), (1, 2.0), (2, 2.0)],
        "loss/selection": [(1, 1.5)],
        "learning_rate": [(0, 0.5), (1, 0.5), (2, 0.5)],
        "seconds": [(0, 1.0), (1, 1.0), (2, 1.0)],
    }


def test_a_run_that_goes_on_has_no_step_twice_nor_one_that_a_crash_took_back(tmp_path):
    Board(tmp_path).epoch([row("one", 0), row("one", 1, loss=9.0)])
    again = Board(tmp_path)
    again.epoch([row("one", 0), row("one", 1, loss=3.0)])
    assert points(tmp_path)["loss/train"] == [(0, 2.0), (1, 3.0)]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="room for TensorBoard's files in .*file") as caught:
        Board(tmp_path / "file").epoch([row("one", 0)])
    assert "\n" not in str(caught.value)
