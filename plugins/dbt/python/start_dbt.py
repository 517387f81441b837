"""Starts dbt as a program that ends with the one that started it.

dbt cancels its queries on Ctrl-C (KeyboardInterrupt) alone. Standard input is a pipe that nobody writes to: its end means that
the other side is gone, however it went.
"""

import os
import signal
import sys
import threading


def interrupt_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(10)
    # A query that can't be cancelled; what was not committed is rolled back.
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=interrupt_at_end_of_input, daemon=True).start()
sys.argv[0] = "dbt"

from dbt.cli.main import cli  # noqa: E402

cli()
