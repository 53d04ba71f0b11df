"""The one exception for what a user can mend."""


class Fault(Exception):
    """Something is wrong with what we were given; the message says what, where, and the mend.

    The command line prints it without a traceback and exits with 1.
    """
