"""Worker processes that do not outlive the process that started them."""

import os
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread


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
