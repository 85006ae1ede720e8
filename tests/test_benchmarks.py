"""The page of the benchmarks says what their records say, and a target says whether it was reached."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from benchmarks import accuracy, common, in_the_way, networks, page, step_profile, train_step
from fer_keras.training import precision


def test_the_page_is_current():
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def test_every_benchmark_of_the_page_can_be_run():
    for command in page.NAMES.values():
        assert (page.PAGE.parent / f"{command.split()[0]}.py").is_file()


PROGRAMS = sorted(
    path.stem
    for path in page.PAGE.parent.glob("*.py")
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
)
HELP = """
import runpy, sys
for name in sys.argv[1:]:
    sys.argv = [name, "--help"]
    for loaded in [module for module in sys.modules if module.startswith("benchmarks.")]:
        del sys.modules[loaded]  # each is run as if it were the first
    try:
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
    except SystemExit as ended:
        print(f"ended {name}: {ended.code}; TensorFlow is loaded: {'tensorflow' in sys.modules}")
"""


def test_help_does_nothing_but_help(tmp_path):
    """A benchmark runs for minutes and writes its result over the last: not for who only asks what it does."""
    assert {"accelerator", "accuracy", "torch_step", "train_step"} <= set(PROGRAMS)
    root = page.PAGE.parents[1]
    before = _state_of(page.PAGE.parent)
    words = [sys.executable, "-c", HELP, *PROGRAMS]
    env = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    ended = [line for line in done.stdout.splitlines() if line.startswith("ended ")]
    assert ended == [f"ended {name}: 0; TensorFlow is loaded: False" for name in PROGRAMS]
    assert done.stdout.count("usage: ") == len(PROGRAMS)
    assert _state_of(page.PAGE.parent) == before
    assert list(tmp_path.iterdir()) == []


def _state_of(folder: pathlib.Path) -> dict:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".pyc"}


def test_a_missed_target_says_what_is_in_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(common, "RESULTS", tmp_path)
    monkeypatch.setattr(common, "machine", lambda: {"when": "today"})
    targets = [
        common.Target("times as fast", 2, 1.5, why="no AMX"),
        common.Target("waiting", 0.02, 0.01, at_most=True, why="never shown"),
        common.Target("on a GPU", 1, None, why="none at hand"),
    ]
    common.publish("made_up", "Made up", "A note.", ("a", "b"), [("x", 1234.5)], targets)
    data = json.loads((tmp_path / "made_up.json").read_text())
    assert data["rows"] == [["x", "1,234"]]
    shown = [page._target("scale", target) for target in data["targets"]]
    assert [row[3:] for row in shown] == [("1.5", "no", "no AMX"), ("0.01", "yes", ""), (None, None, "none at hand")]
    assert shown[1][2] == "at most 0.02"


def test_multiply_adds_of_resnet50_are_the_published_ones():
    """He et al. 2016, Table 1: 3.8e9 at 224 px without the strided 3x3 of v1.5; Keras's v1 has it in the 1x1."""
    found = networks.multiply_adds(networks.network("resnet50", 224))
    assert 3.8e9 < found < 3.9e9


def test_a_ratio_is_taken_turn_by_turn():
    rates = {"ours": common.Rate((4.0, 6.0, 2.0), (1.0,) * 3), "other": common.Rate((2.0, 2.0, 2.0), (1.0,) * 3)}
    assert common.ratio(rates, "ours", "other") == (1.0, 2.0, 3.0)
    assert common.spread((1.0, 2.0, 3.0)) == "2 (1 to 3)"


def test_the_step_is_held_against_the_slowest_network_and_what_a_product_gains(monkeypatch):
    def rates(**speeds):
        return {name: common.Rate((speed,), (speed,)) for name, speed in speeds.items()}

    chosen = precision.Precision("mixed_bfloat16", False, "CPU with AVX512-BF16")
    monkeypatch.setattr(precision, "choose", lambda **asked: chosen)
    resnet18 = rates(ours=8.0, PyTorch=4.0, bfloat16=5.0, float32=2.5) | {"stock Keras": common.Rate((4.0,), (4.0,))}
    measured = {"resnet18": resnet18, "compact": rates(ours=3.0, PyTorch=6.0)}
    stock, torch = train_step._targets(48, measured)
    assert (stock.found, stock.reached, stock.profile) == (2.0, False, ("resnet18", 48, "stock Keras"))
    assert stock.why.endswith("in which a plain matrix product is 2.00 times as fast as in float32")
    assert (torch.what, torch.found, torch.profile) == (
        "times PyTorch, every backbone, least: compact",
        0.5,
        ("compact", 48, "PyTorch"),
    )
    assert train_step._targets(96, measured) == [
        train_step.Target(torch.what, 1, 0.5, profile=("compact", 96, "PyTorch"))
    ]


def test_the_check_of_accuracy_says_how_sure_it_is():
    found = accuracy._error({"ours": [30.0, 31.0, 30.0], "stock Keras": [31.0, 33.0, 33.0]})
    assert found == "standard error of the mean of 3 seeds: 0.58"
    assert accuracy._error({"ours": [30.0], "stock Keras": [31.0]}) == "one seed says nothing"


@pytest.mark.parametrize(
    ("path", "kind", "found"),
    [
        ("net/conv1/convolution", "MklNativeConv2D", "convolution"),
        ("gradient_tape/net/logits/MatMul", "MatMul", "convolution"),
        ("gradient_tape/net/a_depthwise_1/depthwise", "MklNativeDepthwiseConv2dNative", "depthwise"),
        ("depthwise_kernel_gradient_2/Sum", "Sum", "depthwise"),
        ("net/a_depthwise_bn_1/FusedBatchNormV3", "MklNativeFusedBatchNormV3", "batch norm"),
        ("net/conv1_bn/moments/SquaredDifference", "SquaredDifference", "batch norm"),
        ("adam/Mul_3", "Mul", "optimizer"),
        ("adam_1/Mul_3", "Mul", "optimizer"),
        ("net/relu/Relu", "Relu", "other"),
    ],
)
def test_a_profile_sorts_operations_by_kind(path, kind, found):
    assert step_profile._kind_of(path, kind) == found


def test_what_is_in_the_way_quotes_the_profile(tmp_path, monkeypatch):
    monkeypatch.setattr(common, "RESULTS", tmp_path)
    assert in_the_way.sentence("compact", 48, "PyTorch") == "no profile was recorded"
    monkeypatch.setattr(common, "machine", lambda: {"when": "today"})
    rows = [("compact", "48", whose, *(f"{10.0 * n}" for n in range(7))) for whose in ("ours", "PyTorch")]
    target = common.Target("times PyTorch", 1, 0.5, why="no AMX", profile=("compact", 48, "PyTorch"))
    common.publish("step_profile", "Made up", "", ("network", "px", "", *"abcdefg"), rows, [target])
    assert "a step 0 (0), convolution 10 (10)" in in_the_way.sentence("compact", 48, "PyTorch")
    assert in_the_way.sentence("compact", 96, "PyTorch") == "no profile was recorded"
    shown = page._target("step_profile", common.load("step_profile")["targets"][0])
    assert shown[-1] == f"no AMX; {in_the_way.sentence('compact', 48, 'PyTorch')}"
