"""Image folders in FER2013's layout, their pixels drawn from the row's number."""

import numpy as np
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES


def face(seed):
    return np.random.default_rng(seed).integers(0, 256, (48, 48), np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def layout(root, train="Training_{row}.png", test="{usage}_{row}.png", classes=FER2013_CLASSES, each=2):
    """Write `each` Training, PublicTest and PrivateTest faces a class, with rows that FER2013 could have."""
    for label, name in enumerate(classes):
        for k in range(each):
            row = k * 7 + label
            save(root / "train" / name / train.format(row=row), face(row))
            for usage, first in (("PublicTest", 28709), ("PrivateTest", 32298)):
                save(root / "test" / name / test.format(usage=usage, row=first + row), face(first + row))
    return root
