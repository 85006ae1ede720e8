import dataclasses
import functools

import keras
import numpy as np
import pytest

from fer_keras.config.recipe import Data, Phase, Recipe
from fer_keras.config.settings import Augment, Cosine, Optimizer, Plateau
from fer_keras.data import splits
from fer_keras.io.errors import UserError
from fer_keras.models import builder
from fer_keras.training import checkpoint
from fer_keras.training.interrupt import Interrupted
from fer_keras.training.phases import Trainer
from fer_keras.training.watch import Watch

RECIPE = Recipe(
    name="tiny",
    title="tiny",
    model="compact",
    model_args={"image_size": 48, "widths": (4, 6), "pairs": (1,), "dropout": 0.3},
    augment=Augment(rotation_range=20.0, horizontal_flip=True, fill_mode="constant"),
    class_weights={"disgust": 3.0},
    oversample={"disgust": 2},
    batch_size=32,
    phases=(
        Phase("first", 2, Optimizer("adamw", 1e-2, Cosine(), weight_decay=1e-3)),
        Phase("second", 2, Optimizer("adam", 1e-3, Plateau(patience=0))),
    ),
)


def trainer(toy, folder, recipe=RECIPE, **changes):
    build = functools.partial(builder(recipe.model), **recipe.model_args)
    return Trainer(
        recipe=recipe,
        seed=5,
        splits_of=functools.cache(lambda data: splits.divide(toy, data.split)),
        build=lambda names, channels, side: build(classes=len(names), channels=channels, input_size=side),
        initialise=lambda model: None,
        folder=folder,
        quiet=True,
        **changes,
    )


@pytest.fixture(scope="module")
def whole(toy, tmp_path_factory):
    return trainer(toy, tmp_path_factory.mktemp("whole")).train()


def test_every_phase_and_epoch_stands_in_the_history(whole):
    assert [(row["phase"], row["epoch"]) for row in whole.history] == [
        ("first", 0),
        ("first", 1),
        ("second", 0),
        ("second", 1),
    ]
    assert all(0 <= row["select_balanced_accuracy"] <= 1 for row in whole.history)


def timeless(history):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in history]


def test_the_kept_epoch_is_the_best_on_the_selection_rows(whole):
    assert whole.selected["value"] == max(row["select_accuracy"] for row in whole.history)


def test_the_record_counts_what_trained(whole):
    counts = {phase["trainable"] for phase in whole.trainable}
    assert counts == {sum(int(np.prod(w.shape)) for w in whole.model.trainable_weights)}


def steps_seen(monkeypatch, stop_after):
    """Have every run stop at that step of all that any has made; return the list that these steps go to."""
    seen = []
    real = Watch.on_train_batch_end

    def stopping(self, batch, logs=None):
        seen.append(batch)
        self.stop.asked = len(seen) == stop_after
        real(self, batch, logs)

    monkeypatch.setattr(Watch, "on_train_batch_end", stopping)
    return seen


@pytest.mark.parametrize("stop_after", [3, 8, 27])
def test_a_run_stopped_anywhere_ends_in_the_same_weights(toy, tmp_path, monkeypatch, whole, stop_after):
    """Steps an epoch: 8 (244 rows of 32). 3 is inside the first epoch, 8 its end, 27 in the last."""
    seen = steps_seen(monkeypatch, stop_after)
    with pytest.raises(Interrupted):
        trainer(toy, tmp_path).train()
    again = trainer(toy, tmp_path).train()
    assert len(seen) == 32
    assert again.selected == whole.selected
    assert timeless(again.history) == timeless(whole.history)
    for ours, theirs in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_muon_stopped_inside_an_epoch_ends_in_the_same_weights(toy, tmp_path, monkeypatch):
    optimizer = Optimizer("muon", 1e-2, Cosine(), weight_decay=1e-3, momentum=0.95)
    recipe = dataclasses.replace(RECIPE, phases=(Phase("only", 1, optimizer),))
    whole = trainer(toy, tmp_path / "whole", recipe).train()
    steps_seen(monkeypatch, stop_after=3)
    with pytest.raises(Interrupted):
        trainer(toy, tmp_path / "stopped", recipe).train()
    again = trainer(toy, tmp_path / "stopped", recipe).train()
    for ours, theirs in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_damaged_checkpoint_falls_back_to_the_one_before(toy, tmp_path, whole, capsys):
    trainer(toy, tmp_path, dataclasses.replace(RECIPE, phases=RECIPE.phases[:1])).train()
    newest = tmp_path / checkpoint.NEWEST
    newest.write_bytes(newest.read_bytes()[:-4000])
    again = trainer(toy, tmp_path).train()
    assert "falling back" in capsys.readouterr().out
    np.testing.assert_array_equal(again.model.get_weights()[0], whole.model.get_weights()[0])


def test_two_damaged_checkpoints_are_an_error_in_one_line(toy, tmp_path):
    for name in (checkpoint.NEWEST, checkpoint.BEFORE):
        (tmp_path / name).write_bytes(b"not a checkpoint")
    with pytest.raises(UserError, match="Expected an intact checkpoint"):
        trainer(toy, tmp_path).train()


def test_a_checkpoint_of_another_network_is_refused(toy, tmp_path):
    small = dataclasses.replace(RECIPE, phases=(dataclasses.replace(RECIPE.phases[0], epochs=1),))
    trainer(toy, tmp_path, small).train()
    other = dataclasses.replace(small, model_args={"image_size": 48, "widths": (4,), "pairs": (), "dropout": 0.3})
    with pytest.raises(UserError, match="Expected a checkpoint of"):
        trainer(toy, tmp_path, other).train()


def test_a_diverging_loss_names_the_step_and_the_rate(toy, tmp_path):
    wild = dataclasses.replace(RECIPE, phases=(Phase("wild", 1, Optimizer("sgd", 1e30)),))
    with pytest.raises(UserError, match=r"Training diverged.*learning rate 1e\+30"):
        trainer(toy, tmp_path, wild).train()


def test_the_plateau_halves_the_rate_when_nothing_improves(whole):
    second = [row for row in whole.history if row["phase"] == "second"]
    assert second[0]["learning_rate"] == pytest.approx(1e-3)


def test_early_stopping_ends_the_phase_and_the_checkpoint_says_so(toy, tmp_path):
    still = Phase("still", 6, Optimizer("sgd", 1e-12))
    impatient = dataclasses.replace(RECIPE, phases=(still,), early_stopping=0)
    assert len(trainer(toy, tmp_path, impatient).train().history) == 2
    assert checkpoint.load(tmp_path)[0]["epoch"] == 6


def test_classes_that_change_between_phases_carry_all_but_the_head(toy, tmp_path):
    from fer_keras.training import carry

    old = builder("compact")(image_size=48, widths=(4,), pairs=(), classes=8)
    new = builder("compact")(image_size=48, widths=(4,), pairs=(), classes=7)
    fresh = carry.over(old, new)
    assert fresh == ["classifier/logits_0/kernel", "classifier/logits_0/bias"]
    assert keras.ops.all(old.weights[0] == new.weights[0])


def test_as_many_classes_in_another_order_do_not_take_each_others_weights(toy, tmp_path):
    from fer_keras.training import carry

    old, new = (builder("compact")(image_size=48, widths=(4,), pairs=(), classes=7) for _ in range(2))
    assert carry.over(old, new, same_classes=False) == ["classifier/logits_0/kernel", "classifier/logits_0/bias"]
    assert carry.over(old, new) == []
    built, first = [], RECIPE.phases[0]
    sets = {"fer2013": toy, "rafdb": dataclasses.replace(toy, class_names=toy.class_names[::-1])}
    phases = (
        dataclasses.replace(first, name="before", epochs=1, data=Data("rafdb")),
        dataclasses.replace(first, epochs=1),
    )
    run = trainer(toy, tmp_path, dataclasses.replace(RECIPE, phases=phases))
    splits_of = functools.cache(lambda data: splits.divide(sets[data.dataset], "official"))
    build = lambda *wanted: built.append(wanted[0]) or run.build(*wanted)  # noqa: E731
    dataclasses.replace(run, splits_of=splits_of, build=build).train()
    assert built == [toy.class_names[::-1], toy.class_names]
