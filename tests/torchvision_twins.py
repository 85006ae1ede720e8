"""torchvision's ResNets in NumPy, channels first: random state dicts, files of them, and the parts of a forward pass."""

import json

import numpy as np


def norm_shapes(name, width):
    return {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}


def random_tensors(shapes, seed):
    """Values that keep activations near one through the depth, with statistics far from the initial 0 and 1."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            tensors[name] = np.array(7, "int64")
        elif len(shape) == 4:
            tensors[name] = rng.standard_normal(shape, dtype="float32") * np.float32(np.sqrt(2 / np.prod(shape[1:])))
        elif name.endswith("running_var") or name.endswith(".weight"):
            tensors[name] = rng.uniform(0.5, 1.5, shape).astype("float32")
        else:
            tensors[name] = rng.normal(0, 0.2, shape).astype("float32")
    return tensors


def write_safetensors(path, tensors):
    header, parts, position = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        code = {"float32": "F32", "int64": "I64", "float16": "F16"}[tensor.dtype.name]
        header[name] = {
            "dtype": code,
            "shape": list(tensor.shape),
            "data_offsets": [position, position + tensor.nbytes],
        }
        position += tensor.nbytes
        parts.append(tensor.tobytes())
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))
    return path


def convolve(x, kernel, stride, padding):
    """x (N, C, H, W), kernel (O, C, h, w): PyTorch's conv2d in NumPy."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.tensordot(windows, kernel, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)


def normalise(tensors, x, name):
    """Batch norm in inference mode by the tensors called `name`."""
    gamma, beta, mean, variance = (
        tensors[f"{name}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta


def pooled(x):
    """PyTorch's MaxPool2d(3, stride=2, padding=1)."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max(axis=(4, 5))
