"""PyTorch's training step, in a process of its own: its LLVM and TensorFlow's do not share one.

    python -m benchmarks.torch_step NETWORK SIDE ROWS DTYPE      answers each line on standard input: "step", "profile 5"

torchvision's network, channels last, Adam and cross-entropy; autocast where DTYPE is bfloat16. On a GPU where PyTorch has
one, and compiled there.
"""

import argparse
import contextlib
import importlib.util
import json
import sys
import time

from benchmarks.common import answering

NETWORKS = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "efficientnetb3": "efficientnet_b3",
    "mobilenetv3small": "mobilenet_v3_small",
}
"""{ours: torchvision's}; it has no Xception."""


KINDS = ("convolution", "depthwise", "batch norm", "optimizer", "other")
"""Of operations, into which a profile sorts a step's time; dense layers count as convolution."""


@contextlib.contextmanager
def stepping(name: str, side: int, rows: int, dtype: str):
    """Give a call that makes one step and returns its rows; None where PyTorch or the network is not there."""
    with _answering(name, side, rows, dtype) as ask:
        yield ask and (lambda: ask("step") and rows)


@contextlib.contextmanager
def profiling(name: str, side: int, rows: int, dtype: str, steps: int):
    """Give a call that makes `steps` steps and returns {"step", each of KINDS, "between": milliseconds of one}, or None."""
    with _answering(name, side, rows, dtype) as ask:
        yield ask and (lambda: json.loads(ask(f"profile {steps}")))


@contextlib.contextmanager
def _answering(name: str, side: int, rows: int, dtype: str):
    """Give a call that hands a line to a process of this module's and returns its answer, a line; None without PyTorch."""
    if name not in NETWORKS or not importlib.util.find_spec("torchvision"):
        yield None
        return
    with answering("benchmarks.torch_step", NETWORKS[name], str(side), str(rows), dtype) as ask:
        yield ask


def main() -> None:
    """Build the network, then make a step for each line that comes in, or a profile of some, and answer with a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS.values(), metavar="NETWORK", help="torchvision's name of it")
    parser.add_argument("side", type=int, metavar="SIDE", help="in pixels")
    parser.add_argument("rows", type=int, metavar="ROWS", help="of a batch")
    parser.add_argument("dtype", choices=("float32", "bfloat16"), metavar="DTYPE", help="float32 or bfloat16")
    asked = parser.parse_args()
    step = _step_of(asked.network, asked.side, asked.rows, asked.dtype)
    for line in sys.stdin:
        word, *steps = line.split()
        print(step() if word == "step" else json.dumps(_profile(step, int(steps[0]))), flush=True)


def _step_of(network: str, side: int, rows: int, dtype: str):
    import torch
    import torchvision

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = getattr(torchvision.models, network)(num_classes=7).to(device, memory_format=torch.channels_last)
    model = torch.compile(model) if device == "cuda" else model
    optimizer, loss_of = torch.optim.Adam(model.parameters()), torch.nn.CrossEntropyLoss()
    images = torch.rand(rows, 3, side, side, device=device).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 7, (rows,), device=device)

    def step() -> float:
        optimizer.zero_grad()
        with torch.autocast(device, torch.bfloat16, enabled=dtype == "bfloat16"):
            loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _profile(step, steps: int) -> dict[str, float]:
    from torch import profiler

    with profiler.profile(activities=[profiler.ProfilerActivity.CPU], record_shapes=True) as found:
        began = time.perf_counter()
        for _ in range(steps):
            step()
        wall = (time.perf_counter() - began) * 1e3 / steps
    parts = dict.fromkeys(KINDS, 0.0)
    for event in found.key_averages(group_by_input_shape=True):
        if event.key.startswith("Optimizer.step"):
            parts["optimizer"] += event.cpu_time_total / 1e3 / steps
        elif event.key.startswith("aten::"):
            parts[_kind_of(event)] += event.self_cpu_time_total / 1e3 / steps
    parts["other"] -= parts["optimizer"]  # whose operations are of no other kind
    return {"step": wall, **parts, "between": wall - sum(parts.values())}


def _kind_of(event) -> str:
    if "batch_norm" in event.key:
        return "batch norm"
    if "convolution" in event.key or event.key in ("aten::conv2d", "aten::_convolution"):
        return "depthwise" if any(len(shape) == 4 and shape[1] == 1 for shape in event.input_shapes) else "convolution"
    return "convolution" if event.key in ("aten::addmm", "aten::mm") else "other"


if __name__ == "__main__":
    main()
