"""What a backbone is: everything that the suite needs to know of one, in one value."""

import dataclasses
import pathlib
import re
from collections.abc import Callable, Mapping
from typing import Protocol

import keras


class ImageNet(Protocol):
    """Where the weights come from that a backbone starts from, ImageNet's or a face recogniser's, and how a file is read."""

    suffix: str
    """Of such a file: ".h5", ".safetensors", ".pth" or ".json"; `--init PATH` takes one too."""

    def fetch(self, backbone: keras.Model) -> pathlib.Path:
        """Load the weights into `backbone` and return the file. Raises UserError, with the ways on, without them."""

    def load(self, backbone: keras.Model, path: pathlib.Path) -> None:
        """Load the file at `path`: all weights or none. Raises UserError for a file of anything else."""


@dataclasses.dataclass(frozen=True)
class Backbone:
    """One backbone without its top.

    Attributes:
        name: in recipes, records and checkpoints.
        build: gives it for (image side, channels), freshly initialised, as a functional model called "backbone":
            float (B, side, side, channels) to the last feature map (B, h, w, C).
        deepest: the layer by which it is recognised: the last convolution, or what stands for one.
        imagenet: its ImageNet weights, or what it has in their place.
        normalisation: arguments of `Normalise`, or None where the backbone does it itself and takes 0..255.
        start: what `--init` calls those weights: "imagenet" or "faces".
        min_size: the smallest side of its input, in pixels.
        residual_norm: matches the name of a batch norm that ends a residual branch, or one before it in the same
            branch; group 1 is the block. None where branches begin small by themselves.
        gains_from_avx512_bf16: whether it trains faster in bfloat16 on a CPU with AVX512-BF16 and without AMX.
        marks: {layer: its channels, 0 where there is none}, for backbones that share their deepest layer's name.
    """

    name: str
    build: Callable[[int, int], keras.Model]
    deepest: str
    imagenet: ImageNet
    normalisation: dict | None = None
    start: str = "imagenet"
    min_size: int = 32
    residual_norm: re.Pattern | None = None
    gains_from_avx512_bf16: bool = True
    marks: Mapping[str, int] = dataclasses.field(default_factory=dict)
