"""A run's epochs as TensorBoard shows them: losses, metrics, learning rate and phase, one step an epoch."""

import contextlib
import math
import pathlib

from fer_keras.io.errors import expected

EVENTS = "events.out.tfevents.*"
DATA_CLASS_SCALAR = 1
"""Of TensorFlow's summary.proto."""

NAMES = {
    "loss": "loss/train",
    "select_loss": "loss/selection",
    "accuracy": "accuracy/train",
    "select_accuracy": "accuracy/selection",
    "select_balanced_accuracy": "balanced_accuracy/selection",
    "learning_rate": "learning_rate",
    "seconds": "seconds",
}
"""{column of the history: tag}."""


class Board:
    """Writes event files into `folder`; `python -m pip install tensorboard` shows them, and is not needed to write.

    The files say what the run's history says and nothing else: a process that goes on with a run replaces them by all
    epochs so far, so that no step stands there twice and none that a crash took back.
    """

    def __init__(self, folder: pathlib.Path):
        self.folder = pathlib.Path(folder)
        self._writer, self._written = None, 0

    def epoch(self, history: list[dict]) -> None:
        """Write the rows of `history` that are not there yet; step k is the k-th epoch over all phases, from 0.

        Raises UserError when they cannot be written.
        """
        import tensorflow as tf

        try:
            self._write(tf, history)
        except tf.errors.OpError as error:
            raise expected(f"room for TensorBoard's files in {self.folder}", " ".join(str(error).split())) from error

    def _write(self, tf, history):
        if self._writer is None:
            self._begin(tf)
        with self._writer.as_default():
            for step, row in enumerate(history[self._written :], start=self._written):
                phase = list(dict.fromkeys(earlier["phase"] for earlier in history[: step + 1])).index(row["phase"])
                self._scalar(tf, "phase", phase + 1, step)
                for column, tag in NAMES.items():
                    self._scalar(tf, tag, row.get(column), step)
        self._written = len(history)
        self._writer.flush()

    def _begin(self, tf):
        for old in self.folder.glob(EVENTS):
            with contextlib.suppress(OSError):
                old.unlink()
        self._writer = tf.summary.create_file_writer(str(self.folder))

    def _scalar(self, tf, tag, value, step):
        """Write a point as `tf.summary.scalar` does, which TensorFlow lacks where TensorBoard is not installed."""
        if value is None or not math.isfinite(value):
            return
        plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        metadata = tf.compat.v1.SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_SCALAR)
        tf.summary.write(tag, tf.constant(value, tf.float32), step=step, metadata=metadata)
