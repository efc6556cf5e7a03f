"""
The gauge itself: what counts as a wait, as flicker and as a fight.
"""

from tests.editor.gauge import Frame, Key, Seen


def seen(*events: tuple[int, str]) -> Seen:
    """
    Keys as `+x`, everything else is the ghost text from then on.
    """
    keys = tuple(Key(at, what[1:]) for at, what in events if what.startswith("+"))
    frames = tuple(Frame(at, what, False, "") for at, what in events if not what.startswith("+"))
    return Seen(frames, keys)


def test_a_wait_lasts_from_the_last_key_to_the_text() -> None:
    """
    Only keys that a pause follows count.
    """
    watched = seen((0, "+a"), (100, "+b"), (550, "rest"), (2000, "+c"), (2300, "more"), (2400, ""))

    assert watched.waits_ms(pause_ms=800) == [450, 300]


def test_typing_as_offered_is_no_flicker() -> None:
    """
    The text loses its front, one key at a time or two.
    """
    assert seen((0, "rest"), (200, "+r"), (210, "est"), (300, "+e"), (400, "+s"), (410, "t")).flickers() == []


def test_text_that_turns_into_other_text_flickers() -> None:
    """
    Without a gap it is under the eye.
    """
    assert seen((0, "rest"), (500, "risk")).flickers() == [("rest", "risk")]


def test_text_that_goes_and_comes_back_flickers() -> None:
    """
    Whether a key was typed meanwhile or not.
    """
    assert seen((0, "rest"), (100, ""), (200, "rest")).flickers() == [("rest", "rest")]
    assert seen((0, "rest"), (100, "+r"), (110, ""), (200, "est")).flickers() == [("rest", "est")]


def test_other_text_after_other_typing_does_not() -> None:
    """
    The first one was refuted, and gone before the second came.
    """
    assert seen((0, "rest"), (100, "+x"), (110, ""), (500, "tra")).flickers() == []


def test_ghost_text_that_goes_on_from_the_menu_is_no_fight() -> None:
    """
    Any other beside an open menu is.
    """
    agreeing = Frame(0, "uce(add)", True, "reduce")
    fighting = Frame(1, "map(double)", True, "reduce")

    assert Seen((agreeing, fighting), ()).fights() == [fighting]
