"""Everything that is known of where a classifier looks at one face, with the check of each map."""

import dataclasses
from collections.abc import Callable

import numpy as np

from fer_keras.explain import occlusion
from fer_keras.explain.attention import Attention
from fer_keras.explain.deletion import Deletion, deletion
from fer_keras.explain.grad_cam import GradCam
from fer_keras.explain.maps import Map

WITHOUT_GRADIENTS = (
    "occlusion only: this file gives no gradients (a run or its model.keras gives Grad-CAM and attention)"
)


@dataclasses.dataclass(frozen=True)
class Checked:
    """A map, and the deletion check of it for the class `target`."""

    map: Map
    target: str
    deletion: Deletion


@dataclasses.dataclass(frozen=True)
class Explanation:
    """Where a classifier looks at one face.

    Attributes:
        face: uint8 [side, side, C], as the network gets it.
        probabilities: {class: probability}.
        predicted: the most probable class. true: the class that a user named, or None.
        maps: each with its check, those of the predicted class first.
        channels: {layer of channel attention: its weights float32 [C], each in (0, 1)}.
        source: the photo's path, None for an array. box: of the face in the photo, None where none was looked for.
        notes: what there is to know, a line each.
    """

    face: np.ndarray
    probabilities: dict[str, float]
    predicted: str
    true: str | None
    maps: tuple[Checked, ...]
    channels: dict[str, np.ndarray]
    source: str | None = None
    box: tuple[int, int, int, int] | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict:
        """Return the numbers as JSON's values; maps as lists of rows, rounded to four digits."""
        return {
            "file": self.source,
            "box": self.box,
            "emotion": self.predicted,
            "true": self.true,
            "probabilities": self.probabilities,
            "maps": [_of(checked) for checked in self.maps],
            "channels": {name: _rounded(weights) for name, weights in self.channels.items()},
            "notes": list(self.notes),
        }

    def lines(self) -> list[str]:
        """Return the explanation in lines for a terminal."""
        head = f"{self.predicted} {self.probabilities[self.predicted]:.2f}"
        if self.true:
            head += f", true class {self.true} {self.probabilities[self.true]:.2f}"
        maps = [f"  {checked.map.name}{_for(checked)}: {checked.deletion.words}" for checked in self.maps]
        channels = [
            f"  channel weights, {name}: {weights.min():.2f} to {weights.max():.2f}, mean {weights.mean():.2f}"
            for name, weights in self.channels.items()
        ]
        return [head, *maps, *channels, *(f"  {note}" for note in self.notes)]


def explain_face(
    forward: Callable[[np.ndarray], np.ndarray],
    class_names: tuple[str, ...],
    face: np.ndarray,
    true: str | None = None,
    network=None,
    layer: str | None = None,
    predicted: str | None = None,
) -> Explanation:
    """Return where a classifier looks at `face`.

    Args:
        forward: uint8 faces [N, side, side, C] to probabilities [N, K].
        class_names: of the K classes.
        face: uint8 [side, side, C].
        true: a class to explain beside the predicted one.
        network: the keras.Model behind `forward`, for Grad-CAM and its own attention; None where there is none.
        layer: see `GradCam`.
        predicted: the class that was predicted; None takes the most probable one.
    """
    row = forward(face[None])[0]
    predicted = predicted or class_names[int(row.argmax())]
    targets = list(dict.fromkeys(name for name in (predicted, true) if name))
    attention = Attention(network) if network is not None else None
    maps = list(_of_classes(forward, class_names, face, targets, network, layer))
    own = attention.maps(face) if attention else []
    checked = [_checked(forward, class_names, face, each, each.target) for each in maps]
    checked += [_checked(forward, class_names, face, each, target) for each in own for target in targets]
    return Explanation(
        face,
        dict(zip(class_names, map(float, row), strict=True)),
        predicted,
        true,
        tuple(checked),
        attention.channels(face) if attention else {},
        notes=() if network is not None else (WITHOUT_GRADIENTS,),
    )


def _of_classes(forward, class_names, face, targets, network, layer):
    """Yield the maps that differ from class to class."""
    places = [class_names.index(target) for target in targets]
    if network is not None:
        cam = GradCam(network, layer)
        maps = cam(np.repeat(face[None], len(places), axis=0), np.array(places))
        yield from (Map("grad_cam", each, target, cam.layer) for each, target in zip(maps, targets, strict=True))
    dropped = occlusion.drops(forward, face)
    yield from (Map("occlusion", occlusion.occlusion_map(dropped, p), t) for p, t in zip(places, targets, strict=True))


def _checked(forward, class_names, face, each: Map, target: str) -> Checked:
    return Checked(each, target, deletion(forward, face, each.values, class_names.index(target)))


def _of(checked: Checked) -> dict:
    of, check = checked.map, checked.deletion
    return {
        "kind": of.kind,
        "class": checked.target,
        "layer": of.layer,
        "values": [_rounded(row) for row in of.values],
        "deletion": {**dataclasses.asdict(check), "beats_chance": check.beats_chance},
    }


def _rounded(values) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def _for(checked: Checked) -> str:
    return "" if checked.map.target else f", for {checked.target}"
