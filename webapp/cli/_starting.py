"""While the command line is still being loaded, Ctrl-C ends it without a traceback.

Imported before everything else; `done` gives the signal back.  From then on
commands end by themselves, with what they hold put down.
"""

from __future__ import annotations

import os
import signal
import threading

_INTERRUPTED = 130


def _leave(*_: object) -> None:
    os._exit(_INTERRUPTED)  # nothing is open yet


def _is_ours() -> bool:
    """Tell whether the signal is for us to take: nobody else has, and this thread may."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler


if _is_ours():
    signal.signal(signal.SIGINT, _leave)


def done() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
