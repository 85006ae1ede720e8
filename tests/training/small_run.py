"""A small training whose history can be compared between backends: as a module, and as a program without TensorFlow.

    python tests/training/small_run.py FOLDER

It prints {"plain", "taught", "resumed"}, losses, accuracies and a sum of weights each, and "asked", a difference.
"""

import dataclasses
import json
import os
import pathlib
import sys

import numpy as np

TEACHER = np.array([0.4, 0.1, 0.1, 0.2, 0.1, 0.05, 0.05])
"""What the teacher says of every face."""


def train(folder: pathlib.Path, taught: bool, lessons=None) -> dict:
    """Train two epochs of seven steps, the last of five faces; `taught` gives each face TEACHER as stored probabilities."""
    from fer_keras.config.recipe import Data, Phase, Recipe
    from fer_keras.config.settings import Augment, OneCycle, Optimizer
    from fer_keras.data.faces import Faces
    from fer_keras.data.splits import Sealed, Splits
    from fer_keras.training import devices
    from fer_keras.training.phases import Trainer

    rng = np.random.default_rng(0)
    names = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    images = rng.integers(0, 256, (93, 12, 12, 1), dtype=np.uint8)
    faces = Faces(images, rng.integers(0, 7, 93), np.array(["train"] * 93), np.arange(93) + 7, names)
    if taught and lessons is None:
        faces = dataclasses.replace(faces, taught=np.tile(TEACHER, (93, 1)).astype(np.float32))
    view = "original" if lessons is None else "augmented"
    data = Data(teachers=("someone",), teacher_share=0.8, teacher_view=view) if taught else Data()
    moving = Augment(
        rotation_range=20.0, zoom_range=0.1, horizontal_flip=True, contrast_range=(0.8, 1.2), fill_mode="nearest"
    )
    optimizer = Optimizer("adamw", 1e-2, OneCycle(momentum=None), weight_decay=0.01, ema_momentum=0.9)
    recipe = Recipe(
        name="small",
        title="small",
        model="compact",
        phases=(Phase("train", 2, optimizer),),
        batch_size=11,
        data=data,
        augment=moving,
        mixup=0.2,
        label_smoothing=0.1,
    )
    splits = Splits(faces.take(np.arange(71)), faces.take(np.arange(71, 93)), "selection", Sealed("test", faces))
    trainer = Trainer(
        recipe=recipe,
        seed=3,
        splits_of=lambda _: splits,
        build=_network,
        initialise=_begin,
        folder=folder,
        lessons=lessons,
        devices=devices.choose(recipe.batch_size),
        quiet=True,
        checkpoint_seconds=0.0,
    )
    trained = trainer.train()
    losses = [row[key] for row in trained.history for key in ("loss", "accuracy", "select_loss")]
    return {"history": losses, "weights": float(sum(np.abs(w).sum() for w in trained.model.get_weights()))}


def _network(classes, channels, side):
    import keras
    from keras import layers

    face = keras.Input((side, side, channels), dtype="uint8", name="face")
    x = layers.Rescaling(1 / 255)(face)
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, strides=2, use_bias=False)(x))
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(face, layers.Dense(len(classes), activation="softmax", kernel_regularizer="l2")(x), name="small")


def _begin(model):
    rng = np.random.default_rng(5)
    model.set_weights([np.abs(rng.normal(0.3, 0.2, w.shape)) for w in model.get_weights()])


def _lessons():
    """Return lessons of one teacher that says TEACHER of whatever it sees."""
    import jax.numpy as jnp

    from fer_keras.training.lessons import Lessons

    said = jnp.asarray(TEACHER, jnp.float32)
    return Lessons([said], lambda weights, images: jnp.tile(weights[0], (len(images), 1)), 0.8)


def _asked(folder: pathlib.Path) -> float:
    """Return the largest difference between what two saved networks are taken to say and the mean of their answers, T 2."""
    from types import SimpleNamespace

    from fer_keras.config.data import Data
    from fer_keras.models import saved
    from fer_keras.runs import lessons

    images, answers, teachers = np.random.default_rng(1).integers(0, 256, (5, 12, 12, 1), dtype=np.uint8), [], []
    folder.mkdir()
    for number in range(2):
        model = _network(range(7), 1, 12)
        saved.save(model, folder / f"{number}.keras")
        teachers.append(SimpleNamespace(model=folder / f"{number}.keras"))
        answers.append(model.predict(images, verbose=0))
    data = Data(teachers=("a", "b"), teacher_share=0.5, teacher_temperature=2.0, teacher_view="augmented")
    lesson = lessons.of(teachers, data)
    powers = np.mean(answers, axis=0) ** 0.5
    said = np.asarray(lesson.teach(lesson.weights, images))
    return float(np.abs(said - powers / powers.sum(axis=1, keepdims=True)).max())


def _resumed(folder: pathlib.Path, after: int) -> dict:
    """Stop the plain training after so many steps, in the midst of the second epoch, and go on from its checkpoint."""
    from fer_keras.training.jax_epoch import JaxEpochs

    add, steps = JaxEpochs._add, []

    def stopping(self, *sums):
        steps.append(sums)
        if len(steps) > after:
            raise KeyboardInterrupt
        add(self, *sums)

    JaxEpochs._add = stopping
    try:
        train(folder, False)
    except KeyboardInterrupt:
        pass
    finally:
        JaxEpochs._add = add
    return train(folder, False)


def main(folder: pathlib.Path) -> None:
    results = {"plain": train(folder / "plain", False), "taught": train(folder / "taught", True, _lessons())}
    results["asked"] = _asked(folder / "teachers")
    results["resumed"] = _resumed(folder / "resumed", after=10)
    print(json.dumps(results | {"tensorflow": "tensorflow" in sys.modules}))


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    from fer_keras import runtime

    with runtime.absent(("tensorflow", "tensorflow_datasets")):
        main(pathlib.Path(sys.argv[1]))
