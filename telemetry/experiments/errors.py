"""
How an experiment says that something can't be done.
"""


class UnusableData(Exception):  # noqa: N818 - as the other named failures of this code base
    """
    What was given can't answer the question; `str(error)` is one sentence that says what to do.
    """
