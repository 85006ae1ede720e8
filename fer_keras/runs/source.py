"""The faces of a run: the user's or drawn ones, prepared as asked, and divided as the recipe says."""

import dataclasses
import pathlib
from collections.abc import Mapping

from fer_keras.config.datasets import DATASETS, FER2013
from fer_keras.config.options import Options
from fer_keras.config.recipe import STARTS, Data, Recipe
from fer_keras.data import crop, datasets, drop, find, generated, official_copy, phase_data
from fer_keras.data.datasets.dataset import Location
from fer_keras.data.drop import DropList
from fer_keras.data.faces import Faces
from fer_keras.data.generated import Generated
from fer_keras.data.readers import toy
from fer_keras.data.splits import Splits, subset
from fer_keras.detection import open_detector
from fer_keras.io.errors import expected
from fer_keras.runs.teacher import Teacher


@dataclasses.dataclass(frozen=True)
class Source:
    """The faces of a run, and whether they are an official copy; `differences` says how they are not.

    `dataset` is the data set that the run is on, `others` where those of its other phases lie; `splits` is how the run
    divides the faces, once that is known. `dropped` lists the Training rows to leave out, `crop` says how the faces were
    cropped; None where not asked for. `made` are the generated faces that join the training rows, None where the recipe
    has none. `teachers` are the runs that the run learns from.
    """

    faces: Faces
    demo: bool
    differences: tuple[str, ...]
    dataset: str = FER2013.name
    others: Mapping[str, Location] = dataclasses.field(default_factory=dict)
    splits: Splits | None = None
    dropped: DropList | None = None
    crop: dict | None = None
    made: Generated | None = None
    teachers: tuple[Teacher, ...] = ()


def find_source(options: Options, recipe: Recipe) -> Source:
    """Return the faces that the user has for `recipe`, or drawn ones when there are none (never when a path was given).

    --data may hold another data set than the recipe's, which is then what the run is on.
    """
    dataset = options.dataset or recipe.data.dataset
    location = find.locate(options.data, dataset, others=not options.dataset)
    dropped = drop.read(options.drop) if options.drop else None
    if options.detector and not options.crop:
        raise expected("--crop with --detector", "none")
    if location is None:
        print(f"No {DATASETS[dataset].title} found: demo on drawn faces. {datasets.get(dataset).where_to_get}")
        faces, differences = toy.toy_faces(), ()
    else:
        faces = find.load(location, leave_out=dropped.unreadable if dropped else frozenset())
        dataset = _dataset(location, dataset, recipe)
        differences = () if faces.synthetic else _differences(faces, dataset, options.allow_unofficial)
    if dropped:
        drop.require_fits(dropped, faces)
    cropped = None
    if options.crop:
        faces, cropped = crop.crop_faces(faces, open_detector(options.detector))
    others = _others(options, recipe, dataset)
    return Source(faces, faces.synthetic, differences, dataset, others, dropped=dropped, crop=cropped)


def _dataset(location: Location, wanted: str, recipe: Recipe) -> str:
    """Return the data set that the run is on: drawn faces stand in for any, another one is said."""
    if DATASETS[location.dataset].drawn:
        return recipe.data.dataset
    if location.dataset != wanted:
        title, instead = DATASETS[location.dataset].title, DATASETS[wanted].title
        print(f"{location.path} is {title}: {recipe.name} runs on it instead of {instead}, as with --dataset.")
    return location.dataset


def _differences(faces: Faces, dataset: str, allow_unofficial: bool) -> tuple[str, ...]:
    """Return how the faces differ from an official copy. Raises UserError where they do and that is not allowed."""
    labelled = faces.class_names == DATASETS[dataset].class_names
    facts = DATASETS[dataset] if labelled else DATASETS[DATASETS[dataset].images]
    official_copy.require_official(faces, allow_unofficial, facts)
    return tuple(official_copy.check(faces, facts))


def _others(options: Options, recipe: Recipe, dataset: str) -> dict[str, Location]:
    """Return where the data sets lie that the recipe's phases name beside the run's own, by whose images they are."""
    named = {phase.data.dataset for phase in recipe.phases if phase.data and not phase.data.facts.drawn}
    places = {}
    for name in sorted(named | set(options.phase_data)):
        facts = DATASETS[name]
        if facts.images != DATASETS[dataset].images:
            location = find.locate(options.phase_data.get(name), name, flag=facts.flag)
            places |= {facts.images: location} if location else {}
    return places


def with_generated(source: Source, recipe: Recipe, path: pathlib.Path | None, seed: int) -> Source:
    """Return `source` with the generated faces that the recipe trains on, if any; `path` is --generated.

    Raises UserError when they are missing or were made from rows that this run does not train on.
    """
    faces = generated.chosen(recipe, path, source.faces.synthetic)
    completed = dataclasses.replace(source, made=faces)
    if faces:
        splits_for(completed, seed, recipe.init, recipe.data)
    return completed


def splits_for(source: Source, seed: int, init: str, data: Data) -> Splits:
    """Return the rows of `data` divided as it says, less those to drop, and at most `data.max_train_rows` to train on.

    Dropping comes after dividing, so test rows stay what they are in every division, and a run with the list can be
    held against one without. A network that starts from a checkpoint or a teacher (`init`) may have seen the dropped
    rows too, and so may a GAN, whose faces join FER2013's training rows at the end.
    """
    divided = phase_data.divided(data, source.faces, seed, source.dataset, source.others)
    train, select = divided.train, divided.select
    if source.dropped and data.facts.images == DATASETS[source.dataset].images:
        train, select = (drop.remaining(part, source.dropped) for part in (train, select))
    eligible = train if init in STARTS and init != "teacher" and not source.made else divided.train
    train = subset(train, data.max_train_rows, seed)
    if source.made and data.dataset == source.dataset:
        generated.require_seen(source.made, divided.train)
        train = generated.joined(train, source.made)
    return dataclasses.replace(divided, train=train, select=select, eligible=eligible)
