"""Drawing toy faces with NumPy: a batch at once, each feature a soft-edged shape in the face's own coordinates.

Face coordinates: u to the right and v downwards, the head's centre at (0, 0); 1 is half the image's side at scale 1.
"""

import numpy as np

SIDE = 48
EDGE = 1.6 * 2 / SIDE


def draw(expression: dict, identity: dict, pose: dict, noise: np.ndarray) -> np.ndarray:
    """Draw faces; lengths are in face coordinates, tones and strengths 0..1.

    Args:
        expression: {name: float32 [N]}; brow_height (up), brow_inner (inner end up, outer end down), brow_arch
            (middle up), eye_open (half the slit), mouth_width and mouth_open (half), mouth_corner (down), nose_up
            (nostrils), and the strengths teeth, wrinkle (at the root of the nose), cheek (fold from nose to mouth).
        identity: likewise what a person keeps: the tones skin, hair, iris, brow_tone, lip_tone, the strength beard,
            hairline, fringe (its slope), head_width, head_height, jaw (how much narrower below), eye_distance,
            eye_size, eye_height, brow_thickness, nose_length, nose_width, mouth_height, lip.
        pose: likewise what a photograph changes: rotation in radians, scale, shift_x, shift_y, yaw (shift of the
            features on the head), light (factor), light_x, light_y (its slopes), background (tone), noise (deviation).
        noise: float32 [N, 48, 48], standard normal.

    Returns uint8 [N, 48, 48, 1].
    """
    e, i, p = ({name: value[:, None, None] for name, value in part.items()} for part in (expression, identity, pose))
    u, v = _face_coordinates(p)
    image = np.broadcast_to(p["background"], u.shape).copy()
    inside = _head(image, u, v, i)
    u = u - p["yaw"]
    for feature, rows in FEATURES:
        feature(image[:, rows], u[:, rows], v[:, rows], e, i)
    _hair(image, inside, u, v, i)
    axis = np.linspace(-1, 1, SIDE, dtype=np.float32)
    image *= p["light"] * (1 + p["light_x"] * axis + p["light_y"] * axis[:, None])
    image += p["noise"] * noise
    np.clip(image, 0, 1, out=image)
    image *= 255
    return image.astype(np.uint8)[..., None]


def _face_coordinates(p: dict) -> tuple[np.ndarray, np.ndarray]:
    axis = np.linspace(-1, 1, SIDE, dtype=np.float32)
    x, y = axis - p["shift_x"], axis[:, None] - p["shift_y"]
    cos, sin = np.cos(p["rotation"]) / p["scale"], np.sin(p["rotation"]) / p["scale"]
    return cos * x + sin * y, cos * y - sin * x


def _soft(distance: np.ndarray) -> np.ndarray:
    """1 where the signed distance is well negative (inside), 0 where well positive, a ramp of 1.6 pixels between."""
    ramp = distance * np.float32(-1 / EDGE)
    ramp += np.float32(0.5)
    return np.clip(ramp, 0, 1, out=ramp)


def _paint(image: np.ndarray, mask: np.ndarray, tone: np.ndarray | float) -> None:
    change = tone - image
    change *= mask
    image += change


def _ellipse(u: np.ndarray, v: np.ndarray, width: np.ndarray | float, height: np.ndarray | float) -> np.ndarray:
    """The mask of an ellipse with these half axes; its distance is exact to first order at the rim."""
    return _soft((np.square(u / width) + np.square(v / height) - 1) * (0.5 * np.minimum(width, height)))


def _head(image, u, v, i) -> np.ndarray:
    """Paint neck, ears and head, shaded towards the rim; return the head's mask."""
    neck = _soft(np.abs(u) - 0.3) * _soft(0.5 - v)
    _paint(image, neck, 0.7 * i["skin"])
    _paint(image, _ellipse(np.abs(u) - i["head_width"], v - 0.02, 0.09, 0.17), 0.8 * i["skin"])
    width = i["head_width"] * (1 - i["jaw"] * np.clip(v, 0, 1))
    radius2 = np.square(u / width) + np.square(v / i["head_height"])
    inside = _soft((radius2 - 1) * (0.5 * i["head_width"]))
    _paint(image, inside, i["skin"] * (1.08 - 0.38 * radius2))
    beard = inside * np.clip((v - 0.2 - 0.25 * np.abs(u) / width) * 5, 0, 1) * i["beard"]
    _paint(image, beard, 0.5 * i["skin"])
    return inside


def _hair(image, inside, u, v, i) -> None:
    line = -i["hairline"] + i["fringe"] * u + 0.35 * np.square(u)
    cap = _ellipse(u, v + 0.08, i["head_width"] + 0.08, i["head_height"] + 0.06)
    _paint(image, np.maximum(cap - inside, 0) * _soft(v - 0.1), i["hair"])
    _paint(image, cap * _soft(v - line), i["hair"])


def _eyes(image, u, v, e, i) -> None:
    """Paint both eyes at once: socket, white, iris, upper lid."""
    x, y = np.abs(u) - i["eye_distance"], v + i["eye_height"]
    size = i["eye_size"]
    bow = np.clip(1 - np.square(x / size), 0, 1)
    _paint(image, 0.35 * _ellipse(x, y, 1.45 * size, 0.17), 0.55 * i["skin"])
    slit = _soft(np.abs(y) - e["eye_open"] * bow) * _soft(np.abs(x) - size)
    _paint(image, slit, 0.92)
    looking = u - np.sign(u) * i["eye_distance"]
    _paint(image, slit * _ellipse(looking, y, 0.085, 0.085), i["iris"])
    lid = _soft(np.abs(y + e["eye_open"] * bow) - 0.022) * _soft(np.abs(x) - 1.1 * size)
    _paint(image, lid, 0.15)


def _brows(image, u, v, e, i) -> None:
    """Paint both brows at once, and the frown between them when their inner ends are low."""
    a = np.abs(u)
    t = np.clip((a - i["eye_distance"]) / 0.2, -1.3, 1.3)
    middle = -i["eye_height"] - 0.16 - e["brow_height"] + e["brow_inner"] * t - e["brow_arch"] * (1 - np.square(t))
    thickness = i["brow_thickness"] * (1 - 0.3 * t)
    _paint(
        image,
        0.95 * _soft(np.abs(v - middle) - thickness) * _soft(np.abs(a - i["eye_distance"]) - 0.22),
        i["brow_tone"],
    )
    frown = _soft(np.abs(a - 0.06) - 0.014) * _soft(np.abs(v + i["eye_height"] + 0.1) - 0.08)
    _paint(image, frown * np.clip(-6 * e["brow_inner"], 0, 0.6), 0.45 * i["skin"])


def _nose(image, u, v, e, i) -> None:
    """Paint bridge, nostrils, the wrinkles at the root and the folds towards the mouth."""
    a = np.abs(u)
    tip = i["nose_length"] - i["eye_height"] - e["nose_up"]
    bridge = _soft(np.abs(u + 0.05) - 0.025) * _soft(
        np.abs(v - (tip - i["eye_height"]) / 2) - (tip + i["eye_height"]) / 2
    )
    _paint(image, 0.3 * bridge, 0.6 * i["skin"])
    width = i["nose_width"] * (1 + 1.5 * e["nose_up"])
    _paint(image, 0.8 * _ellipse(a - width, v - tip, 0.05, 0.035), 0.3 * i["skin"])
    _paint(image, 0.4 * _soft(np.abs(v - tip - 0.05) - 0.02) * _soft(a - width), 0.55 * i["skin"])
    lines = _soft(np.abs(np.abs(v + 0.55 * i["eye_height"] - 0.3 * a) - 0.05) - 0.016) * _soft(a - 0.13)
    _paint(image, lines * e["wrinkle"], 0.4 * i["skin"])
    fold = a - width - 0.07 - 0.45 * (v - tip)
    cheek = _soft(np.abs(fold) - 0.018) * _soft(np.abs(v - tip - 0.1) - 0.17)
    _paint(image, 0.75 * cheek * e["cheek"], 0.45 * i["skin"])


def _mouth(image, u, v, e, i) -> None:
    """Paint lips, the dark opening and the upper teeth; the mouth is as wide as its corners are apart."""
    t = np.clip(u / e["mouth_width"], -1.2, 1.2)
    y = v - i["mouth_height"] - e["mouth_corner"] * (np.square(t) - 0.5)
    bow = np.sqrt(np.clip(1 - np.square(t), 0, 1))
    ends = _soft((np.abs(t) - 1) * e["mouth_width"])
    _paint(
        image,
        0.85 * ends * _soft(np.abs(y) - e["mouth_open"] * bow - i["lip"] * (0.4 + 0.6 * bow)),
        i["lip_tone"] * i["skin"],
    )
    opening = ends * _soft(np.abs(y) - np.maximum(e["mouth_open"] * bow, 0.012))
    _paint(image, opening, 0.08)
    upper = _soft(np.abs(y + 0.35 * e["mouth_open"]) - 0.6 * e["mouth_open"] * bow) * opening
    _paint(image, upper * e["teeth"], 0.95)


FEATURES = ((_nose, slice(10, 46)), (_eyes, slice(0, 34)), (_brows, slice(0, 34)), (_mouth, slice(22, 48)))
"""What is drawn on a head, in this order, and the image rows that it can reach in any pose."""
