"""Faces under maps of where a network looks."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style

ERROR_MAPS_ALT = (
    "The most confident errors, a row each: the face with its true and predicted class, and over it maps of where the"
    " network looks, for the predicted and the true class, each with the p-value of its deletion check."
)
LEVEL = 0.05


def error_maps(images: np.ndarray, captions: list[str], names: list[str], maps: np.ndarray, p: np.ndarray):
    """Draw faces uint8 [M, H, W, C] and their maps float [M, K, H, W] from 0 to 1, with the checks' p-values [M, K]."""
    figure, axes = style.canvas(1.45 * (len(names) + 1), 1.75 * len(images), len(images), len(names) + 1, squeeze=False)
    for panel in axes.flat:
        panel.set(xticks=[], yticks=[])
    for row, face, caption, of_face, checks in zip(axes, images, captions, maps, p, strict=True):
        grey = face.mean(axis=-1)
        row[0].imshow(grey, cmap="gray", vmin=0, vmax=255)
        row[0].set_title(caption, fontsize=7)
        for panel, name, values, check in zip(row[1:], names, of_face, checks, strict=True):
            panel.imshow(grey, cmap="gray", vmin=0, vmax=255)
            panel.imshow(values.astype(np.float32), cmap="inferno", alpha=0.6, vmin=0, vmax=1)
            panel.set_title(name.replace(", ", "\n"), fontsize=7)
            panel.set_xlabel(f"p {check:.3f}" if check <= LEVEL else f"chance (p {check:.2f})", fontsize=7)
    return figure
