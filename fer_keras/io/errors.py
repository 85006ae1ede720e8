"""The one error that a user is meant to read."""

LONGEST = 600
"""Characters of what was received that are shown, and of where: both may come out of a damaged file."""


class UserError(Exception):
    """Bad input, in one line: what was expected, what was received, what to do.

    Every command prints it without a traceback and exits with code 2.
    """


class UnwritableError(UserError):
    """What cannot be written, which ends a command even where other bad input is only counted."""


def expected(what: str, received: object, then: str = "") -> UserError:
    """Build the message in the project's form: "Expected ... Received: ... (what to do)"."""
    line = f"Expected {_shown(what)}. Received: {_shown(str(received))}."
    return UserError(f"{line} {then}".strip().replace("\n", " "))


def _shown(text: str) -> str:
    """Return `text` in one line of at most LONGEST characters, without any that a terminal would obey."""
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
