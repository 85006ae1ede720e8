"""From a data set to generated.npz and its page, top to bottom."""

import argparse
import pathlib
import sys

from fer_keras.config import resolve
from fer_keras.data import find, generated, official_copy
from fer_keras.data.datasets import fer2013
from fer_keras.data.faces import Faces
from fer_keras.data.generated import Generated
from fer_keras.data.readers import toy
from fer_keras.data.splits import divide
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.io.text import spell
from fer_keras.runs import environment
from fer_keras.studies.gan import EPOCHS, memory, page, training

DEMO_EPOCHS, FEWEST_ROWS = 300, 16
NETWORK = "generator.keras"


def make(asked: argparse.Namespace) -> pathlib.Path:
    """Train as asked (see `__main__`), write everything into the folder and return the page.

    Raises UserError for what the user can mend.
    """
    for flag in ("faces", "epochs"):
        if getattr(asked, flag) is not None and getattr(asked, flag) < 1:
            raise expected(f"--{flag} of at least 1", getattr(asked, flag))
    faces, differences = _source(asked)
    demo = faces.synthetic
    epochs = asked.epochs or (DEMO_EPOCHS if demo else EPOCHS)
    name = f"gan_{asked.class_name}{'-demo' if demo else ''}-seed{asked.seed}"
    folder = asked.out or pathlib.Path("runs") / name
    divided = divide(faces, asked.split, asked.seed)
    train, held = (_of_class(part, asked.class_name) for part in (divided.train, divided.select))
    if len(train) < FEWEST_ROWS:
        raise expected(f"at least {FEWEST_ROWS} {asked.class_name} rows to train on", f"{len(train)} in {faces.source}")
    if train.images.shape[1:] != (48, 48, 1):
        raise expected("grey faces of 48x48 pixels for the GAN", "x".join(map(str, train.images.shape[1:])))
    print(f"GAN of {len(train)} {asked.class_name} images: {epochs} epochs, seed {asked.seed}, into {folder}")
    with files.locked(folder):
        return _make(asked, folder, train, held, divided.select_name, differences, epochs)


def _source(asked) -> tuple[Faces, list[str]]:
    location = find.locate(asked.data)
    if location is None:
        print(f"No FER2013 found: demo on drawn faces. {fer2013.WHERE_TO_GET}")
        return toy.toy_faces(), []
    faces = find.load(location)
    official_copy.require_official(faces, asked.allow_unofficial)
    return faces, official_copy.check(faces)


def _of_class(faces, class_name):
    return faces.take(faces.labels == faces.class_names.index(class_name))


def _make(asked, folder, train, held, held_name, differences, epochs):
    settings = training.Settings()
    request = {
        "class": asked.class_name,
        "seed": asked.seed,
        "fingerprint": train.fingerprint,
        "settings": resolve.as_data(settings),
    }
    adversaries, history, seconds = training.train(
        train.images, settings, asked.seed, epochs, request, folder, Progress()
    )
    images = adversaries.sample(asked.faces, asked.seed)
    made = Generated(images, asked.class_name, asked.seed, train.rows, train.fingerprint)
    generated.save(made, folder / generated.NAME)
    files.write(folder / NETWORK, adversaries.averaged.save)
    record = {
        "class": asked.class_name,
        "faces": len(made),
        "seed": asked.seed,
        "sha256": made.sha256,
        "command": _command(asked),
        "epochs": len(history),
        "minutes": round(seconds / 60, 2),
        "settings": {key: value for key, value in request["settings"].items() if key != "kind"},
        "parameters": [adversaries.averaged.count_params(), adversaries.discriminator.count_params()],
        "history": history,
        "held_name": held_name,
        "versions": environment.versions(),
        **dict(zip(("commit", "dirty"), environment.commit_state(), strict=True)),
        "data": {
            "source": train.source,
            "split": asked.split,
            "rows": len(train),
            "fingerprint": train.fingerprint,
            "official": not train.synthetic and not differences,
            "synthetic": train.synthetic,
            "unofficial_reasons": list(differences),
        },
    }
    return _written(folder, record, made, train, held)


def _written(folder, record, made, train, held):
    apart = memory.without_copies(held, train)
    as_faces = generated.as_faces(made, train)
    record |= {"held_copies": len(held) - len(apart), "memory": memory.figures(as_faces, apart, train)}
    path = page.write(folder, record, made.images, train.images, memory.nearest(made.images, train.images))
    print(f"Faces: {folder / generated.NAME}\nPage: {path}")
    return path


def _command(asked):
    words = ["python -m fer_keras.gan", f"--class {asked.class_name}", f"--faces {asked.faces}", f"--seed {asked.seed}"]
    words += ["--data PATH"] if asked.data else []
    words += [f"--epochs {asked.epochs}"] if asked.epochs else []
    words += [f"--split {asked.split}"] if asked.split != "official" else []
    return " ".join(words)


class Progress:
    """Tells how far the training is: a line redrawn in place on a terminal, else a plain line every twentieth."""

    def __init__(self, out=None):
        self.out = out or sys.stdout
        self.terminal = self.out.isatty()

    def __call__(self, epoch: int, epochs: int, losses: dict[str, float], seconds_left: float) -> None:
        told = ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items())
        line = f"Epoch {epoch}/{epochs}: {told}; {spell(seconds_left)} left"
        if self.terminal:
            self.out.write(f"\r{line}   {chr(10) if epoch == epochs else ''}")
        elif epoch in (1, epochs) or epoch % max(1, epochs // 20) == 0:
            self.out.write(f"{line}\n")
        self.out.flush()
