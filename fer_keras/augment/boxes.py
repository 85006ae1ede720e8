"""Which rectangle of each image is erased (Zhong et al., "Random erasing data augmentation", 2020)."""

import numpy as np

from fer_keras.augment.sampling import Parameters


def erase_boxes(parameters: Parameters, height: int, width: int) -> np.ndarray:
    """Return int32 [B, 4]: first row, row past the last, first column, column past the last; all 0 erases nothing.

    The rectangle has the drawn share of the area and aspect ratio, rounded to whole pixels; one that would stick out is
    cut to the image (the paper and torchvision draw again: fewer than one in thirty for areas up to 0.33).
    """
    area = parameters.erase_area * height * width
    tall = np.clip(np.rint(np.sqrt(area * parameters.erase_aspect)), 1, height)
    wide = np.clip(np.rint(np.sqrt(area / parameters.erase_aspect)), 1, width)
    top = np.floor(parameters.erase_top * (height - tall + 1))
    left = np.floor(parameters.erase_left * (width - wide + 1))
    boxes = np.stack((top, top + tall, left, left + wide), axis=1) * parameters.erase[:, None]
    return boxes.astype(np.int32)
