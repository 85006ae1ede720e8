import dataclasses
import typing

import keras
import numpy as np
import pytest

from fer_keras.config.settings import Constant, Cosine, CosineRestarts, OneCycle, Plateau, Schedule
from fer_keras.training import schedules


def values(schedule, steps):
    return [float(keras.ops.convert_to_numpy(schedule(step))) for step in steps]


def test_onecycle_meets_its_three_values_where_pytorch_does():
    # torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=101, pct_start=.3): start .04 at 0, 1 at .3*101-1, 4e-6 at 100
    schedule = schedules.learning_rate(OneCycle(), 1.0, epochs=1, steps_per_epoch=101)
    start, end = values(schedule, [0, 100])
    assert start == pytest.approx(0.04)
    assert end == pytest.approx(0.04 / 1e4, rel=1e-3)
    assert max(values(schedule, range(101))) == pytest.approx(1.0, abs=1e-3)


def test_onecycle_half_way_up_is_the_mean_of_start_and_peak():
    schedule = schedules.OneCycleSchedule(0.0, 1.0, 0.0, steps=42, warmup_fraction=0.5)
    assert values(schedule, [0, 10, 20]) == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)


def test_momentum_runs_against_the_rate():
    moving = schedules.momentum(OneCycle(), epochs=1, steps_per_epoch=101)
    found = values(moving, [0, 100])
    assert found == pytest.approx([0.95, 0.95])
    assert min(values(moving, range(101))) == pytest.approx(0.85, abs=1e-3)
    assert schedules.momentum(Constant(), 1, 10) is None


def test_cosine_without_warmup():
    schedule = schedules.learning_rate(Cosine(), 2.0, epochs=2, steps_per_epoch=10)
    assert values(schedule, [0, 10, 20]) == pytest.approx([2.0, 1.0, 0.0], abs=1e-6)


def test_cosine_with_warmup_and_floor():
    schedule = schedules.learning_rate(Cosine(warmup_epochs=1, final_fraction=0.1), 2.0, epochs=3, steps_per_epoch=10)
    assert values(schedule, [0, 5, 10, 30]) == pytest.approx([0.0, 1.0, 2.0, 0.2], abs=1e-6)


def test_restarts_begin_again_after_each_cycle():
    schedule = schedules.learning_rate(CosineRestarts(first_epochs=1, multiply=2.0), 1.0, epochs=3, steps_per_epoch=10)
    assert values(schedule, [0, 5, 10, 20]) == pytest.approx([1.0, 0.5, 1.0, 0.5], abs=1e-6)


def test_constant_is_the_number_itself():
    assert schedules.learning_rate(Constant(), 0.3, 1, 1) == schedules.learning_rate(Plateau(), 0.3, 1, 1) == 0.3


def test_every_schedule_of_a_recipe_has_its_rate_and_no_other():
    assert set(schedules.RATES) == set(typing.get_args(Schedule))


def test_a_schedule_without_an_implementation_is_an_error():
    @dataclasses.dataclass(frozen=True)
    class Linear(Constant):
        pass

    with pytest.raises(ValueError, match=r"Expected a schedule in \('Constant', .*\). Received: Linear"):
        schedules.learning_rate(Linear(), 0.3, 1, 1)


def test_onecycle_reloads():
    schedule = schedules.OneCycleSchedule(0.1, 1.0, 0.01, 30, 0.25)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(schedule))
    assert np.allclose(values(schedule, range(30)), values(again, range(30)))
