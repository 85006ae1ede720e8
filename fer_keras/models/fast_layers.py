"""Copies of a network with the suite's quick layers, to train, and with Keras's own, to save."""

import collections
import re
from collections.abc import Callable, Iterator

import keras

from fer_keras import keras_internals
from fer_keras.layers.cpu_kernels import FAST_LAYERS

AUTOMATIC_KINDS = (
    "activation",
    "add",
    "batch_normalization",
    "conv2d",
    "layer_normalization",
    "multiply",
    "normalization",
    "re_lu",
    "rescaling",
)
AUTOMATIC_NAME = re.compile(rf"({'|'.join(AUTOMATIC_KINDS)})(_\d+)?")
"""Names that Keras numbers through the whole process, so that a second copy of a network gets others."""

MIXED = ("mixed_bfloat16", "mixed_float16")


def with_fast_layers(model: keras.Model) -> keras.Model:
    """Return a copy with fresh weights and the layers of FAST_LAYERS, named as `own_names` says.

    A `Sequential` inside becomes its layers. The paths of the copy's variables start with its name
    ("backbone/conv1_conv/kernel").
    """
    names = own_names(model)

    def copy(operation):
        if isinstance(operation, keras.Sequential):
            return [copy(layer) for layer in operation.layers]
        kind = FAST_LAYERS.get(type(operation), type(operation))
        return kind.from_config({**operation.get_config(), "name": names[operation]})

    def call(copied, inputs, *args, **kwargs):
        if not isinstance(copied, list):
            return copied(inputs, *args, **kwargs)
        for layer in copied:
            inputs = layer(inputs)
        return inputs

    image = keras.Input(batch_shape=model.input.shape, dtype=model.input.dtype, name="input_layer")
    with keras.name_scope(model.name):
        return keras.models.clone_model(model, input_tensors=image, clone_function=copy, call_function=call)


def own_names(model: keras.Model) -> dict:
    """Return {layer or operation: its name}, where automatic names count from the model's own first ("conv2d_3").

    A name that begins with the model's, as ConvNeXt's do, loses that part.
    """
    seen = collections.Counter()
    names = {}
    for operation in _operations(model):
        match = AUTOMATIC_NAME.fullmatch(operation.name)
        kind = match[1] if match else None
        numbered = f"{kind}_{seen[kind]}".removesuffix("_0")
        names[operation] = numbered if kind else operation.name.removeprefix(f"{model.name}_")
        seen[kind] += 1
    return names


def _operations(model) -> Iterator:
    """Yield the layers and operations of `model` in order, those of a Sequential inside in its place."""
    for operation in keras_internals.operations(model):
        if isinstance(operation, keras.Sequential):
            yield from operation.layers
        else:
            yield operation


def replaced(model: keras.Model, kinds: dict[type, type]) -> keras.Model:
    """Return a copy of `model` with its weights, in which each layer of a class in `kinds` is of the class beside it.

    Names, order and dtype policies stay, nested models included. A model without such a layer is returned itself.
    """
    places = {_place(old): _place(new) for old, new in kinds.items()}
    return rebuilt(model, lambda value: _moved(value, places))


def rebuilt(model: keras.Model, change: Callable) -> keras.Model:
    """Return a model with the weights of `model` and its config, of which `change` replaced each part by another.

    `change` takes a part (a dictionary, list, tuple or plain value, smaller parts first) and returns what stands for it.
    A model whose config stays as it was is returned itself.
    """
    config = model.get_config()
    changed = _mapped(config, change)
    if changed == config:
        return model
    copy = type(model).from_config(changed)
    copy.set_weights(model.get_weights())
    return copy


def in_float32(model: keras.Model) -> keras.Model:
    """Return `model` with every layer's dtype policy float32 and the same weights; `model` itself when it is so already.

    LiteRT and ONNX do not run bfloat16 convolutions; weights are float32 under every policy that the suite uses.
    """
    return rebuilt(model, lambda value: "float32" if isinstance(value, str) and value in MIXED else value)


def _mapped(value, change: Callable):
    if isinstance(value, dict):
        value = {key: _mapped(item, change) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        value = type(value)(_mapped(item, change) for item in value)
    return change(value)


def _place(kind: type) -> tuple[str, str, str | None]:
    """Return how Keras writes the class of a layer into a config: module, class name, registered name."""
    registered = keras.saving.get_registered_name(kind)
    if registered == kind.__name__:
        return "keras.layers", kind.__name__, None
    return kind.__module__, kind.__name__, registered


def _moved(value, places: dict):
    if not isinstance(value, dict):
        return value
    names = ("module", "class_name", "registered_name")
    target = places.get(tuple(value.get(name) for name in names)) if "class_name" in value else None
    return {**value, **dict(zip(names, target, strict=True))} if target else value
