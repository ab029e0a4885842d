# SPDX-License-Identifier: Apache-2.0
"""A status other than OK as an exception."""
from __future__ import annotations

import threading

from .codes import Layer, Status, StatusClass
from .library import lib, word


class Error(Exception):
    """Why a call failed. A host's own callback raises one to answer with its status.

    status, message, and the failing layer's own number: `code`, of `origin`. `known` is what is known of the password
    all the same, where a call tells that: a Reply, or a SetResult.
    """

    known: object = None

    def __init__(self, status: Status, message: str = "", layer: Layer = Layer.PWWB,
                 code: int = 0) -> None:
        super().__init__(f"{word(lib.pwwb_status_name(status))}: {message}".rstrip(": "))
        self.status, self.message, self.layer, self.code = Status(status), message, layer, code

    @property
    def name(self) -> str:
        """PWWB_E_TIMEOUT, say."""
        return word(lib.pwwb_status_name(self.status))

    @property
    def status_class(self) -> StatusClass:
        """What one does about it."""
        return StatusClass(lib.pwwb_status_class(self.status))


class _Raised(threading.local):
    """What a callback raised while this thread was in a call."""

    error: BaseException | None = None


raised = _Raised()


def call(name: str, *arguments: object) -> None:
    """Call pwwb_<name>, its error object added; anything but OK is an Error.

    What a callback raised meanwhile is its cause. An interrupt goes on as what it is.
    """
    err, outer, raised.error = lib.pwwb_error_new(), raised.error, None
    try:
        status = getattr(lib, "pwwb_" + name)(*arguments, err)
        cause, raised.error = raised.error, None
        if cause is not None and not isinstance(cause, Exception):
            raise cause
        if status != Status.OK:
            raise Error(Status(status), word(lib.pwwb_error_message(err)), Layer(lib.pwwb_error_layer(err)),
                        lib.pwwb_error_code(err)) from cause
    finally:
        raised.error = outer
        lib.pwwb_error_free(err)
