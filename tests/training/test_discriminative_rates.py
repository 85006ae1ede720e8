"""Paper 000's learning rates on its own networks, and what crosses from eight classes to seven."""

import dataclasses
import functools

import keras
import numpy as np
import pytest

from fer_keras.config import resolve
from fer_keras.data import phase_data, pipeline
from fer_keras.data.readers.toy import toy_faces
from fer_keras.models import builder
from fer_keras.recipes.p000_resnet34_cbam import EXPERIMENT, RESNET34_CBAM
from fer_keras.training import carry, freeze, optimizers, prepare
from fer_keras.training.phases import Trainer
from fer_keras.training.selection import Selection

RATES = {"backbone/": 1e-5, "channel_attention": 5e-5, "spatial_attention": 5e-5, "classifier": 1e-3}
SIZE = 32


@pytest.fixture(scope="module")
def seven():
    keras.utils.set_random_seed(0)
    return builder("resnet34_attention")(image_size=SIZE, input_size=SIZE)


def group_of(weight):
    (prefix,) = [prefix for prefix in RATES if weight.path.startswith(prefix)]
    return prefix


def test_one_step_moves_each_part_by_its_own_rate(seven):
    """Adam's first step is the rate times the gradient's sign, whatever the gradient's size."""
    phase = RESNET34_CBAM.phases[1]
    freeze.apply(seven, phase)
    before = [keras.ops.convert_to_numpy(weight) for weight in seven.trainable_weights]
    paths = [weight.path for weight in seven.trainable_weights]
    optimizer = optimizers.build(phase.optimizer, phase.epochs, 1, paths)
    seven.compile(optimizer, loss="categorical_crossentropy", run_eagerly=True)
    rng = np.random.default_rng(0)
    seven.train_on_batch(rng.integers(0, 256, (7, SIZE, SIZE, 1), np.uint8), np.eye(7, dtype=np.float32))
    moved = dict.fromkeys(RATES, 0.0)
    for weight, old in zip(seven.trainable_weights, before, strict=True):
        step = np.abs(keras.ops.convert_to_numpy(weight) - old).max()
        assert step <= RATES[group_of(weight)] * 1.02, weight.path
        moved[group_of(weight)] = max(moved[group_of(weight)], step)
    assert moved == pytest.approx(RATES, rel=0.02)


def test_the_default_rate_is_the_classifiers_and_a_plateau_lowers_all_alike(seven):
    phase = RESNET34_CBAM.phases[1]
    optimizer = optimizers.build(phase.optimizer, phase.epochs, 1, [w.path for w in seven.trainable_weights])
    assert optimizers.current_rate(optimizer) == pytest.approx(1e-3)
    optimizers.scale_rate(optimizer, 0.5)
    rates = sorted(float(one.learning_rate) for one in optimizers.inner(optimizer))
    assert rates == pytest.approx([5e-6, 2.5e-5, 2.5e-5, 5e-4])


@pytest.mark.parametrize("recipe", EXPERIMENT.recipes, ids=lambda recipe: recipe.name)
def test_every_group_of_every_variant_finds_its_variables(recipe, seven):
    fer2013 = recipe.phases[1].optimizer
    attention = {"resnet34_plain": ("backbone/",)}.get(
        recipe.name, ("backbone/", "channel_attention", "spatial_attention")
    )
    assert fer2013.groups == tuple((prefix, RATES[prefix]) for prefix in attention)
    assert (fer2013.learning_rate, fer2013.l2_in_gradient) == (RATES["classifier"], 1e-4)


def test_eight_classes_become_seven_and_all_else_is_carried_by_name(seven):
    keras.utils.set_random_seed(1)
    eight = builder("resnet34_attention")(image_size=SIZE, classes=8, channels=3, input_size=40)
    fresh = carry.over(eight, seven)
    assert fresh == ["classifier_logits/kernel", "classifier_logits/bias"]
    had = {weight.path: weight for weight in eight.weights}
    carried = [weight for weight in seven.weights if weight.path not in fresh]
    assert len(carried) == 36 * 5 + 3 + 2
    for weight in carried:
        np.testing.assert_array_equal(weight, had[weight.path])
    assert seven.get_layer("classifier_logits").kernel.shape == (256, 7)


def test_class_weights_are_balanced_so_that_every_class_weighs_the_same():
    counts = dict(
        zip(
            ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
            (3995, 436, 4097, 7215, 4830, 3171, 4965),
            strict=True,
        )
    )
    found = {name: counts[name] * weight for name, weight in RESNET34_CBAM.class_weights.items()}
    assert found == pytest.approx(dict.fromkeys(counts, 28709 / 7))
    assert RESNET34_CBAM.phases[0].class_weights == {} and RESNET34_CBAM.weights_divide_by_sum


def tiny_trainer(folder):
    """The recipe's two phases on drawn faces with the suite's smallest network: 2 epochs, then 4."""
    smoke = resolve.as_run(RESNET34_CBAM, "smoke")
    first, second = smoke.phases
    plain = dataclasses.replace(second.optimizer, groups=())
    phases = (dataclasses.replace(first, epochs=2), dataclasses.replace(second, epochs=4, optimizer=plain))
    recipe = dataclasses.replace(
        smoke, model="compact", model_args={"image_size": 48, "widths": (4,), "pairs": ()}, phases=phases
    )
    faces = toy_faces(n_train=140, n_public=30, n_private=30)
    build = functools.partial(builder("compact"), **recipe.model_args)
    return Trainer(
        recipe=recipe,
        seed=0,
        splits_of=functools.cache(lambda data: phase_data.divided(data, faces, 0)),
        build=lambda names, channels, side: build(classes=len(names), channels=channels, input_size=side),
        initialise=lambda model: None,
        folder=folder,
        quiet=True,
    )


def keep_first(self, phase, epoch, found):
    """Stands in for Selection.consider: the first epoch that a phase evaluates is its best."""
    first = self.best is None
    self.best = self.best or {"phase": phase, "epoch": epoch, "monitor": self.monitor, "value": 0.0}
    return first


def test_phase_2_starts_from_phase_1s_best_epoch_and_is_evaluated_every_third(tmp_path, monkeypatch):
    carried, real = [], carry.over
    monkeypatch.setattr(Selection, "consider", keep_first)
    monkeypatch.setattr(carry, "over", lambda old, new, **_: carried.append(old.get_weights()) or real(old, new))
    trainer, ends = tiny_trainer(tmp_path), []
    trainer.on_epoch = lambda history, left: ends.append(trainer._best)
    trained = trainer.train()
    assert trained.model.output_shape == (None, 7)
    for ours, best in zip(carried[0], ends[0], strict=True):
        np.testing.assert_array_equal(ours, best)
    evaluated = [row["select_accuracy"] is not None for row in trained.history]
    assert evaluated == [True, True, False, False, True, True]
    assert (trained.selected["phase"], trained.selected["epoch"]) == ("fer2013", 2)


def test_class_weights_of_a_phase_replace_the_recipes(tmp_path):
    trainer = tiny_trainer(tmp_path)
    first, second = (prepare.treatment(trainer.recipe, phase) for phase in trainer.recipe.phases)
    assert isinstance(first, pipeline.Treatment) and first.class_weights == {}
    assert second.class_weights == RESNET34_CBAM.class_weights and second.divide_by_sum
    assert (first.augment.horizontal_flip, second.augment.horizontal_flip) == (True, False)
