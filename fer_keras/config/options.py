"""What a user may ask of a run, whether on a command line or from Python."""

import dataclasses
import pathlib

from fer_keras.config import protocols

DEMO = "demo"


@dataclasses.dataclass(frozen=True)
class Options:
    """What the user asked for on the command line; None means: the recipe, the profile or the hardware decides."""

    data: str | None = None
    affectnet: str | None = None
    profile: str | None = None
    seed: int = 0
    epochs: int | None = None
    batch_size: int | None = None
    image_size: int | None = None
    init: str | None = None
    precision: str | None = None
    devices: int | None = None
    deterministic: bool = False
    checkpoint_minutes: float = 5.0
    soft_labels: bool = False
    protocol: str = protocols.PAPER
    allow_unofficial: bool = False
    drop: pathlib.Path | None = None
    crop: bool = False
    detector: pathlib.Path | None = None
    generated: pathlib.Path | None = None
    out: pathlib.Path | None = None
    export: bool = False
    record: bool = False
    tensorboard: bool = False
    quiet: bool = False
