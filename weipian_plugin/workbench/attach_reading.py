"""Reading many files at once: in a few threads, never more of them in memory than are being worked on."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Optional, Union

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from .evidence_in import Prepared, Reading
from .evidence_sources import Source

#: Hashing, the disk and Qt's decoder work without Python's lock: two threads do twice as much, more crowd the disk.
THREADS = max(2, min(4, os.cpu_count() or 2))
#: Errors of the workspace, not of one file: going on would say the same of each.
_FATAL = ("E_DISK_FULL", "E_WS_READONLY", "E_ROLE_VIEWER", "E_WRITE", "E_LIBRARY", "E_CANCELLED")
_SAY_EVERY = 0.3  # seconds

Taken = Union[Prepared, WeipianError]


class BulkReader:
    """Takes sources in; `taken` holds what came of each so far, in their order, also when it was stopped."""

    def __init__(self, run: Reading, feedback: Feedback) -> None:
        self._run, self._feedback = run, feedback
        self.taken: list[Optional[Taken]] = []
        self._waiting: deque[tuple[int, Future[Prepared]]] = deque()
        self._done = self._total = 0
        self._said = 0.0

    def read(self, sources: Sequence[Source]) -> list[Taken]:
        """Take all of them.

        Raises:
            WeipianError: what stops everything: E_CANCELLED, E_DISK_FULL, E_WS_READONLY, E_WRITE, E_LIBRARY.
        """
        self.taken = [None] * len(sources)
        self._total = sum(source.size for source in sources) or 1
        with ThreadPoolExecutor(THREADS, thread_name_prefix="weipian-attach") as pool:
            try:
                for number, source in enumerate(sources):
                    stop_if_cancelled(self._feedback)
                    self._waiting.append((number, pool.submit(self._run.take, source)))
                    if len(self._waiting) > 2 * THREADS:
                        self._collect(sources)
                while self._waiting:
                    stop_if_cancelled(self._feedback)
                    self._collect(sources)
            except BaseException:
                self._abandon()
                raise
        return [item for item in self.taken if item is not None]

    def _collect(self, sources: Sequence[Source]) -> None:
        number, future = self._waiting.popleft()
        try:
            self.taken[number] = future.result()
        except WeipianError as error:
            if error.code in _FATAL:
                raise
            self.taken[number] = error
        self._done += sources[number].size
        self._feedback.progress(100 * self._done / self._total)
        if time.monotonic() - self._said > _SAY_EVERY:
            self._said = time.monotonic()
            self._feedback.message(f"正在复制和读取：{number + 1} / {len(sources)}")

    def _abandon(self) -> None:
        """Stop, and remember what the threads had finished all the same."""
        for _, future in self._waiting:
            future.cancel()
        wait([future for _, future in self._waiting])
        for number, future in self._waiting:
            if not future.cancelled() and future.exception() is None:
                self.taken[number] = future.result()
        self._waiting.clear()
