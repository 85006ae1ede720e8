"""torchvision's ImageNet weights for our ResNet-18, ResNet-34 and ResNet-50, from a .safetensors file or from the hub.

The file is timm's copy (https://huggingface.co/timm/resnet34.tv_in1k), whose tensors bear torchvision's names.
"""

import dataclasses
import re
from pathlib import Path

import keras

from fer_keras.io.errors import UserError
from fer_keras.io.safetensors import read_safetensors
from fer_keras.models.weights import cache, torch_state

HUB = "https://huggingface.co/timm/{name}.tv_in1k/resolve/main/model.safetensors"

NOT_LOADED = re.compile(rf"fc\.(weight|bias)|{torch_state.COUNTER}")
"""The 1000-way top."""

STEM = {"conv1_conv": "conv1", "conv1_bn": "bn1"}
LAYER = re.compile(r"conv(\d)_block(\d)_(\d)_(conv|bn)")


def torch_name(layer_name: str) -> str | None:
    """Return torchvision's name of a layer ("layer2.0.downsample.1" of "conv3_block1_0_bn"), or None if it has none."""
    match = LAYER.fullmatch(layer_name)
    if match is None:
        return STEM.get(layer_name)
    group, block, position, kind = match.groups()
    prefix = f"layer{int(group) - 1}.{int(block) - 1}"
    if position == "0":
        return f"{prefix}.downsample.{0 if kind == 'conv' else 1}"
    return f"{prefix}.{kind}{position}"


@dataclasses.dataclass(frozen=True)
class TorchvisionFile:
    """The weights called `name`, "resnet18", "resnet34" or "resnet50"; an `ImageNet` of `Backbone`."""

    name: str
    suffix = ".safetensors"

    def fetch(self, backbone: keras.Model) -> Path:
        """Load the weights from the hub and return the cached file (45, 87 or 102 MB).

        Raises UserError, with the three ways on, when they cannot be fetched.
        """
        url = HUB.format(name=self.name)
        cached = cache.folder() / f"{self.name}.tv_in1k.safetensors"
        try:
            path = keras.utils.get_file(cached.name, url, cache_subdir="models", cache_dir=str(cached.parents[1]))
        except Exception as error:  # get_file raises a bare Exception for a network that fails
            raise UserError(
                f"Expected the ImageNet weights of {self.name} from {url}. Received: {str(error).splitlines()[0]}. "
                f"Fetch that file elsewhere and copy it to {cached}; or give a checkpoint with --init PATH; "
                "or start from random weights with --init scratch."
            ) from error
        self.load(backbone, path)
        return Path(path)

    def load(self, backbone: keras.Model, path: Path) -> None:
        """Set the weights of `backbone` from a .safetensors file, all of them or none.

        Attention layers inside the backbone keep theirs: torchvision has no such layers.
        Raises UserError when a tensor is missing, left over, or of another shape.
        """
        torch_state.load(backbone, read_safetensors(path), torch_name, NOT_LOADED, path)
