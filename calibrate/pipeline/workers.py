"""The same call in this process, in others of this machine, or on a Dask cluster."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import resource_tracker
from typing import TypeVar

from joblib import Parallel, delayed

from calibrate.errors import MachineError

T = TypeVar("T")
R = TypeVar("R")

#: Seconds to wait for a scheduler.
PATIENCE = 20
#: Tasks under way for each thread of the cluster: enough to keep it busy, few enough to hold.
AHEAD = 2


def map_on_machine(work: Callable[[T], R], tasks: Iterable[T], jobs: int) -> Iterator[R]:
    """Give answers as they come; with several processes in any order."""
    if jobs == 1:
        yield from map(work, tasks)
        return
    pool = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    with _defer_interrupt():
        answers = pool(delayed(work)(task) for task in tasks)
    yield from answers


@contextmanager
def _defer_interrupt() -> Iterator[None]:
    """Processes that start in here never see Ctrl-C, which goes to all: this one ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Up to Python 3.12 this helper of the standard library lifts the block when it starts.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def map_on_cluster(work: Callable[[T], R], tasks: Iterable[T], address: str) -> Iterator[R]:
    """Give answers as they come from the workers of a Dask cluster.

    Raises
    ------
    MachineError
        If distributed is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise MachineError(
            "--cluster needs the package distributed; install review-calibrate[cluster] "
            "here and on the workers"
        ) from error
    try:
        asyncio.run(_knock(address))
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise MachineError(
            f"--cluster {address}: no Dask scheduler answers there; start one with "
            "`dask scheduler` and give its address, such as tcp://10.0.0.5:8786"
        ) from error
    with client:
        n_threads = sum(client.nthreads().values())
        if not n_threads:
            raise MachineError(
                f"--cluster {address}: the scheduler has no workers; start some with "
                f"`dask worker {address}`"
            )
        waiting = iter(tasks)
        first = islice(waiting, AHEAD * n_threads)
        running = as_completed(
            [client.submit(work, task, pure=False) for task in first], loop=client.loop
        )
        for future in running:
            following = next(waiting, None)
            if following is not None:
                running.add(client.submit(work, following, pure=False))
            yield future.result()


async def _knock(address: str) -> None:
    """Connect once: a client that finds nobody goes on trying while it is thrown away."""
    from distributed.comm import connect
    from distributed.security import Security

    comm = await connect(address, timeout=PATIENCE, **Security().get_connection_args("client"))
    await comm.close()
