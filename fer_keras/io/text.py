"""Numbers as words."""


def spell(seconds: float) -> str:
    """Return 75.0 as "1 min 15 s", 5400 as "1 h 30 min"."""
    if seconds != seconds:
        return "unknown time"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def counted(number: int, what: str) -> str:
    """Return "1 step", "1,200 steps"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
