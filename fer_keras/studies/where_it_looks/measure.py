"""Where a trained network looks, over all PrivateTest images, beside itself untrained and its maps moved."""

import hashlib
import pathlib

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.evaluation.statistics import NORMAL_QUANTILE
from fer_keras.explain.attention import Attention
from fer_keras.explain.deletion import HIDDEN, hidden_by
from fer_keras.explain.grad_cam import GradCam
from fer_keras.explain.maps import enlarged, shares
from fer_keras.explain.occlusion import covered
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.runs.directory import MODEL
from fer_keras.runs.record import read_record
from fer_keras.studies.where_it_looks import regions
from fer_keras.studies.where_it_looks.record import MEAN_FACE

UNTRAINED = 5
"""Initialisations of the same network that are compared with."""
BATCH = 256


def measure(run_dir: pathlib.Path, faces: Faces) -> dict:
    """Return what the study keeps of the network in `run_dir`, finished, on the PrivateTest images of `faces`.

    Raises UserError for a run without its model, or on data of other content.
    """
    from fer_keras.models import saved

    record = read_record(run_dir)
    if faces.fingerprint != record["data"]["fingerprint"]:
        what = f"the data of {record['run']}, fingerprint {record['data']['fingerprint'][:16]}"
        raise expected(what, f"{faces.source}, fingerprint {faces.fingerprint[:16]}")
    private = faces.where("private")
    size = faces.images.shape[1:3]
    if size != (regions.SIDE, regions.SIDE):
        raise expected(f"images of {regions.SIDE} x {regions.SIDE} pixels", f"{size[0]} x {size[1]} in {faces.source}")
    counts = np.bincount(private.labels, minlength=len(faces.class_names))
    if counts.min() < 2:
        raise expected("two PrivateTest images of each class, or more", f"{counts.min()} in {faces.source}")
    path = pathlib.Path(run_dir) / MODEL
    network = saved.load(path)
    forward = _forward(network)
    predicted = forward(private.images).argmax(axis=1)
    return {
        "run": record["run"],
        "recipe": record["recipe"],
        "title": record["title"],
        "seed": record["seed"],
        "model_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "data": {"fingerprint": faces.fingerprint, "class_names": list(faces.class_names)},
        "images": len(private),
        "counts": counts.tolist(),
        "accuracy": float((predicted == private.labels).mean()),
        "hidden": hidden_regions(forward, private.images, private.labels),
        "maps": _maps(network, forward, private, predicted),
    }


def mean_face(faces: Faces) -> np.ndarray:
    """Return float64 [48, 48], the mean of the Training images, on which the regions are shown."""
    return faces.where("train").images.mean(axis=0)[..., 0]


def _maps(network, forward, private, predicted) -> list[dict]:
    trained = _values(network, private.images, predicted)
    others = [_values(_untrained(network, seed), private.images, predicted) for seed in range(UNTRAINED)]
    return [
        {
            "kind": kind,
            "layer": layer,
            "grid": list(values.shape[1:]),
            "trained": summary(values, private.labels, len(private.class_names)),
            "untrained": [summary(other[kind, layer], private.labels, len(private.class_names)) for other in others],
            "deletion": deletion(forward, private.images, values, predicted),
        }
        for (kind, layer), values in trained.items()
    ]


def _values(network, images, places) -> dict[tuple[str, str], np.ndarray]:
    """Return {(kind, layer): maps float32 [N, h, w]}: the network's own attention, and Grad-CAM of the classes `places`."""
    attention = Attention(network)
    maps = {
        (attention.kinds[layer], layer): values
        for layer, values in attention(images).items()
        if attention.kinds[layer] != "channel_attention"
    }
    cam = GradCam(network)
    return maps | {("grad_cam", cam.layer): cam(images, places)}


def _untrained(network, seed: int):
    import keras

    keras.utils.set_random_seed(seed)
    return type(network).from_config(network.get_config())


def summary(values: np.ndarray, labels: np.ndarray, classes: int) -> dict:
    """Return the mass of maps float [N, h, w] on the regions: means over the images, and over those of each class.

    "half" is half of the mean's 95 % interval, by the normal distribution; "peak" the share of maps whose greatest point
    lies on a region; "blank" the share of maps that are zero everywhere, which count as uniform.
    """
    mass = regions.mass(values)
    total, region = mass.sum(axis=1), regions.masks().any(axis=0)
    peaks = [region.ravel()[enlarged(each, regions.SIDE).argmax()] for each in values]
    return {
        "mean_map": _rounded(shares(values).mean(axis=0)),
        "mass": dict(zip(regions.REGIONS, _rounded(mass.mean(axis=0)), strict=True)),
        "total": float(total.mean()),
        "half": _half(total),
        "wider": float(regions.mass(values, regions.WIDER).sum(axis=1).mean()),
        "per_class": [_rounded(mass[labels == place].mean(axis=0)) for place in range(classes)],
        "per_class_half": [_rounded(_half(mass[labels == place])) for place in range(classes)],
        "peak": float(np.mean(peaks)),
        "blank": float((values.sum(axis=(1, 2)) == 0).mean()),
    }


def deletion(forward, images: np.ndarray, values: np.ndarray, places: np.ndarray, seed: int = 0) -> dict:
    """Return the deletion check over all images: each hidden by its map, and by its map moved by an offset of its own.

    Means of the probability of the class `places` [N], and of the difference (moved less map) with half of its interval.
    """
    side, rng = images.shape[1], np.random.default_rng(seed)
    left, chance, score = [], [], []
    for start in range(0, len(images), BATCH):
        batch, place = images[start : start + BATCH], places[start : start + BATCH]
        marked = [enlarged(each, side) for each in values[start : start + BATCH]]
        moved = [np.roll(each, divmod(int(rng.integers(1, side * side)), side), (0, 1)) for each in marked]
        score.append(_of(forward(batch), place))
        left.append(_left(forward, batch, marked, place))
        chance.append(_left(forward, batch, moved, place))
    score, left, chance = (np.concatenate(parts) for parts in (score, left, chance))
    return {
        "score": float(score.mean()),
        "left": float(left.mean()),
        "chance": float(chance.mean()),
        "gain": float((chance - left).mean()),
        "half": _half(chance - left),
        "better": float((left < chance).mean()),
    }


def hidden_regions(forward, images: np.ndarray, labels: np.ndarray, seed: int = 0) -> dict[str, dict[str, float]]:
    """Return {region: {"accuracy", "moved"}}: with the region hidden in every image of 48 pixels, and with the same shape
    hidden elsewhere, moved by an offset of each image's own.
    """
    rng, found = np.random.default_rng(seed), {}
    for name, region in zip(regions.REGIONS, regions.masks(), strict=True):
        offsets = rng.integers(1, region.size, len(images))
        moved = [np.roll(region, divmod(int(offset), regions.SIDE), (0, 1)) for offset in offsets]
        found[name] = {
            "accuracy": _accuracy(forward, images, [region] * len(images), labels),
            "moved": _accuracy(forward, images, moved, labels),
        }
    return found


def _accuracy(forward, images, hidden, labels) -> float:
    faces = np.stack([covered(image, each[None])[0] for image, each in zip(images, hidden, strict=True)])
    return float((forward(faces).argmax(axis=1) == labels).mean())


def _left(forward, batch, marked, place) -> np.ndarray:
    hidden = np.stack([hidden_by(each) for each in marked])
    steps = []
    for step in range(len(HIDDEN)):
        faces = [covered(face, hidden[i, step][None])[0] for i, face in enumerate(batch)]
        steps.append(_of(forward(np.stack(faces)), place))
    return np.mean(steps, axis=0)


def _of(probabilities, place) -> np.ndarray:
    return probabilities[np.arange(len(place)), place]


def _forward(network):
    def forward(faces):
        parts = [network(faces[i : i + BATCH], training=False) for i in range(0, len(faces), BATCH)]
        return np.concatenate([np.asarray(part, np.float32) for part in parts])

    return forward


def _half(numbers: np.ndarray):
    """Return half of the 95 % interval of the mean over the first axis, of at least two numbers."""
    half = NORMAL_QUANTILE * numbers.std(axis=0, ddof=1) / len(numbers) ** 0.5
    return float(half) if np.ndim(half) == 0 else half


def _rounded(values):
    return np.round(np.asarray(values, float), 5).tolist()


def save(folder: pathlib.Path, record: dict, face: np.ndarray) -> pathlib.Path:
    """Write a network's record, and the mean face, into `folder`; return the record's path."""
    files.write_json(folder / MEAN_FACE, {"fingerprint": record["data"]["fingerprint"], "pixels": _tenths(face)})
    path = folder / f"{record['run']}.json"
    files.write_json(path, record)
    return path


def _tenths(face):
    return np.round(face, 1).tolist()
