"""A fork server that the system grants no process."""

import errno
import os
import sys

from services.common.decoding.decoder_process import serve


def _refuse() -> int:
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


if __name__ == "__main__":
    os.fork = _refuse
    serve(int(sys.argv[1]))
