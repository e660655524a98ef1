"""The one error that ends a service before it serves."""


class StartError(Exception):
    """A service can't start, and trying again won't help: it says so in one line and exits with code 1.

    Args:
        service: name of the service in logs.
        message: what is wrong, the setting that is at fault, and what to do; for the log of whoever runs the service.

    """

    def __init__(self, service: str, message: str) -> None:
        super().__init__(message)
        self.service = service
        self.message = message
