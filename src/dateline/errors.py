"""Expected errors: what a user can fix. Everything else is a bug and keeps its traceback."""


class DatelineError(Exception):
    """Base class of all expected errors.

    The message names the place, the value and the fix. The command line prints it without a
    traceback and exits with 1.
    """


class InvalidInputError(DatelineError, ValueError):
    """A file, an option or an argument is not valid."""


class NotFoundError(DatelineError, LookupError):
    """A document, an annotator, a release or a file that was asked for does not exist."""


class ConflictError(DatelineError):
    """Going on would overwrite or lose somebody's work, so nothing was written."""


class ServerError(DatelineError):
    """Label Studio, the Hub or a model's endpoint refused, failed, or could not be reached."""


class MissingExtraError(DatelineError, ImportError):
    """An optional dependency is not installed; the message names the extra and its packages."""
