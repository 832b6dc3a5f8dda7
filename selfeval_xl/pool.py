"""Work spread over processes in which one bad task costs exactly that task.

``concurrent.futures`` loses every waiting task with a dead worker and cannot stop a hanging one;
here each worker has its own pipe, so the parent knows which task it was on, and can end it.

A worker is a copy of this process where that is safe (Linux, no other threads) and has at once all
that is loaded here; elsewhere it is a fresh process that must load everything itself.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_START_LIMIT = 120.0  # seconds a worker may take to import what it needs
_FAILED_STARTS = 3


def start_method() -> str:
    """Return how workers begin: ``fork`` as copies of this process, ``spawn`` as fresh ones.

    A copy has only the thread that made it, and of locks that others held nobody lets go.
    """
    try:
        alone = sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208  (names suffice)
    except OSError:
        alone = False
    return "fork" if alone else "spawn"


class Lost(StrEnum):
    """Why a task has no result."""

    DIED = "died"
    TIMEOUT = "timeout"
    FAILED = "failed"


class PoolError(RuntimeError):
    """No worker can be started on this machine; the tasks must be done in this process."""


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: BaseProcess
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


class Pool(Generic[Task, Result]):
    """Workers that are started when there is something to do and kept until the pool is closed.

    ``function`` does a task, ``get_ready`` is called once by each worker; both must be importable
    in a fresh process. ``method`` is how workers begin, by default :func:`start_method`. A task
    that takes longer than ``time_limit`` seconds is ended with its worker; a worker that dies takes
    only the task it was on; an exception in the function loses its task as ``FAILED``.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        jobs: int,
        time_limit: float,
        get_ready: Callable[[], None] | None = None,
        method: str | None = None,
    ) -> None:
        self.function = function
        self.jobs = jobs
        self.time_limit = time_limit
        self.get_ready = get_ready
        self.method = method
        self._workers: list[_Worker[Task]] = []
        self._failed_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def spread(
        self, tasks: Iterable[tuple[int, Task]], ahead: int = 3
    ) -> Iterator[tuple[int, Result | Lost]]:
        """Yield each task's number and result as it comes, ``Lost`` where there is none.

        ``tasks`` is asked for its next pair only when a worker wants one. ``ahead`` tasks are
        handed to a worker before it asks, which hides the pipe's latency; for tasks of more than
        some 10 KB it must be 1, or parent and worker may wait for each other with full pipes.
        Raises PoolError when workers do not even start.
        """
        waiting = _Waiting(tasks)
        workers = self._workers
        while waiting or any(worker.tasks for worker in workers):
            if waiting:
                self.start()
            _hand_out(waiting, workers, ahead)
            for worker in _awaited(workers, self.time_limit):
                ended = worker.deadline(self.time_limit) <= time.monotonic()
                number, result = (None, Lost.TIMEOUT) if ended else _receive(worker)
                if number is not None:
                    self._failed_starts = 0
                    _hand_out(waiting, workers, ahead)  # the caller may take its time
                    yield number, result
                elif isinstance(result, Lost):
                    culprit = self._bury(worker, waiting)
                    if culprit is not None:
                        yield culprit, result

    def heard(self) -> bool:
        """Tell whether a worker has something to say, for a caller with other things to do."""
        return bool(wait([worker.pipe for worker in self._workers], 0))

    def start(self) -> None:
        """Start the workers that are not there yet; they load while the caller goes on.

        Raises PoolError when none can be started.
        """
        while len(self._workers) < self.jobs:
            try:
                method = self.method or start_method()
                self._workers.append(_start(method, self.function, self.get_ready))
            except OSError as error:  # no more processes: go on with those there are
                if not self._workers:
                    raise PoolError from error
                self.jobs = len(self._workers)

    def _bury(self, worker: _Worker[Task], waiting: _Waiting[Task]) -> int | None:
        """End a worker, put back the tasks it had not begun, return the number of the lost one."""
        self._workers.remove(worker)
        _end(worker)
        self._failed_starts += not worker.ready
        if self._failed_starts >= _FAILED_STARTS:
            raise PoolError
        culprit = worker.tasks.popleft()[0] if worker.tasks and worker.ready else None
        waiting.put_back(worker.tasks)
        return culprit

    def close(self) -> None:
        """End all workers."""
        while self._workers:
            _end(self._workers.pop())


def _start(
    method: str, function: Callable[..., Any], get_ready: Callable[[], None] | None
) -> _Worker[Any]:
    context: Any = get_context(method)  # all contexts have the same factories
    mine, theirs = context.Pipe()
    process: BaseProcess = context.Process(
        target=_serve, args=(theirs, function, get_ready), daemon=True
    )
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


def _end(worker: _Worker[Task]) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(
    pipe: Connection, function: Callable[[Any], Any], get_ready: Callable[[], None] | None
) -> None:
    """Answer tasks until the parent is gone. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    threading.Thread(target=_follow_parent, daemon=True).start()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # a native crash's last words would only frighten
    if get_ready:
        get_ready()
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
    if parent is None or parent.pid is None:
        return
    if sys.platform == "linux":
        # Copies made later keep open what join() waits for to be closed.
        with contextlib.suppress(OSError):  # an old system, or already gone
            wait([os.pidfd_open(parent.pid)])
            os._exit(1)
    parent.join()
    os._exit(1)
