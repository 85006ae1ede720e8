"""Figures of faces: wrong and random predictions, augmented over original. Images are uint8 [N, H, W, 1 or 3]."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style

MISCLASSIFIED_ALT = (
    "Misclassified test images, most confident first, each with true class, predicted class and confidence."
)
SAMPLES_ALT = (
    "A random sample of test images, each with true class, predicted class and confidence; wrong ones have a red frame."
)
AUGMENTATION_ALT = "Augmentation examples: augmented images above, the originals below."
SHOWN = 12
"""Faces a grid."""


def misclassified_data(labels: np.ndarray, probabilities: np.ndarray, shown: int = SHOWN) -> np.ndarray:
    """Return the positions of up to `shown` wrong rows, most confident first (the first row wins a tie)."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:shown]


def sample_data(labels: np.ndarray, shown: int = SHOWN, seed: int = 0) -> np.ndarray:
    """Return up to `shown` positions drawn without replacement, in ascending order."""
    return np.sort(np.random.default_rng(seed).permutation(len(labels))[:shown])


def captions(labels: np.ndarray, probabilities: np.ndarray, class_names: list[str]) -> list[str]:
    """Return "true happy\\npredicted sad 71 %" for each row: true class, predicted class, its probability."""
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    return [
        f"true {class_names[true]}\npredicted {class_names[called]} {100 * sure:.0f} %"
        for true, called, sure in zip(labels, predicted, confidence, strict=True)
    ]


def predictions_grid(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, class_names: list[str]):
    """Draw the faces, six a row, with their captions; wrong ones in a frame (papers 000 Fig. 10, 001 appendix)."""
    rows = -(-len(images) // 6)
    figure, axes = style.canvas(8.4, 1.9 * rows, rows=rows, columns=6, squeeze=False)
    wrong = probabilities.argmax(axis=1) != labels
    for panel in axes.flat[len(images) :]:
        panel.set_axis_off()
    for panel, image, text, failed in zip(
        axes.flat, images, captions(labels, probabilities, class_names), wrong, strict=False
    ):
        _face(panel, image)
        panel.set_title(text, fontsize=8)
        for spine in panel.spines.values():
            spine.set(visible=failed, color=style.colours(4)[3], linewidth=2)
    return figure


def augmentation(originals: np.ndarray, augmented: np.ndarray):
    """Draw augmented faces over their originals (paper 000, Fig. 4). Raises ValueError when their numbers differ."""
    if len(originals) != len(augmented) or not len(originals):
        raise ValueError(f"Expected as many originals as augmented. Received: {len(originals)} and {len(augmented)}")
    figure, axes = style.canvas(1.15 * len(originals) + 0.5, 2.6, rows=2, columns=len(originals), squeeze=False)
    for column, (before, after) in enumerate(zip(originals, augmented, strict=True)):
        _face(axes[0][column], after)
        _face(axes[1][column], before)
    axes[0][0].set_ylabel("augmented", fontsize=9)
    axes[1][0].set_ylabel("original", fontsize=9)
    return figure


def _face(panel, image):
    grey = image.shape[-1] == 1
    panel.imshow(image[..., 0] if grey else image, cmap="gray" if grey else None, vmin=0, vmax=255)
    panel.set(xticks=[], yticks=[])
