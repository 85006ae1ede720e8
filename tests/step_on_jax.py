"""A program, to be run with KERAS_BACKEND=jax: one training step of each recipe.

    python tests/step_on_jax.py [RECIPE...]

The step is that of the phase in which most of the network trains. Another phase makes one too where its optimizer's update
is of a kind not made before; what else phases differ in, frozen layers and rates, is tested on TensorFlow.

Networks of up to SMALL parameters are compiled and make the step. Larger ones, which would take minutes each to compile,
are traced and then make the step operation by operation, for JAX remembers an operation that it has seen at these shapes,
whichever network asks; only the optimizer's update is compiled. A step that an earlier recipe made, with the same network,
freezing, optimizer and loss, is not made again. Prints one line a recipe: its name, the phases, what was done. Weights
after steps are held against TensorFlow's in tests/train/test_shared_training.py.
"""

import dataclasses
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
ROWS, SMALL = 2, 3_000_000


def main(names: list[str]) -> None:
    drawn = toy.toy_faces()
    done, updates = {}, set()
    for name in names or RECIPES:
        recipe = resolve.as_run(RECIPES[name], "smoke", batch_size=ROWS)
        widest, *others = sorted(recipe.phases, key=_first_trained)
        updates.add(_update(widest))
        phases = [widest, *(phase for phase in others if _update(phase) not in updates)]
        updates.update(map(_update, phases))
        for phase in phases:
            faces = development.divided(phase.data or recipe.data, drawn, None, seed=0).train
            arguments = tuple(sorted(recipe.model_args.items()))
            form = (recipe.model, arguments, faces.images.shape[1:], len(faces.class_names))
            computation = (form, _computation(phase), recipe.label_smoothing)
            if computation not in done:
                done[computation] = _make(form, recipe, phase, faces.images[:ROWS])
        print(f"{name}: {', '.join(phase.name for phase in phases)}: {done[computation]}", flush=True)


def _first_trained(phase) -> float:
    """Return the index of the first layer of the backbone that trains in `phase`, infinity where none does."""
    return {"all": 0, "frozen": float("inf")}.get(phase.backbone, phase.backbone)


def _update(phase) -> tuple:
    return phase.optimizer.name, bool(phase.optimizer.groups)


def _computation(phase) -> str:
    """Return all of `phase` that its step depends on: recipes that differ in their rows alone make the same step."""
    return repr(dataclasses.replace(phase, name="any", data=None, augment=None, class_weights=None, section=""))


def _make(form, recipe, phase, images) -> str:
    model = _network(*form)
    small = model.count_params() <= SMALL
    if small:
        model = build(*form)
    freeze.apply(model, phase)
    prepare.compile_model(model, recipe, phase, steps_per_epoch=1, jit=True)
    (step if small else operate)(model, images)
    return "compiled" if small else "operation by operation"


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


def operate(model, images) -> None:
    """Make a step of `model`, not compiled, from drawn weights: a finite loss, finite new weights.

    A third of them at least must move, for some of the recipes' rates round to nothing beside weights of one.
    """
    rng = np.random.default_rng(0)
    drawn = [[_drawn(v, rng) for v in group] for group in (model.trainable_variables, model.non_trainable_variables)]
    state = (*drawn, [np.asarray(slot.value) for slot in model.optimizer.variables])
    loss, *stepped = _stepped(model, images, *state)
    assert np.isfinite(loss), f"{model.name}: a loss of {loss}"
    for before, after in zip(jax.tree.leaves(state), jax.tree.leaves(stepped), strict=True):
        assert (before.shape, before.dtype) == (after.shape, after.dtype), f"{model.name}: {before} became {after}"
        assert np.isfinite(after).all(), f"{model.name}: a weight that is no number"
    trained = stepped[0]
    moved = [np.any(before != np.asarray(after)) for before, after in zip(state[0], trained, strict=True)]
    assert np.mean(moved) > 1 / 3, f"{model.name}: {sum(moved)} of {len(moved)} weights moved"


def _drawn(variable, rng) -> np.ndarray:
    """Return He's normal values for kernels, ones for what multiplies, zeros for the rest."""
    if len(variable.shape) > 1:
        return rng.normal(0, np.sqrt(2 / np.prod(variable.shape[:-1])), variable.shape).astype(variable.dtype)
    return np.full(variable.shape, variable.name in ("gamma", "moving_variance"), variable.dtype)


def _stepped(model, images, *state):
    """Return the loss, and the groups of `state` (weights, other variables, slots) after one step."""
    targets = np.eye(model.output_shape[-1], dtype="float32")[np.zeros(len(images), int)]

    def loss_of(trainable, others):
        found, moved, losses = model.stateless_call(trainable, others, images, training=True, return_losses=True)
        return model.loss(targets, found, sample_weight=np.ones(len(images), "float32")) + sum(losses), moved

    def step(trainable, others, slots):
        (loss, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, others)
        trainable, slots = jax.jit(model.optimizer.stateless_apply)(slots, gradients, trainable)
        return loss, trainable, others, slots

    # Without this scope each stateless call would draw the values that `_network` has left out.
    with keras.StatelessScope(initialize_variables=False):
        traced, shapes = jax.make_jaxpr(step, return_shape=True)(*state)
    found = jax.core.eval_jaxpr(traced.jaxpr, traced.consts, *jax.tree.leaves(state))
    return jax.tree.unflatten(jax.tree.structure(shapes), found)


if __name__ == "__main__":
    assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
    main(sys.argv[1:])
