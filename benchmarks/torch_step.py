"""PyTorch's training step, in a process of its own: its LLVM and TensorFlow's do not share one.

    python -m benchmarks.torch_step NETWORK SIDE ROWS DTYPE      one step for each line on standard input

torchvision's network, channels last, Adam and cross-entropy; autocast where DTYPE is bfloat16. On a GPU where PyTorch has
one, and compiled there.
"""

import contextlib
import importlib.util
import subprocess
import sys

NETWORKS = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "efficientnetb3": "efficientnet_b3",
    "mobilenetv3small": "mobilenet_v3_small",
}
"""{ours: torchvision's}; it has no Xception."""


@contextlib.contextmanager
def stepping(name: str, side: int, rows: int, dtype: str):
    """Give a call that makes one step and returns its rows; None where PyTorch or the network is not there."""
    if name not in NETWORKS or not importlib.util.find_spec("torchvision"):
        yield None
        return
    command = [sys.executable, "-m", "benchmarks.torch_step", NETWORKS[name], str(side), str(rows), dtype]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:

        def step():
            child.stdin.write("step\n")
            child.stdin.flush()
            if not child.stdout.readline():
                raise RuntimeError(f"Expected a step of PyTorch. Received: its end ({' '.join(command[1:])})")
            return rows

        yield step
        child.stdin.close()


def main(network: str, side: int, rows: int, dtype: str) -> None:
    """Build the network, then make a step for each line that comes in, and answer with a line."""
    import torch
    import torchvision

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = getattr(torchvision.models, network)(num_classes=7).to(device, memory_format=torch.channels_last)
    model = torch.compile(model) if device == "cuda" else model
    optimizer, loss_of = torch.optim.Adam(model.parameters()), torch.nn.CrossEntropyLoss()
    images = torch.rand(rows, 3, side, side, device=device).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 7, (rows,), device=device)
    for _ in sys.stdin:
        optimizer.zero_grad()
        with torch.autocast(device, torch.bfloat16, enabled=dtype == "bfloat16"):
            loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        print(loss.item(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
