"""FER+: FER2013's faces in eight classes, by the majority of ten votes (Barsoum et al. 2016, arXiv:1608.01041)."""

from pathlib import Path

from fer_keras.config.datasets import FERPLUS, Facts
from fer_keras.data import relabel, splits
from fer_keras.data.datasets import fer2013
from fer_keras.data.datasets.dataset import Dataset, Location
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus_folders
from fer_keras.data.splits import Splits


def recognise(path: Path) -> Location | None:
    """Return FER+'s own folders in `path`, else FER2013; that the votes are beside it is asked for once it is read."""
    if ferplus_folders.is_one(path):
        return Location(FERPLUS.name, path, ferplus_folders.read, f"FER+ folders {path.name}")
    location = fer2013.recognise(path)
    return location and location._replace(dataset=FERPLUS.name)


def divided(faces: Faces, split: str, seed: int, facts: Facts, tested: bool) -> Splits:
    """Return FER2013's division in FER+'s classes, so that a row is on the same side under both labels."""
    whole = splits.divide(faces, split, seed, facts.names)
    return whole if faces.class_names == facts.class_names else relabel.relabelled(whole)


DATASET = Dataset(
    FERPLUS,
    layouts=f"{ferplus_folders.LAYOUT}, or fer2013new.csv beside FER2013 ({fer2013.LAYOUTS})",
    where_to_get="fer2013new.csv is to be had at github.com/microsoft/FERPlus. " + fer2013.WHERE_TO_GET,
    recognise=recognise,
    unmistakable=ferplus_folders.is_one,
    defaults=fer2013.DATASET.defaults,
    complete=fer2013.with_votes_beside,
    division=divided,
)
