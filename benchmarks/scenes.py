"""Pictures whose faces are known: PublicTest faces pasted into photographs and textures of scikit-image's package.

No picture is kept. Sizes, turns and lights are drawn from seeds, so every detector sees the same ones.
"""

import dataclasses
import importlib.util
import pathlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

from fer_keras.io.errors import expected

WIDTH, HEIGHT = 640, 480
WITHOUT_FACES = (
    *(
        "brick.png",
        "grass.png",
        "gravel.png",
        "coffee.png",
        "chelsea.png",
        "coins.png",
        "page.png",
        "rocket.jpg",
        "moon.png",
    ),
    *("hubble_deep_field.jpg", "motorcycle_left.png", "motorcycle_right.png", "text.png", "horse.png", "ihc.png"),
    *("retina.jpg", "clock_motion.png", "cell.png"),
)
SIZES = (32, 48, 64, 96, 128, 192, 256, 384)
TURNS = (15, 30, 45)
LIGHTS = ("dark", "bright", "from the side", "flat", "noisy")
USUAL_SIZE = 96
SOFT_EDGE = 0.08
Frame = tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True)
class Scene:
    """`group` says what is special; `frame` is where the pasted frame of FER2013 lies, turned about its centre."""

    group: str
    pixels: np.ndarray
    frame: Frame


def public_faces(data: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` PublicTest faces, uint8 [N, 48, 48], and their labels; FER+'s votes, if any, rule out what is no face."""
    from fer_keras.config.labels import PUBLIC
    from fer_keras.data import find

    faces = find.load(find.locate(data))
    rows = np.flatnonzero(faces.split == PUBLIC)
    if faces.votes is not None:
        rows = rows[faces.votes[rows, -1] < 3]
    chosen = np.random.default_rng(seed).permutation(rows)[:count]
    return faces.images[chosen, ..., 0], faces.labels[chosen]


def backgrounds() -> list[Image.Image]:
    """Return scikit-image's pictures without people."""
    folder = _package()
    return [Image.open(folder / name).convert("RGB") for name in WITHOUT_FACES]


def astronaut() -> np.ndarray:
    """Return scikit-image's portrait, uint8 [512, 512, 3], whose face fills about (175, 65, 110, 110)."""
    return np.asarray(Image.open(_package() / "astronaut.png").convert("RGB"))


def empty() -> Iterator[np.ndarray]:
    """Yield pictures without faces: each of `backgrounds`, whole and in quarters."""
    for picture in backgrounds():
        pixels = np.asarray(picture)
        rows, columns = pixels.shape[0] // 2, pixels.shape[1] // 2
        yield pixels
        yield from (pixels[y : y + rows, x : x + columns] for y in (0, rows) for x in (0, columns))


def scenes(faces: np.ndarray, seed: int = 0) -> Iterator[Scene]:
    """Yield, for each size, turn and light, a picture of each face; last the faces as they are in FER2013."""
    pictures = backgrounds()
    kinds = [(f"{size} px", size, 0, "") for size in SIZES]
    kinds += [(f"turned {turn}°", USUAL_SIZE, turn, "") for turn in TURNS]
    kinds += [(light, USUAL_SIZE, 0, light) for light in LIGHTS]
    for number, (group, size, turn, light) in enumerate(kinds):
        rng = np.random.default_rng((seed, number))
        for place, face in enumerate(faces):
            yield pasted(group, face, ground(pictures, rng), size, turn * (-1) ** place, light, rng)
    for face in faces:
        yield Scene("frame alone", face, (0.0, 0.0, float(face.shape[1]), float(face.shape[0])))


def pasted(group: str, face: np.ndarray, ground: Image.Image, size: int, turn: float, light: str, rng) -> Scene:
    """Return `face`, uint8 [48, 48], in `ground` at a random place, its edges faded."""
    large = np.asarray(Image.fromarray(face).resize((size, size), Image.Resampling.BICUBIC))
    picture, mask = Image.fromarray(lit(large, light, rng)).convert("RGB"), soft_edges(size)
    if turn:
        picture, mask = (part.rotate(turn, Image.Resampling.BICUBIC, expand=True) for part in (picture, mask))
    x, y = rng.uniform(size / 2, WIDTH - size / 2), rng.uniform(size / 2, HEIGHT - size / 2)
    ground.paste(picture, (round(x - picture.width / 2), round(y - picture.height / 2)), mask)
    return Scene(group, np.asarray(ground), (x - size / 2, y - size / 2, float(size), float(size)))


def lit(face: np.ndarray, light: str, rng) -> np.ndarray:
    """Return uint8 `face` in one of LIGHTS, or as it is for ""."""
    grey = face.astype(np.float32)
    changed = {
        "": grey,
        "dark": 0.3 * grey,
        "bright": 1.5 * grey + 50,
        "from the side": grey * np.linspace(0.15, 1.2, face.shape[1]),
        "flat": 128 + 0.25 * (grey - 128),
        "noisy": grey + rng.normal(0, 25, face.shape) if light == "noisy" else grey,
    }[light]
    return changed.clip(0, 255).astype(np.uint8)


def matches(box: Frame, frame: Frame) -> bool:
    """Say whether `box` is of the face in `frame`: centres within 0.3 frames of each other, sides within a factor of 2."""
    left, top, width, height = box
    side = max(width, height)
    distance = np.hypot(left + width / 2 - frame[0] - frame[2] / 2, top + height / 2 - frame[1] - frame[3] / 2)
    return bool(distance < 0.3 * frame[2] and 0.5 < side / frame[2] < 2)


def ground(pictures: list[Image.Image], rng, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return a random part of a random picture, `width` x `height`."""
    picture = pictures[rng.integers(len(pictures))]
    scale = max(width / picture.width, height / picture.height)
    size = max(width, round(picture.width * scale)), max(height, round(picture.height * scale))
    large = picture.resize(size, Image.Resampling.BICUBIC)
    x, y = rng.integers(size[0] - width + 1), rng.integers(size[1] - height + 1)
    return large.crop((x, y, x + width, y + height))


def soft_edges(size: int) -> Image.Image:
    """Return what pastes a square picture of `size` pixels with faded edges."""
    edge = max(1, round(SOFT_EDGE * size))
    mask = np.zeros((size, size), np.uint8)
    mask[edge // 2 : size - edge // 2, edge // 2 : size - edge // 2] = 255
    return Image.fromarray(mask).filter(ImageFilter.GaussianBlur(edge / 2))


def _package() -> pathlib.Path:
    found = importlib.util.find_spec("skimage")
    if not found:
        run = "Run: pip install -r requirements-benchmarks.txt"
        raise expected("scikit-image, whose pictures are the grounds", "none installed", run)
    return pathlib.Path(found.origin).parent / "data"
