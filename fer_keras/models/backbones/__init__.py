"""Backbones without their top, by name. Adding one means one new file and one line here."""

import keras

from fer_keras.io.errors import expected
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.backbones.basic_resnet import RESNET18, RESNET34
from fer_keras.models.backbones.bottleneck_resnet import TORCHVISION_RESNET50
from fer_keras.models.backbones.convnext_tiny import CONVNEXT_TINY
from fer_keras.models.backbones.efficientnet_lite import LITE0, LITE0_320, LITE1, LITE1_320, LITE2, LITE2_320
from fer_keras.models.backbones.efficientnetb3 import EFFICIENTNETB3
from fer_keras.models.backbones.mobilenet_faces import MOBILENET_FACES, MOBILENET_FACES_12, MOBILENET_FACES_512
from fer_keras.models.backbones.mobilenetv3small import MOBILENETV3SMALL
from fer_keras.models.backbones.resnet50 import RESNET50
from fer_keras.models.backbones.xception import XCEPTION

_ALL = (
    RESNET50,
    EFFICIENTNETB3,
    XCEPTION,
    MOBILENETV3SMALL,
    CONVNEXT_TINY,
    RESNET18,
    RESNET34,
    TORCHVISION_RESNET50,
    LITE0,
    LITE0_320,
    LITE1,
    LITE1_320,
    LITE2,
    LITE2_320,
    MOBILENET_FACES,
    MOBILENET_FACES_12,
    MOBILENET_FACES_512,
)

BACKBONES: dict[str, Backbone] = {backbone.name: backbone for backbone in _ALL}
"""{name: backbone}, the closed list that `build_backbone` takes."""


def build_backbone(name: str, image_size: int, channels: int = 3) -> keras.Model:
    """Return the backbone as a functional model called "backbone", randomly initialised.

    Its layers are those of FAST_LAYERS where there is one.

    Args:
        name: one of BACKBONES.
        image_size: side of the square input in pixels, at least the backbone's `min_size`.
        channels: of the input; ImageNet weights need 3.

    Input: float (B, image_size, image_size, channels). Output: the last feature map (B, h, w, C).
    Raises ValueError for an unknown name, UserError for too small an image.
    """
    if name not in BACKBONES:
        raise ValueError(f"Expected a backbone in {tuple(BACKBONES)}. Received: {name!r}")
    backbone = BACKBONES[name]
    if image_size < backbone.min_size:
        raise expected(f"an image size of at least {backbone.min_size} for {name}", image_size)
    return backbone.build(image_size, channels)


def recognise(network: keras.Model) -> Backbone | None:
    """Return which of BACKBONES a model is, judged by its layers' names and `marks`, or None for a stranger.

    Of several (the deepest layers of a ResNet-18 are in a ResNet-50 too) it is the one whose layer stands last.
    """
    position = {layer.name: number for number, layer in enumerate(network.layers)}
    present = [known for known in BACKBONES.values() if known.deepest in position and _bears(network, position, known)]
    return max(present, key=lambda backbone: position[backbone.deepest], default=None)


def _bears(network: keras.Model, position: dict[str, int], known: Backbone) -> bool:
    channels = {name: getattr(network.layers[position[name]], "filters", 0) for name in known.marks if name in position}
    return all(channels.get(name, 0) == width for name, width in known.marks.items())


def family(network: keras.Model) -> str | None:
    """Return the name of the backbone that a model is, or None for a stranger."""
    backbone = recognise(network)
    return backbone and backbone.name
