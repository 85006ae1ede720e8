import sys

import pytest

from benchmarks import kill_test


def test_the_moments_are_drawn_from_the_seed_and_one_is_the_border_of_the_phases():
    assert kill_test.WRITTEN == 24
    assert kill_test.moments(10, seed=0) == kill_test.moments(10, seed=0)
    for seed in range(5):
        drawn = kill_test.moments(10, seed)
        assert 12 in drawn
        assert len(set(drawn)) == 10
        assert 1 <= min(drawn) <= max(drawn) <= 23


@pytest.mark.slow
def test_a_run_killed_three_times_ends_in_the_same_bits(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["kill_test", "--kills", "3", "--seed", "3"])
    status = kill_test.main()
    printed = capsys.readouterr().out
    with capsys.disabled():
        print(f"\n{printed}")
    assert status == 0
    assert printed.count("| equal |") == 3
    assert "history: equal; predictions: equal; final weights: equal" in printed
