"""What a process can no longer do: open a connection, write a file, use more memory, keep it, live past its time.

Knows nothing of queries. Each function binds the process that calls it, and whatever that process forks.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
from pathlib import Path

PAGE = resource.getpagesize()
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
# By machine: the kernel's name for it, and the numbers of `socket`, `connect` and `io_uring_setup`.
SYSTEM_CALLS = {"x86_64": (0xC000003E, (41, 42, 425)), "aarch64": (0xC00000B7, (198, 203, 425))}
FOREIGN = 0x40000000  # where the numbers of the x32 calls begin, by which the same could be had

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EACCES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _program(machine: int, refused: tuple[int, ...]) -> list[bytes]:
    """Classic BPF over the number of a system call: those refused, and any of another machine, fail with EACCES."""
    lines = [
        _instruction(LOAD, 4),
        _instruction(EQUAL, machine, 0, len(refused) + 3),
        _instruction(LOAD, 0),
        _instruction(AT_LEAST, FOREIGN, len(refused) + 1),
    ]
    lines += [_instruction(EQUAL, call, len(refused) - place) for place, call in enumerate(refused)]
    return [*lines, _instruction(RETURN, ALLOW), _instruction(RETURN, DENY)]


def without_network() -> bool:
    """Give up opening sockets for good, where the kernel allows to; whether it did, as tried out."""
    known = SYSTEM_CALLS.get(platform.machine())
    if sys.platform == "linux" and known is not None:
        lines = _program(*known)
        program = _Program(len(lines), b"".join(lines))
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    try:
        with socket.socket():
            return False
    except PermissionError:
        return True


def memory_in_use() -> int:
    """The address space of this process in bytes; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE
    return 0


def give_memory_back() -> None:
    """Return what is free to the system, where the C library knows how to."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def limit_memory(size: int) -> None:
    """Let the process use so many bytes more than now: past them an allocation fails, which ends it."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = memory_in_use() + size
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):  # systems that know no such limit
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def leave_nothing_behind() -> None:
    """Write no core dump, no file, no word to the terminal."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def end_after(seconds: float) -> None:
    """Have the kernel end this process then, whatever it is doing and whoever else has gone; 0 takes that back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
