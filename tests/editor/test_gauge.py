"""
The gauge itself: what counts as a wait, as flicker and as a fight.
"""

from tests.editor.gauge import Frame, Key, Seen


def seen(*events: tuple[int, str]) -> Seen:
    """
    Keys as `+x`; everything else is the line from then on, with `|` between what was typed and what is offered.
    """
    keys = tuple(Key(at, what[1:]) for at, what in events if what.startswith("+"))
    frames = tuple(frame(at, what) for at, what in events if not what.startswith("+"))
    return Seen(frames, keys)


def frame(at: int, marked: str) -> Frame:
    """
    A frame without a menu.
    """
    ghost = marked.partition("|")[2]
    return Frame(at, ghost, marked.replace("|", "") if ghost else "", False, "")


def test_a_wait_lasts_from_the_last_key_to_the_text() -> None:
    """
    Only keys that a pause follows count, and only where nothing was in sight.
    """
    watched = seen((0, "+a"), (100, "+b"), (550, "ab|rest"), (1900, "ab"), (2000, "+c"), (2300, "abc|d"), (4000, "+d"))

    assert watched.waits_ms(pause_ms=800) == [450, 300]


def test_typing_as_offered_is_no_flicker() -> None:
    """
    The line stays the same, whoever wrote which part of it.
    """
    assert seen((0, "a |rest"), (200, "+r"), (210, "a r|est"), (300, "+e"), (310, "a re|st")).flickers() == []


def test_text_that_turns_into_other_text_flickers() -> None:
    """
    Without a gap it is under the eye.
    """
    assert seen((0, "a |rest"), (500, "a |risk")).flickers() == [("a rest", "a risk")]


def test_text_that_goes_and_comes_back_blinks() -> None:
    """
    Whether a key was typed meanwhile or not; for so long it was away.
    """
    assert seen((0, "a |rest"), (100, ""), (200, "a |rest")).blinks_ms() == [100]
    assert seen((0, "a |rest"), (100, "+r"), (110, ""), (200, "a r|est")).blinks_ms() == [90]


def test_other_text_after_other_typing_is_neither() -> None:
    """
    The first one was refuted, and gone before the second came.
    """
    watched = seen((0, "a |rest"), (100, "+x"), (110, ""), (500, "a x|tra"))

    assert (watched.flickers(), watched.blinks_ms()) == ([], [])


def test_ghost_text_that_goes_on_from_the_menu_is_no_fight() -> None:
    """
    Any other beside an open menu is, unless it is gone in a moment.
    """
    agreeing = Frame(0, "uce(add)", "reduce(add)", True, "reduce")
    passing = Frame(1000, "map(double)", "map(double)", True, "reduce")
    fighting = Frame(1100, "map(triple)", "map(triple)", True, "reduce")

    assert Seen((agreeing, passing, fighting, frame(2000, "")), ()).fights() == [fighting]
