"""Work spread over processes in which one bad task costs exactly that task.

``concurrent.futures`` loses every waiting task with a dead worker and cannot stop a hanging one;
here each worker has its own pipe, so the parent knows which task it was on, and can end it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_START_LIMIT = 120.0  # seconds a worker may take to import what it needs
_FAILED_STARTS = 3


class Lost(StrEnum):
    """Why a task has no result."""

    DIED = "died"
    TIMEOUT = "timeout"
    FAILED = "failed"


class PoolError(RuntimeError):
    """No worker can be started on this machine; the tasks must be done in this process."""


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    tasks: deque[tuple[int, Task]] = field(default_factory=deque)
    ready: bool = False
    since: float = field(default_factory=time.monotonic)

    def deadline(self, time_limit: float) -> float:
        if not self.ready:
            return self.since + _START_LIMIT
        return self.since + time_limit if self.tasks else float("inf")


class _Waiting(Generic[Task]):
    """The tasks not handed out yet; each is asked for only when a worker wants it."""

    def __init__(self, tasks: Iterable[tuple[int, Task]]) -> None:
        self.source = iter(tasks)
        self.next: deque[tuple[int, Task]] = deque()

    def __bool__(self) -> bool:
        if not self.next:
            self.next.extend(itertools.islice(self.source, 1))
        return bool(self.next)

    def take(self) -> tuple[int, Task]:
        return self.next.popleft()

    def put_back(self, tasks: Iterable[tuple[int, Task]]) -> None:
        self.next.extendleft(reversed(list(tasks)))


def spread(
    function: Callable[[Task], Result],
    tasks: Iterable[tuple[int, Task]],
    jobs: int,
    time_limit: float,
    ahead: int = 3,
) -> Iterator[tuple[int, Result | Lost]]:
    """Yield each task's number and result as it comes, ``Lost`` where there is none.

    ``tasks`` is asked for its next pair only when a worker wants one.

    ``function`` must be importable in a fresh process. A task that takes longer than
    ``time_limit`` seconds is ended with its worker; a worker that dies takes only the task it
    was on; an exception in the function loses its task as ``FAILED``. ``ahead`` tasks are handed
    to a worker before it asks, which hides the pipe's latency; for tasks of more than some 10 KB
    it must be 1, or parent and worker may wait for each other with full pipes. Raises PoolError
    when workers do not even start. Closing the iterator ends all workers.
    """
    waiting = _Waiting(tasks)
    workers: list[_Worker[Task]] = []
    failed_starts = 0
    try:
        while waiting or any(worker.tasks for worker in workers):
            while waiting and len(workers) < jobs:
                try:
                    workers.append(_start(function))
                except OSError as error:  # no more processes: go on with those there are
                    if not workers:
                        raise PoolError from error
                    jobs = len(workers)
            _hand_out(waiting, workers, ahead)
            for worker in _awaited(workers, time_limit):
                ended = worker.deadline(time_limit) <= time.monotonic()
                number, result = (None, Lost.TIMEOUT) if ended else _receive(worker)
                if number is not None:
                    failed_starts = 0
                    yield number, result
                elif isinstance(result, Lost):
                    failed_starts += not worker.ready
                    workers.remove(worker)
                    culprit = _bury(worker, waiting)
                    if failed_starts >= _FAILED_STARTS:
                        raise PoolError
                    if culprit is not None:
                        yield culprit, result
    finally:
        for worker in workers:
            _end(worker)


def _start(function: Callable[..., Any]) -> _Worker[Any]:
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, mine)


def _hand_out(waiting: _Waiting[Task], workers: list[_Worker[Task]], ahead: int) -> None:
    """Give each worker a few tasks, one round after the other so that all are busy."""
    for depth in range(ahead):
        for worker in workers:
            if not waiting:
                return
            if len(worker.tasks) > depth:
                continue
            entry = waiting.take()
            if not worker.tasks and worker.ready:
                worker.since = time.monotonic()
            worker.tasks.append(entry)
            with contextlib.suppress(OSError):  # a dead worker is noticed when it is heard
                worker.pipe.send(entry)


def _awaited(workers: list[_Worker[Task]], time_limit: float) -> list[_Worker[Task]]:
    """Wait until a worker has something to say, is dead or is out of time; return those."""
    first = min(worker.deadline(time_limit) for worker in workers)
    patience = None if first == float("inf") else max(first - time.monotonic(), 0) + 0.01
    heard = set(wait([worker.pipe for worker in workers], patience))
    now = time.monotonic()
    return [w for w in workers if w.pipe in heard or w.deadline(time_limit) <= now]


def _receive(worker: _Worker[Task]) -> tuple[int | None, Any]:
    """Return a task's number and result, (None, None) for a worker's first sign of life."""
    try:
        number, result = worker.pipe.recv()
    except (EOFError, OSError):
        return None, Lost.DIED
    worker.since = time.monotonic()
    if number is None:
        worker.ready = True
        return None, None
    worker.tasks.popleft()
    return number, result


def _bury(worker: _Worker[Task], waiting: _Waiting[Task]) -> int | None:
    """End a worker, put back the tasks it had not begun and return the number of the lost one."""
    _end(worker)
    culprit = worker.tasks.popleft()[0] if worker.tasks and worker.ready else None
    waiting.put_back(worker.tasks)
    return culprit


def _end(worker: _Worker[Task]) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """Answer tasks until the parent is gone. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    threading.Thread(target=_follow_parent, daemon=True).start()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # a native crash's last words would only frighten
    pipe.send((None, None))
    with contextlib.suppress(EOFError, OSError):
        while True:
            number, task = pipe.recv()
            try:
                result: object = function(task)
            except Exception:  # whatever it was, the next task must go on
                result = Lost.FAILED
            pipe.send((number, result))


def _follow_parent() -> None:
    """End this worker with its parent: a killed run must write nothing more, nor hang on."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
