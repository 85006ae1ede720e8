"""A program, to be run with KERAS_BACKEND=jax: trace one training step of each phase of each recipe, without compiling.

    python tests/trace_on_jax.py [RECIPE...]

JAX traces forward pass, loss, gradient and optimizer with the shapes and types of a batch of 4, which is where a layer
that only TensorFlow can run fails. Prints one line a recipe: its name and phases. Compiled steps are run, and held
against TensorFlow's numbers, in tests/train/test_shared_training.py.
"""

import functools
import importlib
import sys

import jax
import keras
import numpy as np

import experiments
from fer_keras import resolve
from fer_keras.data import development, toy
from fer_keras.models import builder
from fer_keras.train import freeze, prepare

RECIPES = {
    recipe.name: recipe
    for name in experiments.ALL
    for recipe in importlib.import_module(f"experiments.{name}").EXPERIMENT.recipes
}
ROWS = 4


def main(names: list[str]) -> None:
    drawn = toy.toy_faces()
    for name in names or RECIPES:
        recipe = resolve.as_run(RECIPES[name], "smoke", batch_size=ROWS)
        for phase in recipe.phases:
            faces = development.divided(phase.data or recipe.data, drawn, None, seed=0).train
            arguments = tuple(sorted(recipe.model_args.items()))
            model = _network(recipe.model, arguments, faces.images.shape[1:], len(faces.class_names))
            freeze.apply(model, phase)
            prepare.compile_model(model, recipe, phase, steps_per_epoch=1, jit=True)
            trace(model, faces.images[:ROWS])
        print(f"{name}: {', '.join(phase.name for phase in recipe.phases)}", flush=True)


@functools.lru_cache(maxsize=3)
def _network(name, arguments, shape, classes):
    """Return the network, whose weights have shapes but no values: to draw them would take longest."""
    side, _, channels = shape
    with keras.StatelessScope(initialize_variables=False):
        return builder(name)(**dict(arguments), classes=classes, channels=channels, input_size=side)


def trace(model, images) -> None:
    """Trace a step of the compiled `model`; what comes out must have the shapes and types of what went in."""
    with keras.StatelessScope(initialize_variables=False):
        model.optimizer.build(model.trainable_variables)
    groups = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
    state = tuple([jax.ShapeDtypeStruct(v.shape, v.dtype) for v in group] for group in groups)
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.zeros(len(images), int)]

    def step(trainable, others, slots):
        def loss_of(trainable):
            found, moved, losses = model.stateless_call(trainable, others, images, training=True, return_losses=True)
            mean = model.loss(targets, found, sample_weight=np.ones(len(images), "float32"))
            return mean + sum(losses), moved

        gradients, moved = jax.grad(loss_of, has_aux=True)(trainable)
        trained, slots = model.optimizer.stateless_apply(slots, gradients, trainable)
        return trained, moved, slots

    found = jax.eval_shape(step, *state)
    for before, after in zip(jax.tree.leaves(state), jax.tree.leaves(found), strict=True):
        assert (before.shape, before.dtype) == (after.shape, after.dtype), f"{model.name}: {before} became {after}"


if __name__ == "__main__":
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(sys.argv[1:])
