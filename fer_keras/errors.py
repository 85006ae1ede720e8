"""The one error that a user is meant to read."""


class UserError(Exception):
    """Bad input, in one line: what was expected, what was received, what to do.

    Every command prints it without a traceback and exits with code 2.
    """


def expected(what: str, received: object, then: str = "") -> UserError:
    """Build the message in the house's form: "Expected ... Received: ... (what to do)"."""
    line = f"Expected {what}. Received: {received}."
    return UserError(f"{line} {then}".strip().replace("\n", " "))
