"""What a phase needs before its first step: the treatment of its rows, and a model frozen and compiled as it says."""

import keras

from fer_keras.config.recipe import Phase, Recipe
from fer_keras.data.plan import Treatment
from fer_keras.training import optimizers


def treatment(recipe: Recipe, phase: Phase) -> Treatment:
    """Return what training does to its rows in `phase`: the recipe's, with what the phase replaces."""
    data = phase.data or recipe.data
    return Treatment(
        augment=phase.augment or recipe.augment,
        class_augment=recipe.class_augment,
        oversample=recipe.oversample,
        class_weights=recipe.class_weights if phase.class_weights is None else phase.class_weights,
        divide_by_sum=recipe.weights_divide_by_sum,
        mixup=recipe.mixup,
        soft_labels=data.soft_labels,
        expected_labels=data.expected_labels,
        teacher_share=data.teacher_share if data.teacher_view == "original" else 0.0,
        teacher_temperature=data.teacher_temperature,
    )


def compile_model(model: keras.Model, recipe: Recipe, phase: Phase, steps_per_epoch: int, *, jit: bool = False) -> None:
    """Compile `model`, already frozen for `phase` (`freeze.apply`), with the phase's optimizer and the recipe's loss."""
    paths = [variable.path for variable in model.trainable_variables]
    model.compile(
        optimizer=optimizers.build(phase.optimizer, phase.epochs, steps_per_epoch, paths),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=jit,
    )
    # Slots made inside the first step would have TensorFlow trace that step a second time.
    model.optimizer.build(model.trainable_variables)
