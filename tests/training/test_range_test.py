import math

import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.training.range_test import RangeTest, rates, suggest


def taken(losses, keep=0.0, steps=None):
    test = RangeTest(rates(1e-6, 1.0, steps or len(losses)), keep=keep)
    answers = [test.take(loss) for loss in losses]
    return test, answers


def test_rates_rise_by_one_factor_from_the_first_to_the_last():
    found = rates(1e-3, 1e6, 10)
    np.testing.assert_allclose(found, [10.0**power for power in range(-3, 7)])


@pytest.mark.parametrize(
    ("first", "last", "steps", "says"),
    [
        (0.0, 1.0, 100, "0 < --from < --to"),
        (1.0, 1.0, 100, "0 < --from < --to"),
        (1e-7, math.inf, 100, "0 < --from < --to"),
        (math.nan, 1.0, 100, "0 < --from < --to"),
        (1e-7, 10.0, 9, "--steps of at least 10"),
    ],
)
def test_a_range_that_cannot_be_walked_is_refused(first, last, steps, says):
    with pytest.raises(UserError, match=says):
        rates(first, last, steps)


def test_the_smoothed_loss_is_an_average_corrected_for_its_short_memory():
    """keep .5: averages 2, 2, 4.5 over the weights .5, .75, .875 that they have gathered."""
    test, _ = taken([4.0, 2.0, 7.0], keep=0.5, steps=10)
    np.testing.assert_allclose(test.smoothed, [2 / 0.5, 2 / 0.75, 4.5 / 0.875])


def test_it_stops_when_the_smoothed_loss_passes_four_times_its_best():
    test, answers = taken([2.0, 1.0, 4.0, 4.1], steps=10)
    assert answers == [True, True, True, False]
    assert test.stopped == "the smoothed loss, 4.1, passed 4 times its best, 1"
    assert test.losses == [2.0, 1.0, 4.0, 4.1]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_it_stops_at_a_loss_that_is_no_number_and_does_not_keep_it(loss):
    test, answers = taken([2.0, loss], steps=10)
    assert answers == [True, False]
    assert test.losses == [2.0]
    assert test.stopped == "the loss is no longer a finite number"


def test_it_ends_with_the_last_rate():
    _, answers = taken([2.0] * 10)
    assert answers == [True] * 9 + [False]


def test_the_steepest_descent_and_a_tenth_of_the_minimum():
    """20 steps: two are skipped at the front, five at the end. Of the rest, 2.0 falls by .5 at step 6; 1.2 is least."""
    losses = [9.0, 3.0, 2.2, 2.2, 2.1, 2.1, 2.0, 1.5, 1.4, 1.3, 1.2, 1.25, 1.3, 1.5, 1.9, 0.1, 2, 2, 2, 2]
    test, _ = taken(losses)
    found = suggest(test)
    assert found.steepest == test.rates[6]
    assert found.minimum_tenth == test.rates[10] / 10
    assert found.at_the_end is False


def test_a_loss_that_only_rises_suggests_no_steepest_descent():
    test, _ = taken([1.0 + step / 100 for step in range(20)])
    assert suggest(test).steepest is None
    assert suggest(test).minimum_tenth == test.rates[2] / 10


def test_a_loss_that_still_falls_at_the_end_is_said():
    test, _ = taken([2.0 - step / 100 for step in range(20)])
    assert suggest(test).at_the_end is True


def test_a_test_that_explodes_early_suggests_nothing():
    """Of 20 steps two are skipped at the front and five at the end, and three are needed."""
    test, _ = taken([1.0] * 8 + [5.0], steps=20)
    with pytest.raises(UserError, match=r"at least 10 steps.*Received: 9 \(the smoothed loss, 5, passed.*Lower --from"):
        suggest(test)
