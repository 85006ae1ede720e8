"""What a run shows while it trains: when it will be done, on a terminal and elsewhere."""

import io
import math

import pytest

from fer_keras.config.recipe import Phase
from fer_keras.config.settings import Optimizer
from fer_keras.training import freeze, progress
from fer_keras.training.progress import Progress, Work


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the test moves: `clock.now += seconds`."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(progress.time, "perf_counter", lambda: Clock.now)
    return Clock


def steps(shown, clock, seconds, loss=1.5):
    for batch, passed in enumerate(seconds):
        shown.on_train_batch_begin(batch)
        clock.now += passed
        shown.on_train_batch_end(batch, {"loss": loss})


def test_the_time_left_counts_steps_by_their_cost_and_what_lies_between_them(clock):
    shown = Progress([Work(2, 6, 1.0), Work(1, 10, 3.0)], out=io.StringIO())
    shown.begin_epoch("first 1/2", phase=0, epoch=0, compiles=True)
    assert math.isnan(shown.seconds_left())
    steps(shown, clock, [20.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    shown.on_epoch_end(0)
    # six more steps of a second, ten of three seconds, one compilation as long as the first
    assert shown.seconds_left() == 6 + 10 * 3 + 20
    clock.now += 4
    shown.begin_epoch("first 2/2", phase=0, epoch=1)
    # and four seconds of evaluation after each of the two epochs to come
    assert shown.seconds_left() == 6 + 10 * 3 + 20 + 2 * 4
    steps(shown, clock, [1.0] * 6)
    shown.on_epoch_end(1)
    clock.now += 4
    shown.begin_epoch("second 1/1", phase=1, epoch=0, compiles=True)
    steps(shown, clock, [5.0, *[2.0] * 5])
    # this phase's own steps count now, though their cost had promised three seconds
    assert shown.seconds_left() == 4 * 2 + 4


def test_a_run_that_goes_on_has_only_the_rest_before_it(clock):
    shown = Progress([Work(3, 100), Work(2, 10)], out=io.StringIO())
    shown.begin_epoch("second 2/2", phase=1, epoch=1, step=2, compiles=True)
    steps(shown, clock, [9.0, *[1.0] * 5])
    assert shown.seconds_left() == 2


def test_where_there_is_no_terminal_lines_are_plain_and_a_minute_apart(clock):
    out = io.StringIO()
    shown = Progress([Work(1, 400)], out=out)
    shown.begin_epoch("train 1/1", phase=0, epoch=0, compiles=True)
    steps(shown, clock, [90.0])
    assert out.getvalue() == ""  # nothing can be said before some steps were timed
    steps(shown, clock, [1.0] * 149)
    shown.say("Epoch 1/1 of train: loss 1.5")
    estimate, *lines = out.getvalue().splitlines()
    assert estimate.startswith("Estimated time to train: 6 min 34 s; done at about ")
    assert lines == [
        "train 1/1, step 67 of 400: loss 1.5000; 5 min 33 s left",
        "train 1/1, step 128 of 400: loss 1.5000; 4 min 32 s left",
        "Epoch 1/1 of train: loss 1.5",
    ]


def test_quiet_says_only_what_is_said(clock):
    out = Terminal()
    shown = Progress([Work(1, 400)], quiet=True, out=out)
    shown.begin_epoch("train 1/1", phase=0, epoch=0, compiles=True)
    steps(shown, clock, [1.0] * 150)
    assert out.getvalue().startswith("Estimated time to train: 6 min 34 s; done at about ")
    assert out.getvalue().count("\n") == 1
    assert "\r" not in out.getvalue()


def test_on_a_terminal_a_line_is_redrawn_and_what_is_said_stands_above_it(clock):
    out = Terminal()
    shown = Progress([Work(1, 12)], out=out)
    shown.begin_epoch("train 1/1", phase=0, epoch=0, compiles=True)
    steps(shown, clock, [1.0] * 3)
    shown.say("Said.")
    drawn = out.getvalue().split("\r")
    assert drawn[2] == "[####                    ] train 1/1  loss 1.500  10 s left   "
    assert drawn[-1] == "\x1b[KSaid.\n"


@pytest.mark.parametrize(("backbone", "cost"), [("frozen", 1.0), ("all", 3.0), (3, 1.5)])
def test_a_step_costs_one_pass_through_the_network_and_two_back_through_what_trains(backbone, cost):
    from keras import Sequential, layers

    inside = Sequential([layers.Input((4,)), *(layers.Dense(4) for _ in range(4))], name="backbone")
    model = Sequential([layers.Input((4,)), inside, layers.Dense(2)])
    phase = Phase("p", 1, Optimizer("adam", 1e-3), backbone=backbone)
    assert freeze.cost_of_a_step(model, phase) == cost
    assert freeze.cost_of_a_step(Sequential([layers.Input((4,)), layers.Dense(2)]), phase) == 3.0
