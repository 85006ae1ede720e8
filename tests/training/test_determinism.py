import os

from fer_keras.training import determinism


def test_jax_is_told_once_and_keeps_the_users_flags(monkeypatch):
    monkeypatch.setattr(determinism.keras.backend, "backend", lambda: "jax")
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=x")
    determinism.require()
    determinism.require()
    assert os.environ["XLA_FLAGS"] == "--xla_dump_to=x --xla_gpu_deterministic_ops=true"
