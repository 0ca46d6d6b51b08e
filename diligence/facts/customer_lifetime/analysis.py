"""The analysis of customer lifetime: all families of its facts, in their order."""

from diligence.dataroom.room import Room
from diligence.errors import InputError, Problem
from diligence.facts.analysis import Analysis, Check
from diligence.facts.catalogue import catalogue
from diligence.facts.customer_lifetime.exposure import clauses, losses_at_risk, recent_months, renewals
from diligence.facts.customer_lifetime.reasons import reasons
from diligence.facts.customer_lifetime.returning import returning
from diligence.facts.customer_lifetime.scope import NOTHING, Lifetimes
from diligence.facts.customer_lifetime.staying import retention_curve, survival
from diligence.facts.customer_lifetime.worth import worth
from diligence.facts.new_sheet import new_sheet
from diligence.periods import month_index, window_label

NAME = "02_customer_lifetime"


def customer_lifetime(room: Room, *, segment_by: str = "", discount_rate: float = 0.10) -> Analysis:
    """Compute the facts of customer lifetime.

    Parameters
    ----------
    room
        An open room.
    segment_by
        Column of ``customers`` to cut by; blank takes the deal file's.
    discount_rate
        A year, for lifetime values.

    Returns
    -------
    Analysis
        Facts; frames ``survival, survival_segments, cuts, reasons, retention_curve, renewal_loss, values, clauses, losses, recent, active``
        (those that could be assessed); and the checks that must hold.

    Examples
    --------
    >>> found = customer_lifetime(open_room("demo"))  # doctest: +SKIP
    """
    if not 0 <= discount_rate < 1:
        raise InputError(Problem("a discount rate of 0 to below 1", str(discount_rate), "set discount_rate = 0.10", key="discount_rate"))
    months = month_index(room.month) - month_index(room.first_month) + 1
    sheet = new_sheet(room, NAME, period=window_label(room.month, max(months, 1)))
    scope = Lifetimes(room, sheet, segment_by, discount_rate)
    frames = survival(scope)
    caused, checks = reasons(scope)
    frames |= caused | retention_curve(scope) | worth(scope) | renewals(scope) | clauses(scope) | losses_at_risk(scope)
    frames |= recent_months(scope) | returning(scope)
    metrics = [name for name in catalogue() if name.startswith("lifetime.")]
    sheet.complete(metrics, NOTHING if scope.cube.empty else "too few customers were followed for long enough")
    return Analysis(NAME, room.deal, sheet.frame(), frames, (*checks, *_checks(scope)))


def _checks(scope: Lifetimes) -> list[Check]:
    """Every account with recurring revenue has one life, and those that stand today stand in the revenue of the last month."""
    lives = scope.lives
    accounts = scope.positive_accounts
    return [Check("every account with recurring revenue has one life", float(len(lives)), float(accounts), 0.0)]
