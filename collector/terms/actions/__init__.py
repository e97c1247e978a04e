"""Terms proposed, agreed to, offered, signed, settled, withdrawn; advances booked. None of them commits."""

from collector.terms.actions.advancing import advances_of, book_advances
from collector.terms.actions.carrying import approve, offer, reject, sign, withdraw
from collector.terms.actions.closing import close, finish_closing
from collector.terms.actions.moving import move
from collector.terms.actions.proposing import Order, drafted, propose, terms_body
from collector.terms.actions.settling import lapse_overdue, settle

__all__ = [
    "Order",
    "advances_of",
    "approve",
    "book_advances",
    "close",
    "drafted",
    "finish_closing",
    "lapse_overdue",
    "move",
    "offer",
    "propose",
    "reject",
    "settle",
    "sign",
    "terms_body",
    "withdraw",
]
