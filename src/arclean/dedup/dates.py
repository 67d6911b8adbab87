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


class Dating:
    """Reads the dates of documents, batch by batch, and knows whether any had one.

    >>> dating = Dating("date")
    >>> dating.read(["a"], [("a", "text")])
    [-inf]
    """

    def __init__(self, field: str) -> None:
        self.field = field
        self._seen = self._some = False
        self._names: set[str] = set()

    def read(self, ids: Sequence[str], records: Sequence[Any]) -> list[float]:
        """Read the date of each document. Parameters: `records` are Documents, or (id, text) pairs, which have none.

        Raises ValueError where a date cannot be read.
        """
        metas = [getattr(record, "meta", {}) for record in records]
        self._some |= bool(metas)
        self._seen = self._seen or any(self.field in meta for meta in metas)
        if not self._seen:
            self._names.update(name for meta in metas[:1000] for name in meta)
        moments = (meta.get(self.field) for meta in metas)
        return [timestamp(moment, f"{self.field} of {key!r}") for key, moment in zip(ids, moments, strict=True)]

    def check(self) -> None:
        """Refuse documents of which none at all had the field: the name is wrong, and nothing would be the newest.

        Raises ValueError with the names of fields that there were.
        """
        if self._some and not self._seen:
            names = ", ".join(sorted(self._names)[:10]) or "these documents have no fields at all"
            raise ValueError(
                f"no document has the field {self.field!r}, by which the newest is kept: name another as date_field "
                f"({names})"
            )
