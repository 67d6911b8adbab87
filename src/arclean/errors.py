"""What can go wrong, by name: every message gives the value and the next step."""


class ArcleanError(Exception):
    """Everything arclean raises on purpose, beside TypeError and ValueError for wrong arguments."""


class InputError(ArcleanError):
    """An input that cannot be read: which one, why, and what to do about it."""


class OutputError(ArcleanError):
    """An output that cannot be written."""


class UnsettledRuleError(ArcleanError):
    """A rule that still finds edits in what it has just cleaned: a fault of the rule, not of the text."""


def require_text(value: object, who: str) -> None:
    """Refuse anything that is not text, and say what to do with it.

    >>> require_text("نص".encode(), "clean")
    Traceback (most recent call last):
    TypeError: clean takes text (str), not bytes: decode it first: arclean.decode(data)
    """
    if isinstance(value, str):
        return
    if isinstance(value, (bytes, bytearray, memoryview)):
        hint = "decode it first: arclean.decode(data)"
    elif value is None:
        hint = "there is no text here; skip the record or pass ''"
    else:
        hint = "pass one str; for many texts use Pipeline.batch(texts)"
    msg = f"{who} takes text (str), not {type(value).__name__}: {hint}"
    raise TypeError(msg)
