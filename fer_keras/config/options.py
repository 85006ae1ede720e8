"""What a user may ask of a run, whether on a command line or from Python."""

import dataclasses
import pathlib
from collections.abc import Mapping

from fer_keras.config import protocols, resolve
from fer_keras.config.datasets import DATASETS
from fer_keras.config.recipe import STARTS, Recipe
from fer_keras.io.errors import expected

DEMO = resolve.DEMO
PRECISIONS = ("float32", "mixed_bfloat16")


@dataclasses.dataclass(frozen=True)
class Options:
    """What the user asked for on the command line; None means: the recipe, the profile or the hardware decides.

    `data` is a path, `dataset` the data set that it holds; `phase_data` is {data set: path} for phases on other ones.
    `teachers` are finished run directories, for a recipe with teachers.
    """

    data: str | None = None
    dataset: str | None = None
    phase_data: Mapping[str, str] = dataclasses.field(default_factory=dict)
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
    teachers: tuple[pathlib.Path, ...] = ()
    out: pathlib.Path | None = None
    export: bool = False
    record: bool = False
    tensorboard: bool = False
    quiet: bool = False

    @property
    def sizes(self) -> dict[str, int | None]:
        """The overrides that `resolve.as_run` takes."""
        return {"epochs": self.epochs, "batch_size": self.batch_size, "image_size": self.image_size}

    def words(self) -> list[str]:
        """Return the flags that were given, as a command line has them: what is not its default, paths as given."""
        words = []
        for name, default in vars(type(self)()).items():
            value, flag = getattr(self, name), f"--{name.replace('_', '-')}"
            if isinstance(value, Mapping):
                words += [word for dataset, path in value.items() for word in (DATASETS[dataset].flag, str(path))]
            elif isinstance(value, tuple | list):
                words += [flag, *map(str, value)] if value else []
            elif value != default:
                words += [flag] if value is True else [flag, str(value)]
        return words


def require(options: Options, recipe: Recipe) -> None:
    """Refuse, before TensorFlow loads and anything is read, what can be seen to be no request for `recipe`.

    Raises UserError for a number out of range, an unknown profile, protocol or precision, a file that is not there, and
    flags that exclude or need one another.
    """
    resolve.as_run(recipe, options.profile or resolve.PAPER, **options.sizes)
    protocols.require(options.protocol)
    resolve.require_at_least_one("--devices", options.devices)
    if not 0 <= options.seed < 2**32:
        raise expected(f"--seed from 0 to {2**32 - 1}", options.seed)
    if options.precision not in (None, *PRECISIONS):
        raise expected(f"--precision {' or '.join(PRECISIONS)}", repr(options.precision))
    if options.init:
        require_start(options.init)
    for path, what in (
        (options.drop, "a list of images to drop"),
        (options.generated, "generated faces"),
        (options.detector, "a detector"),
    ):
        if path and not pathlib.Path(path).is_file():
            raise expected(f"{what} at {path}", "no such file")
    for run in options.teachers:
        if not pathlib.Path(run).is_dir():
            raise expected(f"a finished run at {run} for --teachers", "no such folder")
    if options.teachers and not recipe.data.teachers:
        raise expected("a recipe with teachers for --teachers", recipe.name, "compact_distilled is one.")
    if options.detector and not options.crop:
        raise expected("--crop with --detector", "none")
    if options.drop and options.protocol in protocols.STUDIED:
        raise expected("--protocol paper or official with --drop", options.protocol)


def require_start(init: str) -> None:
    """Raise UserError unless a backbone can start from `init`: one of STARTS or a file that is there."""
    if init not in STARTS and not pathlib.Path(init).is_file():
        raise expected(f"--init {', '.join(STARTS)}, or the path of a checkpoint", repr(init), "There is no such file.")
