"""A program, to be run with KERAS_BACKEND=jax: what saved networks predict, and a training step of each and of each optimizer.

    PYTHONPATH=. KERAS_BACKEND=jax python tests/recipes/on_jax.py faces.npy FOLDER...

A FOLDER has a recipe's name and its model.keras; on_jax.npy, what that predicts for the faces, is written beside it. A
network's step is traced and lowered, gradients and optimizer's update included, as far as the compiler: an operation, a
shape or a dtype that JAX does not take is found there. Compiling takes seconds to minutes each, so only the networks of
COMPILED, in which all of the suite's attention, branches and blocks stand, are compiled and make their steps. From the
smallest to the largest, a network whose layers are all of classes that have made a step before makes none. Prints one line a
network and one an optimizer: its name and what was done. Weights after steps are held against TensorFlow's in
tests/training/test_shared_training.py.
"""

import argparse
import contextlib
import dataclasses
import functools
import gc
import pathlib

import jax
import keras
import numpy as np

import fer_keras.layers  # noqa: F401  (Keras finds a registered layer only after its module was imported)
from fer_keras.models import builder
from fer_keras.training import freeze, prepare
from tests.recipes.architectures import RECIPES, layers_of, smallest

COMPILED = ("attention_cbam", "attention_all")
PLAIN = "vanilla_cnn"
"""The recipe whose small network makes the step of each optimizer."""

DRAWN = (keras.initializers.VarianceScaling, keras.initializers.TruncatedNormal, keras.initializers.RandomNormal)


def main(faces: str, *folders: str) -> None:
    images, stepped = np.load(faces), set()
    gc.freeze()  # `clear_session` collects garbage, and passes over the modules' objects so
    for folder in sorted(map(pathlib.Path, folders), key=_turn):
        with _zeros():
            model = keras.saving.load_model(folder / "model.keras", compile=False)
        np.save(folder / "on_jax.npy", model.predict_on_batch(images))
        recipe = smallest(folder.name, len(images))
        compiled, contained = folder.name in COMPILED, layers_of(model) <= stepped
        if not contained and recipe.phases[-1].optimizer.groups:
            model = _without_values(*_network_of(recipe))  # groups are told by paths, which a loaded network has not
        how = "contained" if contained else _step(model, recipe, recipe.phases[-1], images, compiled)
        stepped |= layers_of(model)
        print(f"{folder.name}: {how}", flush=True)
        keras.backend.clear_session()
    for name, recipe, phase in optimizers():
        model = _without_values(*_network_of(RECIPES[PLAIN]))
        print(f"{name}: {_step(model, recipe, phase, images, compiled=False)}", flush=True)


def _turn(folder: pathlib.Path) -> tuple[bool, int]:
    """Order COMPILED first, then from the smallest to the largest."""
    return folder.name not in COMPILED, (folder / "model.keras").stat().st_size


@contextlib.contextmanager
def _zeros():
    """Let new weights be zeros until those of the file replace them: on JAX, to draw them takes longer than all else."""
    drawing = [kind.__call__ for kind in DRAWN]
    for kind in DRAWN:
        kind.__call__ = lambda self, shape, dtype=None: keras.ops.convert_to_tensor(np.zeros(shape, dtype))
    yield
    for kind, draw in zip(DRAWN, drawing, strict=True):
        kind.__call__ = draw


def _network_of(recipe) -> tuple[str, tuple]:
    return recipe.model, tuple(sorted(recipe.model_args.items()))


def optimizers():
    """Return (name, recipe, phase) for each kind of optimizer, schedule and label smoothing that recipes train with."""
    chosen = {}
    for name, recipe in RECIPES.items():
        for phase in recipe.phases:
            spec = dataclasses.replace(phase.optimizer, learning_rate=1e-3, groups=())
            phase = dataclasses.replace(phase, optimizer=spec, backbone="all", batch_norm="trainable")
            chosen.setdefault(
                (repr(spec), recipe.label_smoothing), (f"optimizer of {name} {phase.name}", recipe, phase)
            )
    return list(chosen.values())


def _step(model, recipe, phase, images, compiled: bool) -> str:
    freeze.apply(model, phase)
    prepare.compile_model(model, recipe, phase, steps_per_epoch=1, jit=True)
    (step if compiled else lower)(model, images)
    return "compiled" if compiled else "lowered"


@functools.lru_cache(maxsize=1)
def _without_values(name, arguments):
    """Return a new network for the drawn faces, whose weights have shapes but no values: to draw them would take longest."""
    with keras.StatelessScope(initialize_variables=False):
        return builder(name)(**dict(arguments), classes=7, channels=1, input_size=48)


def step(model, images) -> None:
    """Make a step of the compiled `model`: its loss must be a number, its weights must move.

    Half of them at least, for some of the recipes' rates round to nothing beside weights of one.
    """
    before = [np.array(variable.value) for variable in model.trainable_variables]
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.arange(len(images))]
    loss = model.train_on_batch(images, targets, sample_weight=np.ones(len(images), "float32"))[0]
    assert np.isfinite(loss), f"{model.name}: a loss of {loss}"
    moved = [np.any(old != np.array(new.value)) for old, new in zip(before, model.trainable_variables, strict=True)]
    assert np.mean(moved) > 0.5, f"{model.name}: {sum(moved)} of {len(moved)} weights moved"


def lower(model, images) -> None:
    """Lower a step of `model`: loss, gradients and optimizer's update, for values of which only shapes are known.

    All that comes out must be of the shape and dtype that it had.
    """
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.zeros(len(images), int)]

    def loss_of(trainable, others):
        outputs, others, losses = model.stateless_call(trainable, others, images, training=True, return_losses=True)
        return model.loss(targets, outputs, sample_weight=np.ones(len(images), "float32")) + sum(losses), others

    def step(trainable, others, slots):
        (loss, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, others)
        trainable, slots = model.optimizer.stateless_apply(slots, gradients, trainable)
        return loss, (trainable, others, slots)

    groups = model.trainable_variables, model.non_trainable_variables, model.optimizer.variables
    state = tuple([jax.ShapeDtypeStruct(v.shape, v.dtype) for v in group] for group in groups)
    # Without this scope each stateless call would draw the values that `_without_values` has left out.
    with keras.StatelessScope(initialize_variables=False):
        _, after = jax.jit(step).lower(*state).out_info
    for before, now in zip(jax.tree.leaves(state), jax.tree.leaves(after), strict=True):
        assert (before.shape, before.dtype) == (now.shape, now.dtype), f"{model.name}: {before} became {now}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", metavar="faces.npy")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(arguments.faces, *arguments.folders)
