"""The networks that benchmarks train, and in which batches: tables that are read without TensorFlow."""

from fer_keras.recipes.compact import COMPACT

BATCHES = {48: 64, 96: 32, 224: 8}
"""{side in pixels: rows a step}"""

NETWORKS = {
    "resnet18": ("resnet18_head", {}),
    "resnet34": ("resnet34", {}),
    "resnet50": ("resnet50", {}),
    "efficientnetb3": ("backbone_classifier", {"backbone": "efficientnetb3"}),
    "xception": ("backbone_classifier", {"backbone": "xception"}),
    "mobilenetv3small": ("backbone_classifier", {"backbone": "mobilenetv3small"}),
    "compact": (COMPACT.model, COMPACT.model_args),
}
"""{name: (model, its arguments but image_size)}"""

SMALLEST = {"xception": 71}
"""{network: the least side that it takes}, where not all of BATCHES."""


def dtype_of(chosen) -> str:
    """Return the type that convolutions compute in under the Precision `chosen`."""
    return "bfloat16" if chosen.policy == "mixed_bfloat16" else "float32"
