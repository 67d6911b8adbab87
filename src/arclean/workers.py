"""Worker processes that do not outlive the process that started them, work for them in order, and who is told."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how many are done, and of how many (0 where that is not known)."""

Job = TypeVar("Job")
Done = TypeVar("Done")


def end_with_parent() -> None:
    """End this worker when its parent is gone, killed or not: nobody waits for what it does.

    To be given to a ProcessPoolExecutor as its initializer: a pool's workers wait for ever on a queue that they hold
    open themselves.
    """
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def mapped(function: Callable[[Job], Done], jobs: Iterable[Job], workers: int, ahead: int = 2) -> Iterator[Done]:
    """Map over jobs, in order, in as many processes; only a few jobs wait at a time, however many there are.

    Parameters: `ahead` is how many jobs of each worker are taken before the first of them is done.
    """
    if workers <= 1:
        yield from map(function, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (30 ms that one process need not pay)

    with ProcessPoolExecutor(workers, initializer=end_with_parent) as pool:
        rest = iter(jobs)
        waiting = deque(pool.submit(function, job) for job in islice(rest, ahead * workers))
        try:
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(function, job) for job in islice(rest, 1))
        finally:
            pool.shutdown(cancel_futures=True)
