"""Which of two documents is newer, by a field of their records."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

# Whoever has no date is older than all that have one.
NO_DATE = -math.inf


def timestamp(value: Any, where: str) -> float:  # noqa: ANN401 (whatever a record holds)
    """Read a date as seconds since 1970: ISO 8601 text, a date or datetime, seconds themselves, or nothing.

    A time without a zone is taken for UTC; a day is its beginning. Parameters: `where` names the value in errors.

    Raises ValueError for what is no date.

    >>> timestamp("2024-05-03T10:00:00+03:00", "a") == timestamp("2024-05-03 07:00", "b")
    True
    """
    if value is None or value == "":
        return NO_DATE
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
    elif isinstance(value, date) and not isinstance(value, datetime):
        moment = datetime.combine(value, time())
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(moment, int | float) and not isinstance(moment, bool) and math.isfinite(moment):
        return float(moment)
    raise ValueError(
        f"{where} is {value!r}, which is no date: write it as 2024-05-03 or 2024-05-03T10:00:00+03:00, "
        "or let keep be a function of a cluster's Documents"
    )


def timestamps(ids: Sequence[str], records: Sequence[Any], field: str) -> list[float]:
    """Read the date of each document. Parameters: `records` are Documents, or (id, text) pairs, which have none.

    Raises ValueError where a date cannot be read, and where no document has the field at all.
    """
    metas = [getattr(record, "meta", {}) for record in records]
    if metas and not any(field in meta for meta in metas):
        names = sorted({name for meta in metas[:1000] for name in meta})
        raise ValueError(
            f"no document has the field {field!r}, by which the newest is kept: name another as date_field "
            f"({', '.join(names[:10]) or 'these documents have no fields at all'})"
        )
    return [timestamp(meta.get(field), f"{field} of {key!r}") for key, meta in zip(ids, metas, strict=True)]
