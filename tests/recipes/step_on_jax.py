"""A program, to be run with KERAS_BACKEND=jax: one training step of each phase of each recipe.

    python tests/recipes/step_on_jax.py [RECIPE...]

The step is traced and lowered, gradients and optimizer's update included, as far as the compiler: an operation, a shape or
a dtype that JAX does not take is found there. Compiling takes seconds to minutes each, so only the networks MADE, in which
the suite's own attention and branches stand, are compiled and make their steps; what backbones predict is held against
TensorFlow in tests/recipes/test_every_recipe.py. A step like an earlier recipe's, with the same network, freezing, optimizer and
loss, is not made again. Prints one line a recipe: its name, the phases, what was done. Weights after steps are held
against TensorFlow's in tests/train/test_shared_training.py.
"""

import dataclasses
import functools
import sys

import jax
import keras
import numpy as np

from fer_keras.config import resolve
from fer_keras.data import development
from fer_keras.data.readers import toy
from fer_keras.models import builder
from fer_keras.recipes import recipes
from fer_keras.train import freeze, prepare

RECIPES = recipes()
ROWS = 2
MADE = ("hybrid_baseline_cnn", "attention_cnn", "residual_cnn", "house", "attention_cbam", "attention_all")


def main(names: list[str]) -> None:
    drawn = toy.toy_faces()
    done = {}
    # MADE first: with the first values drawn Keras draws those that `_network` has left out, of all networks before.
    for name in sorted(names or RECIPES, key=lambda name: name not in MADE):
        recipe = resolve.as_run(RECIPES[name], "smoke", batch_size=ROWS)
        for phase in recipe.phases:
            faces = development.divided(phase.data or recipe.data, drawn, None, seed=0).train
            arguments = tuple(sorted(recipe.model_args.items()))
            form = (recipe.model, arguments, faces.images.shape[1:], len(faces.class_names))
            computation = (form, _computation(phase), recipe.label_smoothing)
            if computation not in done:
                done[computation] = _make(form, recipe, phase, faces.images[:ROWS])
        print(f"{name}: {', '.join(phase.name for phase in recipe.phases)}: {done[computation]}", flush=True)


def _computation(phase) -> str:
    """Return all of `phase` that its step depends on: recipes that differ in their rows alone make the same step."""
    return repr(dataclasses.replace(phase, name="any", data=None, augment=None, class_weights=None, section=""))


def _make(form, recipe, phase, images) -> str:
    made = recipe.name in MADE
    model = build(*form) if made else _network(*form)
    freeze.apply(model, phase)
    prepare.compile_model(model, recipe, phase, steps_per_epoch=1, jit=True)
    (step if made else lower)(model, images)
    return "made" if made else "lowered"


@functools.lru_cache(maxsize=3)
def _network(name, arguments, shape, classes):
    """Return the network, whose weights have shapes but no values: to draw them would take longest."""
    with keras.StatelessScope(initialize_variables=False):
        return build(name, arguments, shape, classes)


def build(name, arguments, shape, classes):
    """Return a new network for faces of `shape`."""
    side, _, channels = shape
    return builder(name)(**dict(arguments), classes=classes, channels=channels, input_size=side)


def step(model, images) -> None:
    """Make a step of the compiled `model`: its loss must be a number, its weights must move.

    Half of them at least, for some of the recipes' rates round to nothing beside weights of one.
    """
    before = [np.array(variable.value) for variable in model.trainable_variables]
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.arange(len(images))]
    loss = model.train_on_batch(images, targets, sample_weight=np.ones(len(images), "float32"))[0]
    assert np.isfinite(loss), f"{model.name}: a loss of {loss}"
    moved = [np.any(one != np.array(two.value)) for one, two in zip(before, model.trainable_variables, strict=True)]
    assert np.mean(moved) > 0.5, f"{model.name}: {sum(moved)} of {len(moved)} weights moved"


def lower(model, images) -> None:
    """Lower a step of `model`: loss, gradients and optimizer's update, for values of which only shapes are known.

    All that comes out must be of the shape and dtype that it had.
    """
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.zeros(len(images), int)]

    def loss_of(trainable, others):
        found, moved, losses = model.stateless_call(trainable, others, images, training=True, return_losses=True)
        return model.loss(targets, found, sample_weight=np.ones(len(images), "float32")) + sum(losses), moved

    def step(trainable, others, slots):
        (loss, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, others)
        trainable, slots = model.optimizer.stateless_apply(slots, gradients, trainable)
        return loss, (trainable, others, slots)

    groups = model.trainable_variables, model.non_trainable_variables, model.optimizer.variables
    state = tuple([jax.ShapeDtypeStruct(v.shape, v.dtype) for v in group] for group in groups)
    # Without this scope each stateless call would draw the values that `_network` has left out.
    with keras.StatelessScope(initialize_variables=False):
        _, after = jax.jit(step).lower(*state).out_info
    for before, now in zip(jax.tree.leaves(state), jax.tree.leaves(after), strict=True):
        assert (before.shape, before.dtype) == (now.shape, now.dtype), f"{model.name}: {before} became {now}"


if __name__ == "__main__":
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(sys.argv[1:])
