"""Matters after referral: stages, days at court, costs and packages for counsel, each with what follows from it."""

from collector.casework.actions.matters.calendar import CalendarLine, CalendarRead, load_calendar, read_calendar
from collector.casework.actions.matters.costs import CostOrder, book_costs, note_cost, strike_cost
from collector.casework.actions.matters.days import DateOrder, end_court_date, note_court_date, raise_court_alarms
from collector.casework.actions.matters.packages import note_receipt
from collector.casework.actions.matters.stages import enter_stage, strike_stage

__all__ = [
    "CalendarLine",
    "CalendarRead",
    "CostOrder",
    "DateOrder",
    "book_costs",
    "end_court_date",
    "enter_stage",
    "load_calendar",
    "note_cost",
    "note_court_date",
    "note_receipt",
    "raise_court_alarms",
    "read_calendar",
    "strike_cost",
    "strike_stage",
]
