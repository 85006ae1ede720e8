"""Decimal numbers as text -> uint8, a few dozen rows at a time: the inner loop of reading FER2013's CSV."""

import numpy as np

SPACE = ord(" ")
ZERO = ord("0")


def parse_pixels(texts: list[bytes], count: int) -> np.ndarray | None:
    """Parse rows of `count` numbers 0..255, each of one to three digits, one space apart.

    Every step runs over all bytes at once: a number ends at a digit that no digit follows, and its value is that digit,
    ten times the digit before it and a hundred times the one before that.

    Args:
        texts: n rows as text, no space at either end.
        count: numbers a row must have.

    Returns uint8 [n, count], or None when the text is anything else (the caller finds out what).
    """
    # The padding lets every number look three bytes back and one ahead.
    text = np.frombuffer(b"   " + b" ".join(texts) + b" ", np.uint8)
    digits = text - np.uint8(ZERO)
    is_digit = digits <= 9
    two_digits = is_digit[2:-2] & is_digit[1:-3]
    at = np.flatnonzero(is_digit[3:-1] & ~is_digit[4:])
    stops = np.cumsum([len(row) + 1 for row in texts]) - 2
    if len(at) != len(texts) * count or not np.array_equal(at[count - 1 :: count], stops):
        return None
    spaces = np.count_nonzero(text == SPACE)
    only_spaces_between = spaces + np.count_nonzero(is_digit) == len(text)
    one_between = spaces == len(at) + 3
    four_digits = two_digits & is_digit[3:-1] & is_digit[:-4]
    if not (only_spaces_between and one_between) or four_digits.any():
        return None
    digits *= is_digit
    tens_and_ones = (digits[3:-1] + 10 * digits[2:-2]).take(at)
    hundreds = (digits[1:-3] * two_digits).take(at)
    if (hundreds > 2).any() or ((hundreds == 2) & (tens_and_ones > 55)).any():
        return None
    return (tens_and_ones + 100 * hundreds).reshape(len(texts), count)
