import json
import subprocess
import sys

import pytest

from fer_keras.commands.lr_find import main
from fer_keras.training.range_test import rates

WITHOUT_TENSORFLOW = "import sys, {}; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"


@pytest.mark.parametrize("module", ["fer_keras.lr_find", "fer_keras.commands.clean", "fer_keras.predict"])
def test_help_loads_no_tensorflow(module):
    done = subprocess.run([sys.executable, "-c", WITHOUT_TENSORFLOW.format(module)], timeout=120)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["experiments.resnet19"], "an experiment (resnet34_cbam, "),
        (["resnet18_transfer", "--only", "resnet19"], "--only resnet18_transfer, frozen_base, single_layer_head"),
        (["resnet18_transfer", "--phase", "second"], "--phase train of resnet18_transfer. Received: 'second'"),
        (["resnet18_transfer", "--from", "1", "--to", "0.1"], "0 < --from < --to"),
        (["resnet18_transfer", "--steps", "3"], "--steps of at least 10"),
        (["resnet18_transfer", "--data", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_line_and_code_2(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    printed = capsys.readouterr().err
    assert says in printed
    assert printed.startswith("error: Expected ")
    assert printed.count("\n") == 1


@pytest.mark.slow
def test_the_demo_tests_the_recipe_s_own_phase_and_writes_curve_and_figure(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    words = ["experiments.hybrid_resnet50", "--only", "hybrid_baseline_cnn", "--steps", "12", "--precision", "float32"]
    assert main([*words, "--from", "1e-6", "--to", "1e-2"]) == 0
    printed = capsys.readouterr().out
    (folder,) = (tmp_path / "runs").iterdir()
    record = json.loads((folder / "lr_find.json").read_text())
    assert folder.name == f"lr_find-hybrid_baseline_cnn-{record['phase']}-demo-seed0"
    assert record["rates"] == pytest.approx(rates(1e-6, 1e-2, 12)[: len(record["losses"])])
    assert len(record["losses"]) == len(record["smoothed"]) > 0
    assert record["smoothed"][0] == pytest.approx(record["losses"][0])
    assert record["data"]["synthetic"] is True
    assert record["suggested"]["minimum_tenth"] in [pytest.approx(rate / 10) for rate in record["rates"]]
    assert (folder / "lr_find.png").read_bytes().startswith(b"\x89PNG")
    assert f"The recipe uses: {record['recipe_rate']:.2e}" in printed
    assert "drawn faces: the curve says nothing about FER2013" in printed
