"""The one error that ends a service before it serves."""


class StartError(Exception):
    """A service can't start, and trying again won't help: it says so in one line and exits with code 1.

    Its message names the setting that is at fault, and says what to do; it is for whoever runs the service.
    """
