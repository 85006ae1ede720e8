"""A program, to be run with KERAS_BACKEND=jax: one training step of each network, and of each optimizer of the recipes.

    python tests/recipes/step_on_jax.py [RECIPE...]

A network's step is traced and lowered, gradients and optimizer's update included, as far as the compiler: an operation, a
shape or a dtype that JAX does not take is found there. Compiling takes seconds to minutes each, so only the networks of
COMPILED, in which all of the suite's attention, branches and blocks stand, are compiled and make their steps. From the
smallest to the largest, a network whose layers are all of classes that have made a step before makes none. What each network
predicts is held against TensorFlow in tests/recipes/test_architectures.py. Prints one line a network and one an optimizer:
its name and what was done. Weights after steps are held against TensorFlow's in tests/training/test_shared_training.py.
"""

import argparse
import dataclasses
import functools

import jax
import keras
import numpy as np

from fer_keras.data.readers import toy
from fer_keras.models import builder
from fer_keras.training import freeze, prepare
from tests.recipes.architectures import RECIPES, architectures, layers_of, smallest

BATCH_SIZE = 2
COMPILED = ("attention_cbam", "attention_all")
PLAIN = "vanilla_cnn"
"""The recipe whose small network makes the step of each optimizer."""


def main(names: list[str]) -> None:
    images = toy.toy_faces(70, 35, 35).images[:BATCH_SIZE]
    chosen, stepped = names or architectures(), set()
    # COMPILED first: with the first values drawn Keras draws those that `without_values` has left out, of all networks before.
    for name in filter(COMPILED.__contains__, chosen):
        recipe = smallest(name, BATCH_SIZE)
        model = network(*_network_of(recipe))
        print(f"{name}: {_step(model, recipe, recipe.phases[-1], images, compiled=True)}", flush=True)
        stepped |= layers_of(model)
    recipes = [smallest(name, BATCH_SIZE) for name in chosen if name not in COMPILED]
    models = [(without_values(*_network_of(recipe)), recipe) for recipe in recipes]
    for model, recipe in sorted(models, key=lambda pair: len(pair[0].weights)):
        contained = layers_of(model) <= stepped
        how = "contained" if contained else _step(model, recipe, recipe.phases[-1], images, compiled=False)
        stepped |= layers_of(model)
        print(f"{recipe.name}: {how}", flush=True)
    for name, recipe, phase in [] if names else optimizers():
        model = without_values(*_network_of(RECIPES[PLAIN]))
        print(f"{name}: {_step(model, recipe, phase, images, compiled=False)}", flush=True)


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


def network(name, arguments):
    """Return a new network for the drawn faces."""
    return builder(name)(**dict(arguments), classes=7, channels=1, input_size=48)


@functools.lru_cache(maxsize=1)
def without_values(name, arguments):
    """Return the network, whose weights have shapes but no values: to draw them would take longest."""
    with keras.StatelessScope(initialize_variables=False):
        return network(name, arguments)


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
    # Without this scope each stateless call would draw the values that `without_values` has left out.
    with keras.StatelessScope(initialize_variables=False):
        _, after = jax.jit(step).lower(*state).out_info
    for before, now in zip(jax.tree.leaves(state), jax.tree.leaves(after), strict=True):
        assert (before.shape, before.dtype) == (now.shape, now.dtype), f"{model.name}: {before} became {now}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE")
    arguments = parser.parse_args()
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(arguments.recipes)
