"""A program: train a tiny network in several ways, each from the same weights, and write what came out.

    python shared_run.py OUT CASE...

Cases: alone (one device), two (two devices of this machine), begun (one device, stopped inside the second phase),
continued (two devices go on with it), all (every process), reads (predict with OUT/tensorflow.keras).
Each writes OUT/case.npz (weights, predictions) and OUT/case.json (history). 37 rows in batches of 16: the last batch
has 5, which two devices cannot share evenly. The network has batch norm, the classes have weights; no dropout, whose
numbers devices draw on their own.
"""

import argparse
import functools
import json
import pathlib
import shutil

import numpy as np

from fer_keras.config.recipe import Phase, Recipe
from fer_keras.config.settings import Cosine, Optimizer
from fer_keras.data import splits
from fer_keras.data.readers import toy
from fer_keras.training import devices, evaluation, processes
from fer_keras.training.interrupt import Interrupted

CASES = ("alone", "two", "begun", "continued", "all", "reads")
BATCH = 16
RECIPE = Recipe(
    name="tiny",
    title="tiny",
    model="compact",
    model_args={"image_size": 24, "widths": (4,), "pairs": (), "dropout": 0.0},
    class_weights={"disgust": 3.0, "happy": 0.5},
    batch_size=BATCH,
    phases=(
        Phase("first", 1, Optimizer("adamw", 1e-3, Cosine(), weight_decay=1e-3)),
        Phase("second", 1, Optimizer("sgd", 1e-2, momentum=0.9)),
    ),
)


def main(out: pathlib.Path, cases: list[str]) -> None:
    devices.prepare(2 if {"two", "continued"} & set(cases) else None)
    import keras

    from fer_keras.models import saved

    faces = toy.toy_faces(n_train=37, n_public=21, n_private=7, seed=3)
    for case in cases:
        if case == "reads":
            np.savez(out / "reads.npz", evaluation.predict(saved.load(out / "tensorflow.keras"), faces))
        elif case == "begun":
            _stopped(out, faces)
        else:
            model = _train(out, case, faces)
            if case == "alone":
                model.save(out / f"{keras.backend.backend()}.keras")


def _train(out, case, faces):
    folder = out / "begun" if case == "continued" else out / case
    shared = devices.ALONE if case == "alone" else devices.choose(BATCH)
    trained = _trainer(out, folder, faces, shared).train()
    processes.shut_down()
    if shared.writes:
        np.savez(out / f"{case}.npz", *trained.model.get_weights(), evaluation.predict(trained.model, faces))
        (out / f"{case}.json").write_text(json.dumps(trained.history))
    return trained.model


def _stopped(out, faces):
    """Stop after the second phase's first step, with a checkpoint."""
    from fer_keras.training.watch import Watch

    seen, real = [], Watch.on_train_batch_end

    def stopping(self, batch, logs=None):
        seen.append(batch)
        self.stop.asked = len(seen) == 4
        real(self, batch, logs)

    Watch.on_train_batch_end = stopping
    try:
        _trainer(out, out / "begun", faces, devices.ALONE).train()
    except Interrupted:
        Watch.on_train_batch_end = real


def _trainer(out, folder, faces, shared):
    from fer_keras.models import builder
    from fer_keras.training.phases import Trainer

    return Trainer(
        recipe=RECIPE,
        seed=5,
        splits_of=functools.cache(lambda data: splits.divide(faces, data.split)),
        build=lambda names, channels, side: builder(RECIPE.model)(
            **RECIPE.model_args, classes=len(names), channels=channels, input_size=side
        ),
        initialise=functools.partial(_start, out / "start.npz"),
        folder=folder,
        devices=shared,
        quiet=True,
    )


def _start(path, model):
    """Begin where the first run began, whatever the backend: each draws its own first weights."""
    if not path.exists():
        part = path.with_suffix(".part.npz")
        np.savez(part, *model.get_weights())
        shutil.move(part, path)
    with np.load(path) as archive:
        model.set_weights([archive[name] for name in archive.files])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("cases", nargs="+", choices=CASES, metavar="CASE")
    asked = parser.parse_args()
    main(asked.out, asked.cases)
