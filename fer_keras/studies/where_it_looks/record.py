"""The records of the study, read and checked; each map beside what chance and the untrained network give."""

import dataclasses
import pathlib

import numpy as np

from fer_keras.explain.maps import KINDS
from fer_keras.io import files, specification
from fer_keras.io.specification import NUMBER, Each, Many
from fer_keras.studies.where_it_looks import regions

FOLDER, MEAN_FACE = "where_it_looks", "mean_face.json"
MORE, LESS, OPEN = "more than chance", "less than chance", "not beyond chance"
MOST_MOVES = 0.05
"""Share of the moved maps that may hold as much where a map is said to hold more than chance."""

NUMBERS = Many(NUMBER)
SUMMARY = {
    "mean_map": Many(NUMBERS),
    "mass": Each(NUMBER),
    "total": NUMBER,
    "half": NUMBER,
    "wider": NUMBER,
    "per_class": Many(NUMBERS),
    "per_class_half": Many(NUMBERS),
    "peak": NUMBER,
    "blank": NUMBER,
}
SCHEMA = {
    "run": str,
    "recipe": str,
    "title": str,
    "seed": int,
    "model_sha256": str,
    "data": {"fingerprint": str, "class_names": Many(str)},
    "images": int,
    "counts": Many(int),
    "accuracy": NUMBER,
    "hidden": {region: {"accuracy": NUMBER, "moved": NUMBER} for region in regions.REGIONS},
    "maps": Many(
        {
            "kind": str,
            "layer": str,
            "grid": Many(int),
            "trained": SUMMARY,
            "untrained": Many(SUMMARY),
            "deletion": Each(NUMBER),
        }
    ),
}
ORDER = ("attention_spatial", "attention_cbam", "attention_mhsa", "attention_all", "attention_cnn")
"""Recipes in the order of the page; others follow by name."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """A map of a network: the network's record, and the map's part of it."""

    network: dict
    map: dict

    @property
    def is_grad_cam(self) -> bool:
        """Whether it is Grad-CAM, not the network's own attention."""
        return self.map["kind"] == "grad_cam"

    @property
    def trained(self) -> dict:
        """The summary of the trained network."""
        return self.map["trained"]

    @property
    def label(self) -> str:
        """The recipe, with the seed where it is not 0."""
        seed = self.network["seed"]
        return f"{self.network['recipe']}, seed {seed}" if seed else self.network["recipe"]

    @property
    def class_names(self) -> list[str]:
        """The classes in the order of the records."""
        return self.network["data"]["class_names"]

    @property
    def kind(self) -> str:
        """The kind of map in words."""
        return KINDS[self.map["kind"]]

    @property
    def untrained(self) -> tuple[float, float]:
        """Least and greatest mass on the regions over the initialisations."""
        totals = [each["total"] for each in self.map["untrained"]]
        return min(totals), max(totals)

    @property
    def moved(self) -> float:
        """Share of the offsets at which the mean map, moved, holds at least as much on the regions as where it is."""
        masses = regions.moved_mass(np.array(self.trained["mean_map"]))
        return float(np.mean(masses >= masses[0] - 1e-12))

    @property
    def exceeds(self) -> bool:
        """Whether it holds more on the regions than a uniform map, and than every untrained network's."""
        area, total = sum(regions.areas().values()), self.trained["total"]
        return total - self.trained["half"] > area and total > self.untrained[1]

    @property
    def verdict(self) -> str:
        """MORE, LESS or OPEN, by the page's rule."""
        area, low = sum(regions.areas().values()), self.untrained[0]
        total, half = self.trained["total"], self.trained["half"]
        if self.exceeds and self.moved <= MOST_MOVES:
            return MORE
        return LESS if total + half < area and total < low and self.moved >= 1 - MOST_MOVES else OPEN

    def density(self, region: str) -> float:
        """Return the mass on `region` in multiples of its share of the image: 1 for a uniform map."""
        return self.trained["mass"][region] / regions.areas()[region]


def read_all(reports_dir: pathlib.Path) -> list[dict]:
    """Return every network's record under `reports_dir`, in the page's order; [] where none was measured.

    Raises UserError (file and key) for a faulty one.
    """
    paths = sorted(path for path in (reports_dir / FOLDER).glob("*.json") if path.name != MEAN_FACE)
    records = [specification.require(files.read_json(path), SCHEMA, str(path)) for path in paths]
    place = {recipe: number for number, recipe in enumerate(ORDER)}
    return sorted(records, key=lambda record: (place.get(record["recipe"], len(ORDER)), record["run"]))


def mean_face(reports_dir: pathlib.Path) -> np.ndarray:
    """Return float [48, 48], the mean of the Training images. Raises UserError (file and key) for another file."""
    path = reports_dir / FOLDER / MEAN_FACE
    value = specification.require(files.read_json(path), {"pixels": Many(NUMBERS)}, str(path))
    return np.array(value["pixels"], float)


def measured(records: list[dict]) -> list[Measured]:
    """Return the maps of all networks: their own attention first, then Grad-CAM."""
    maps = [Measured(record, each) for record in records for each in record["maps"]]
    return sorted(maps, key=lambda each: each.is_grad_cam)
