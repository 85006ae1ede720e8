"""Tiny runs for tests: a network that trains in no time, to teach and to be taught."""

import dataclasses
import os
import signal

from fer_keras.config.options import Options
from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Augment, Optimizer
from fer_keras.runs import train_run
from fer_keras.runs.source import Source
from fer_keras.training.watch import Watch

TEACHER = Recipe(
    name="tiny",
    title="Tiny",
    model="compact",
    model_args={"image_size": 24, "widths": (4,), "pairs": (), "dropout": 0.0},
    augment=Augment(horizontal_flip=True),
    batch_size=64,
    phases=(Phase("train", 2, Optimizer("adam", 1e-2)),),
    profiles={"smoke": Profile(minutes=1)},
)
TAUGHT = Data(teachers=("tiny",), teacher_share=0.5, teacher_temperature=2.0)
STUDENT = dataclasses.replace(
    TEACHER, name="student", data=TAUGHT, mixup=0.2, oversample={"disgust": 3}, label_smoothing=0.1
)
EXPERIMENT = Experiment("tiny", "none", "Tiny", (TEACHER, STUDENT))


def train(faces, folder, printed=TEACHER, **options):
    """Train `printed` on drawn faces into `folder`; return that."""
    asked = Options(quiet=True, precision="float32", profile="smoke", **options)
    source, profile, recipe = train_run.plan(printed, asked, Source(faces, True, ()))
    folder.mkdir(parents=True, exist_ok=True)
    train_run.complete(EXPERIMENT, printed, recipe, profile, source, folder, folder.name, asked)
    return folder


def interrupt(monkeypatch, steps: int) -> None:
    """Press Ctrl-C after so many steps, once."""
    seen, real = [], Watch.on_train_batch_end

    def stopping(self, batch, logs=None):
        seen.append(batch)
        if len(seen) == steps:
            os.kill(os.getpid(), signal.SIGINT)
        real(self, batch, logs)

    monkeypatch.setattr(Watch, "on_train_batch_end", stopping)
