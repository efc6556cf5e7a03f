"""
What leaves a machine tells neither the minute nor the moment of anything.
"""

from hypothesis import given

from telemetry.envelope import Event, Stamp, to_dict
from telemetry.events import Body
from telemetry.sinks.privacy import HOUR_MS, daily_sums, for_export
from telemetry.vocabulary import Basis
from tests.support.events import ORIGIN, SUBJECT, bodies, tick

DAY_MS = 24 * HOUR_MS


def event(body: Body, ts: int = 5 * DAY_MS + 12_345_678) -> Event:
    stamp = Stamp(event_id="01890a5d-ac96-774b-bcce-b302099a8057", ts=ts, basis=Basis.CLIENT, dropped_before=0)
    return Event(stamp=stamp, origin=ORIGIN, subject=SUBJECT, body=body)


@given(bodies)
def test_every_moment_is_cut_to_the_hour(body: Body) -> None:
    """
    In events of every kind; durations stay as they are.
    """
    before, after = to_dict(event(body)), for_export(to_dict(event(body)))
    for name, value in after.items():
        if (name == "ts" or name.endswith("_ts")) and value is not None:
            assert value % HOUR_MS == 0
            assert 0 <= before[name] - value < HOUR_MS
        elif name.endswith("_ms"):
            assert value == before[name]


@given(bodies)
def test_no_id_keeps_its_time(body: Body) -> None:
    """
    Ids begin with a millisecond; none of them leaves as it is, and the same id stays the same.
    """
    once, again = for_export(to_dict(event(body))), for_export(to_dict(event(body)))
    assert once == again
    assert "01890a5d" not in str(once)
    assert once["event_id"] != to_dict(event(body))["event_id"]


def test_pseudonyms_stay() -> None:
    """
    They are keyed already, and tie events to a person of whom nothing else is known.
    """
    assert for_export(to_dict(tick(7)))["dev_id"] == ORIGIN.dev_id


def test_daily_sums_hold_no_single_event() -> None:
    """
    A hundred ticks of two days are two rows.
    """
    events = [to_dict(tick(number, ts=number // 50 * DAY_MS)) for number in range(100)]
    rows = daily_sums(events)
    assert [(row["day"], row["events"]) for row in rows] == [("1970-01-01", 50), ("1970-01-02", 50)]
    assert rows[0]["sums"]["active_ms"] == sum(range(50))
    assert "event_id" not in str(rows)
