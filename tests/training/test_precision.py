import pytest

from fer_keras.models.backbones import BACKBONES
from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT as HYBRIDS
from fer_keras.recipes.pretrain_backbone import EXPERIMENT as STARTS
from fer_keras.training import precision


@pytest.mark.parametrize(
    ("flags", "policy"),
    [
        ("avx512f avx512_vnni", "float32"),
        ("avx512f avx512_bf16", "mixed_bfloat16"),
        ("avx512f avx512_bf16 amx_tile amx_bf16", "mixed_bfloat16"),
    ],
)
def test_bfloat16_on_a_cpu_only_where_its_instructions_are_seen(tmp_path, monkeypatch, flags, policy):
    monkeypatch.setattr(precision, "accelerators", list)
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : fpu {flags}\n")
    chosen = precision.choose(None, tmp_path / "cpuinfo")
    assert (chosen.policy, chosen.jit) == (policy, False)


def test_which_backbones_gain_nothing():
    assert {name for name, known in BACKBONES.items() if not known.gains_from_avx512_bf16} == {
        "efficientnetb3",
        "mobilenetv3small",
    }


@pytest.mark.parametrize("backbone", ["efficientnetb3", "mobilenetv3small"])
@pytest.mark.parametrize(("experiment", "kind"), [(HYBRIDS, "hybrid"), (STARTS, "pretrain")])
def test_a_backbone_of_depthwise_convolutions_stays_in_float32_without_amx(
    tmp_path, monkeypatch, backbone, experiment, kind
):
    network = experiment.recipe(f"{kind}_{backbone}").network
    monkeypatch.setattr(precision, "accelerators", list)
    (tmp_path / "cpuinfo").write_text("flags : avx512_bf16\n")
    assert precision.choose(None, tmp_path / "cpuinfo", network=network).policy == "float32"
    (tmp_path / "cpuinfo").write_text("flags : avx512_bf16 amx_bf16\n")
    assert precision.choose(None, tmp_path / "cpuinfo", network=network).policy == "mixed_bfloat16"
    monkeypatch.setattr(precision, "accelerators", lambda: ["gpu:0"])
    assert precision.choose(None, tmp_path / "cpuinfo", network=network).policy == "mixed_bfloat16"


def test_what_the_user_asks_for_is_taken(tmp_path):
    assert precision.choose("mixed_bfloat16", tmp_path / "absent").policy == "mixed_bfloat16"


def test_an_accelerator_gets_bfloat16_and_xla(tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "accelerators", lambda: ["gpu:0"])
    chosen = precision.choose(None, tmp_path / "absent")
    assert (chosen.policy, chosen.jit) == ("mixed_bfloat16", True)
    assert not precision.choose(None, tmp_path / "absent", mirrored=True).jit
