"""Pictures of drawn faces for the page's tests, and what Python says of them: `python web/tests/drawn.py FOLDER PART...`.

Parts: "photos", "webcam" (webcam.y4m for Chromium's fake webcam), "resampled". What Python says is in expected.json: for
each picture its faces as `Classifier.predict` gives them, and for some arrays what Pillow makes of them.
`--example FILE` writes the page's example.
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

import fer_keras
from fer_keras.data.readers.toy import toy_faces

ROWS = (64, 12, 36)
"""Of the drawn PrivateTest faces: one that the model calls sad, a surprised and an angry one."""
RESIZES = (
    ((97, 61), (48, 48), "BOX", None),
    ((21, 33), (48, 48), "BICUBIC", None),
    ((640, 480), (128, 96), "BILINEAR", 1.0),
    ((641, 483), (85, 64), "BILINEAR", 1.0),
    ((403, 301), (28, 21), "BILINEAR", None),
    ((60, 45), (128, 96), "BILINEAR", 1.0),
)
REDUCTIONS = (((101, 67), 2), ((101, 67), 3), ((64, 50), 7))


def faces() -> list[Image.Image]:
    """Return the drawn faces, 48 pixels, grey."""
    drawn = toy_faces(n_train=240, n_public=80, n_private=80, seed=3).where("private").images
    return [Image.fromarray(drawn[row, ..., 0]) for row in ROWS]


def scene(width: int, height: int, places: list[tuple[int, int, int, int]]) -> Image.Image:
    """Return RGB: for each (which, left, top, side) of `places` a face on a ground that shades from corner to corner."""
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    ground = np.stack([150 + 40 * across - 30 * down, 165 + 20 * across + 10 * down, 190 - 25 * across + 30 * down], -1)
    picture = Image.fromarray(ground.round().astype(np.uint8))
    for which, left, top, side in places:
        picture.paste(faces()[which].resize((side, side), Image.Resampling.BICUBIC), (left, top))
    return picture


def example() -> Image.Image:
    """Return the picture that the page shows as an example."""
    return scene(640, 360, [(0, 20, 80, 200), (1, 235, 110, 170), (2, 425, 70, 190)])


def write_pictures(folder: pathlib.Path) -> list[pathlib.Path]:
    """Write a picture of each kind that is read differently."""
    three = scene(1000, 700, [(0, 60, 90, 330), (1, 420, 260, 240), (2, 720, 120, 210)])
    one = scene(640, 480, [(0, 200, 120, 230)])
    large = scene(4032, 3024, [(2, 900, 700, 1500), (1, 2700, 900, 800)])
    larger = large.resize((4900, 3675), Image.Resampling.BICUBIC)
    transparent = Image.merge(
        "RGBA", (*three.split(), Image.linear_gradient("L").resize(three.size).point(lambda v: 255 - v // 4))
    )
    turned = Image.Exif()
    turned[0x0112] = 6
    saved = {
        "one.png": (one, {}),
        "three.png": (three, {}),
        "three.jpg": (three, {"quality": 90}),
        "turned.jpg": (three.transpose(Image.Transpose.ROTATE_90), {"quality": 95, "exif": turned}),
        "large.png": (large, {"compress_level": 1}),
        "large.jpg": (large, {"quality": 92}),
        "larger.jpg": (larger, {"quality": 92}),
        "transparent.png": (transparent, {}),
        "wide.webp": (scene(1200, 300, [(1, 500, 20, 260)]), {"lossless": True}),
        "face.png": (faces()[0], {}),
        "empty.png": (scene(300, 200, []), {}),
        "narrow.png": (scene(700, 20, []), {}),
    }
    for name, (picture, words) in saved.items():
        picture.save(folder / name, **words)
    return [folder / name for name in saved]


def write_webcam(folder: pathlib.Path, frames: int = 60) -> None:
    """Write webcam.y4m: a video in which one face moves from side to side, 640x480, 30 frames a second, in grey."""
    chroma = bytes([128]) * (320 * 240 * 2)
    with (folder / "webcam.y4m").open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420jpeg\n")
        for at in range(frames):
            left = round(200 + 40 * np.sin(2 * np.pi * at / frames))
            file.write(b"FRAME\n" + scene(640, 480, [(0, left, 120, 230)]).convert("L").tobytes() + chroma)


def resampled(folder: pathlib.Path) -> list[dict]:
    """Return what Pillow makes of noise: {source and result: [width, height], filter, gap or factor, sum and samples}."""
    draws = np.random.default_rng(0)
    cases = []
    for (width, height), size, name, gap in RESIZES:
        noise = Image.fromarray(draws.integers(0, 256, (height, width, 3), np.uint8))
        result = noise.resize(size, Image.Resampling[name], reducing_gap=gap)
        cases.append(_case(noise, result, {"filter": name.lower(), "gap": gap or 0}))
    for (width, height), factor in REDUCTIONS:
        noise = Image.fromarray(draws.integers(0, 256, (height, width, 3), np.uint8))
        cases.append(_case(noise, noise.reduce(factor), {"factor": factor}))
    return cases


def _case(source, result, how):
    arrays = {"source": source, "result": result, "grey": result.convert("L")}
    return how | {name: [*image.size, image.tobytes().hex()] for name, image in arrays.items()}


def predictions(path: pathlib.Path) -> list[dict]:
    """Return {box, probabilities (in the order of the classes)} of the faces in the picture at `path`."""
    return [
        {"box": face.box, "probabilities": list(face.probabilities.values())}
        for face in fer_keras.load_model().predict(path)
        if face.emotion
    ]


def photos(folder: pathlib.Path) -> dict[str, list[dict]]:
    """Write the pictures, and two files that are none; return {name: predictions} of the pictures."""
    expected = {path.name: predictions(path) for path in write_pictures(folder)}
    (folder / "broken.png").write_bytes((folder / "one.png").read_bytes()[:2000])
    (folder / "words.txt").write_text("no picture\n", encoding="utf-8")
    return expected


PARTS = {"photos": photos, "webcam": write_webcam, "resampled": resampled}


def main(words: list[str]) -> None:
    """Write the parts that are named; see the module."""
    if words[0] == "--example":
        example().save(words[1], optimize=True)
        return
    folder, *names = words
    path = pathlib.Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    expected = {name: PARTS[name](path) for name in names}
    (path / "expected.json").write_text(json.dumps(expected), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
