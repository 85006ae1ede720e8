"""What can go wrong while a network trains: each fault is made to happen, and what must be left of the run is checked."""

import contextlib
import dataclasses
import errno
import functools
import os
import resource
import signal
import time

import keras
import numpy as np
import pytest

from fer_keras.config.recipe import Phase, Recipe
from fer_keras.config.settings import Augment, Optimizer
from fer_keras.data import splits
from fer_keras.io.errors import UserError
from fer_keras.training import checkpoint
from fer_keras.training.interrupt import Interrupted
from fer_keras.training.phases import Trainer
from fer_keras.training.watch import Watch

RECIPE = Recipe(
    name="tiny",
    title="tiny",
    model="cnn001",
    augment=Augment(horizontal_flip=True),
    batch_size=64,
    phases=(Phase("one", 2, Optimizer("adam", 1e-3)), Phase("two", 1, Optimizer("sgd", 1e-3))),
)
STEPS = 4
"""Of an epoch: 240 faces, 64 a batch."""


def build(names, channels, side):
    """Stands in for the recipe's model: it learns as well, and in no time."""
    image = keras.Input((side, side, channels), dtype="uint8")
    small = keras.layers.AveragePooling2D(8)(keras.layers.Rescaling(1 / 255)(image))
    return keras.Model(image, keras.layers.Dense(len(names), activation="softmax")(keras.layers.Flatten()(small)))


def trainer(toy, folder, recipe=RECIPE, **changes):
    arguments = {"seed": 5, "quiet": True, "folder": folder, "build": build, "initialise": lambda model: None}
    split = functools.cache(lambda data: splits.divide(toy, data.split))
    return Trainer(recipe=recipe, splits_of=split, **arguments | changes)


@pytest.fixture(scope="module")
def whole(toy, tmp_path_factory):
    return trainer(toy, tmp_path_factory.mktemp("whole")).train().model.get_weights()


def equal(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.fixture
def at_step(monkeypatch):
    """Return at_step(n, act): call act() when the n-th step of the training, over all epochs, has been made."""

    def arrange(number, act):
        real, seen = Watch.on_train_batch_end, []

        def counting(self, batch, logs=None):
            seen.append(batch)
            if len(seen) == number:
                act()
            real(self, batch, logs)

        monkeypatch.setattr(Watch, "on_train_batch_end", counting)

    return arrange


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_a_checkpoint_and_it_goes_on_to_the_same_weights(
    toy, tmp_path, at_step, whole, number
):
    before = signal.getsignal(number)
    at_step(2, lambda: os.kill(os.getpid(), number))
    with pytest.raises(Interrupted):
        trainer(toy, tmp_path).train()
    assert signal.getsignal(number) is before
    reached = checkpoint.load(tmp_path)[0]
    assert (reached["phase"], reached["epoch"], reached["step"]) == (0, 0, 2)
    assert equal(trainer(toy, tmp_path).train().model.get_weights(), whole)


@contextlib.contextmanager
def largest_file(size):
    """Let the kernel refuse every byte of a file beyond `size`, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def full_disk(array_file, **arrays):
    array_file.write_bytes(b"half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("found_by", ["the kernel", "the writer"])
def test_a_full_disk_leaves_both_checkpoints_and_one_line(toy, tmp_path, whole, monkeypatch, found_by):
    first = dataclasses.replace(RECIPE, phases=RECIPE.phases[:1])
    trainer(toy, tmp_path, first).train()
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert kept.keys() == {checkpoint.NEWEST, checkpoint.BEFORE}
    with monkeypatch.context() as patch, pytest.raises(UserError) as caught:
        if found_by == "the writer":
            patch.setattr(np, "savez", full_disk)
        with largest_file(3000) if found_by == "the kernel" else contextlib.nullcontext():
            trainer(toy, tmp_path).train()
    why = os.strerror(errno.EFBIG if found_by == "the kernel" else errno.ENOSPC)
    assert str(caught.value) == (
        f"Cannot write {tmp_path / checkpoint.NEWEST}: {why}. Free space or choose another place."
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept
    assert equal(trainer(toy, tmp_path).train().model.get_weights(), whole)


def cut(content):
    return content[: len(content) // 2]


def flipped(content):
    """Turn one bit over in the middle, which is in the numbers of an array."""
    return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]


def shortened(content):
    """Let the header of an array declare fewer numbers: NumPy's own reader then never comes to the checksum."""
    assert b"'shape': (36, 7)" in content
    return content.replace(b"'shape': (36, 7)", b"'shape': (16, 7)", 1)


@pytest.fixture(scope="module")
def stopped(toy, tmp_path_factory):
    """A run that was stopped at step 2 of its second phase: its checkpoint, and the one before, of the first phase."""
    folder, real, seen = tmp_path_factory.mktemp("stopped"), Watch.on_train_batch_end, []

    def stopping(self, batch, logs=None):
        seen.append(batch)
        self.stop.asked = len(seen) == 2 * STEPS + 2
        real(self, batch, logs)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(Watch, "on_train_batch_end", stopping)
        trainer(toy, folder).train()
    return folder


@pytest.mark.parametrize("damage", [cut, flipped, shortened, lambda content: b""])
def test_a_damaged_checkpoint_falls_back_and_is_put_aside(stopped, tmp_path, damage):
    newest, before = tmp_path / checkpoint.NEWEST, tmp_path / checkpoint.BEFORE
    newest.write_bytes(damage((stopped / checkpoint.NEWEST).read_bytes()))
    before.write_bytes((stopped / checkpoint.BEFORE).read_bytes())
    said = []
    progress, _ = checkpoint.load(tmp_path, note=said.append)
    assert (progress["phase"], progress["epoch"], progress["step"]) == (0, 2, 0)
    assert said[-1] == f"{newest} is damaged: falling back to the checkpoint before it."
    assert {path.name for path in tmp_path.iterdir()} == {checkpoint.BEFORE, f"damaged-{checkpoint.NEWEST}"}


def test_what_goes_on_from_the_checkpoint_before_ends_in_the_same_weights(toy, stopped, tmp_path, whole):
    (tmp_path / checkpoint.NEWEST).write_bytes(b"")
    (tmp_path / checkpoint.BEFORE).write_bytes((stopped / checkpoint.BEFORE).read_bytes())
    assert equal(trainer(toy, tmp_path).train().model.get_weights(), whole)


def test_two_damaged_checkpoints_are_said_in_one_line(tmp_path):
    for name in (checkpoint.NEWEST, checkpoint.BEFORE):
        (tmp_path / name).write_bytes(b"not a checkpoint")
    with pytest.raises(UserError) as caught:
        checkpoint.load(tmp_path, note=lambda line: None)
    assert str(caught.value) == (
        f"Expected an intact checkpoint in {tmp_path}. Received: state.npz and state-before.npz, damaged. "
        "Delete the folder to start again."
    )


def poison(model):
    kernel = model.layers[-1].kernel
    kernel.assign(kernel * np.nan)


@pytest.mark.parametrize(
    ("broken_after", "said"),
    [(2, "loss nan at step 3"), (STEPS, rf"\S+ not finite at step {STEPS}")],
    ids=["inside the epoch", "by its last step"],
)
def test_weights_that_are_no_numbers_name_the_step_and_leave_good_ones(toy, tmp_path, at_step, broken_after, said):
    """They show in the loss of the next step; where there is none, only in themselves."""
    built = []

    def keep(*sizes):
        built.append(build(*sizes))
        return built[0]

    at_step(STEPS + broken_after, lambda: poison(built[0]))
    with pytest.raises(UserError, match=f"diverged: {said} of epoch 2 of phase one, learning rate 0.001"):
        trainer(toy, tmp_path, build=keep).train()
    progress, arrays = checkpoint.load(tmp_path)
    assert (progress["phase"], progress["epoch"], progress["step"]) == (0, 1, 0)
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_weights_that_are_no_numbers_are_never_saved(toy, tmp_path, at_step):
    built = []

    def keep(*sizes):
        built.append(build(*sizes))
        return built[0]

    at_step(STEPS + 2, lambda: poison(built[0]))
    with pytest.raises(UserError, match=r"not finite at step 2 of epoch 2"):
        trainer(toy, tmp_path, build=keep, checkpoint_seconds=0.0).train()
    assert checkpoint.load(tmp_path)[0]["step"] == 1


def test_a_loss_that_grows_without_end_is_stopped_before_it_is_no_number(toy, tmp_path):
    class Growing(keras.layers.Layer):
        def call(self, inputs):
            self.add_loss(keras.ops.mean(inputs) * 0 + 2000.0)
            return inputs

    def build_growing(names, channels, side):
        plain = build(names, channels, side)
        return keras.Model(plain.input, Growing()(plain.output))

    with pytest.raises(UserError, match=r"diverged: loss 2002 at step 1 of epoch 1 of phase one, learning rate 0\.001"):
        trainer(toy, tmp_path, build=build_growing).train()
    assert not checkpoint.exists(tmp_path)


def test_a_clock_that_runs_backwards_changes_nothing(toy, tmp_path, at_step, whole, monkeypatch):
    now = iter(range(2_000_000_000, 0, -86_400))
    monkeypatch.setattr(time, "time", lambda: float(next(now)))
    at_step(2 * STEPS + 1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(Interrupted):
        trainer(toy, tmp_path).train()
    os.utime(tmp_path / checkpoint.NEWEST, (0, 0))
    again = trainer(toy, tmp_path).train()
    assert next(now) < 2_000_000_000 - 86_400
    assert again.seconds > 0 and all(row["seconds"] >= 0 for row in again.history)
    assert equal(again.model.get_weights(), whole)
