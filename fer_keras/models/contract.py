"""What a trained model's user has to know, carried in its file: the classes in order, and the pixels that it takes."""

import dataclasses

import fer_keras
from fer_keras.io.errors import expected

FORMAT = 1
MOST_CLASSES, LONGEST_NAME, LARGEST_SIDE = 1000, 100, 4096


@dataclasses.dataclass(frozen=True)
class Contract:
    """The classes and the input of a trained model.

    Attributes:
        class_names: in the order of the output.
        data: the data set that it was trained on, by name.
        side, channels: of the input (side, side, channels), uint8 pixels from 0 to 255 as they come from the file;
            one channel is grey, three are RGB.
        crop: how the training faces were cropped, (detector's name, margin), or None where they were not.
    """

    class_names: tuple[str, ...]
    data: str
    side: int
    channels: int
    crop: tuple[str, float] | None = None

    def as_json(self) -> dict:
        """Return it as JSON's values, with this package's version."""
        pixels = {"dtype": "uint8", "range": [0, 255], "side": self.side, "channels": self.channels}
        crop = self.crop and {"detector": self.crop[0], "margin": self.crop[1]}
        return {
            "format": FORMAT,
            "version": fer_keras.__version__,
            "class_names": list(self.class_names),
            "data": self.data,
            "input": {**pixels, "crop": crop},
        }


def of_json(value: object, where: object) -> Contract:
    """Return the contract that `as_json` wrote as `value`, which came from `where`, whoever wrote it.

    Raises UserError, naming the part, for anything else.
    """
    value = _part(value, "class names and input", dict, where)
    if value.get("format") != FORMAT:
        raise expected(f"class names and input in format {FORMAT} in {where}", value.get("format"), "Update fer-keras.")
    pixels = _part(value.get("input"), "input", dict, where)
    crop = pixels.get("crop")
    return Contract(
        class_names=_class_names(value.get("class_names"), where),
        data=_name(value.get("data"), "data", where),
        side=_count(pixels.get("side"), "input.side", LARGEST_SIDE, where),
        channels=_count(pixels.get("channels"), "input.channels", 3, where),
        crop=None if crop is None else _crop(crop, where),
    )


def _class_names(value, where) -> tuple[str, ...]:
    names = _part(value, "class_names", list, where)
    distinct = len({str(name) for name in names}) == len(names)
    if not distinct or not 2 <= len(names) <= MOST_CLASSES:
        raise expected(f"2 to {MOST_CLASSES} different class_names in {where}", len(names))
    return tuple(_name(name, "class_names", where) for name in names)


def _crop(value, where) -> tuple[str, float]:
    crop = _part(value, "input.crop", dict, where)
    margin = crop.get("margin")
    if type(margin) not in (int, float) or not 0 <= margin <= 10:
        raise expected(f"input.crop.margin from 0 to 10 in {where}", margin)
    return _name(crop.get("detector"), "input.crop.detector", where), float(margin)


def _part(value, what, kind, where):
    if not isinstance(value, kind):
        raise expected(f"{what} ({kind.__name__}) in {where}", type(value).__name__)
    return value


def _name(value, what, where) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
        raise expected(f"{what} of 1 to {LONGEST_NAME} printable characters in {where}", value)
    return value


def _count(value, what, most, where) -> int:
    if type(value) is not int or not 1 <= value <= most:
        raise expected(f"{what} from 1 to {most} in {where}", value)
    return value
