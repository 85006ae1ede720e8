"""The faces of a run: the user's or drawn ones, prepared as asked, and divided as the recipe says."""

import dataclasses
import pathlib

from fer_keras.config.options import Options
from fer_keras.config.recipe import Data, Recipe
from fer_keras.data import crop, detect, development, drop, find, gate, generated
from fer_keras.data.drop import DropList
from fer_keras.data.faces import Faces
from fer_keras.data.generated import Generated
from fer_keras.data.readers import affectnet, toy
from fer_keras.data.splits import Splits, subset
from fer_keras.io.errors import expected


@dataclasses.dataclass(frozen=True)
class Source:
    """The faces of a run, and whether they are FER2013 as published; `differences` says how they are not.

    `affectnet` is where AffectNet lies, if it is there; `splits` is how the run divides the faces, once that is known.
    `dropped` lists the Training rows to leave out, `crop` says how the faces were cropped; None where not asked for.
    `made` are the generated faces that join the training rows, None where the recipe has none.
    """

    faces: Faces
    demo: bool
    differences: tuple[str, ...]
    affectnet: pathlib.Path | None = None
    splits: Splits | None = None
    dropped: DropList | None = None
    crop: dict | None = None
    made: Generated | None = None


def find_source(options: Options) -> Source:
    """Return the faces that the user has, or drawn ones when there are none (never when a path was given)."""
    path, folder = find.locate(options.data), affectnet.locate(options.affectnet)
    dropped = drop.read(options.drop) if options.drop else None
    if options.detector and not options.crop:
        raise expected("--crop with --detector", "none")
    if path is None:
        print(f"No FER2013 found: demo on drawn faces. {find.WHERE_TO_GET}")
        faces, differences = toy.toy_faces(), ()
    else:
        faces = find.load(path, leave_out=dropped.unreadable if dropped else frozenset())
        gate.require_official(faces, options.allow_unofficial)
        differences = tuple(gate.check(faces))
    if dropped:
        drop.require_fits(dropped, faces)
    cropped = None
    if options.crop:
        faces, cropped = crop.crop_faces(faces, detect.Detector(options.detector))
    return Source(faces, path is None, differences, folder, dropped=dropped, crop=cropped)


def with_generated(source: Source, recipe: Recipe, path: pathlib.Path | None, seed: int) -> Source:
    """Return `source` with the generated faces that the recipe trains on, if any; `path` is --generated.

    Raises UserError when they are missing or were made from rows that this run does not train on.
    """
    made = generated.chosen(recipe, path, source.faces.synthetic)
    found = dataclasses.replace(source, made=made)
    if made:
        splits_for(found, seed, recipe.init, recipe.data)
    return found


def splits_for(source: Source, seed: int, init: str, data: Data) -> Splits:
    """Return the rows of `data` divided as it says, less those to drop, and at most `data.max_train_rows` to train on.

    Dropping comes after dividing, so test rows stay what they are in every division, and a run with the list can be
    held against one without. A backbone that starts from a checkpoint (`init`) may have seen the dropped rows too, and
    so may a GAN, whose faces join FER2013's training rows at the end.
    """
    divided = development.divided(data, source.faces, source.affectnet, seed)
    train, select = divided.train, divided.select
    if source.dropped and data.dataset != "affectnet":
        train, select = (drop.remaining(part, source.dropped) for part in (train, select))
    eligible = train if init in ("imagenet", "scratch") and not source.made else divided.train
    train = subset(train, data.max_train_rows, seed)
    if source.made and data.dataset == "fer2013":
        generated.require_seen(source.made, divided.train)
        train = generated.joined(train, source.made)
    return dataclasses.replace(divided, train=train, select=select, eligible=eligible)
