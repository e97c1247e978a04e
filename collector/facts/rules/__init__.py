"""Pure rules of the facts: the frozen view, and how it follows from the records."""

from collector.facts.rules.blank import BLANK
from collector.facts.rules.contacts import EVENT_DAYS, may_have_asked
from collector.facts.rules.negotiating import Negotiator, negotiator_of
from collector.facts.rules.person import Built, build_person, zones_of
from collector.facts.rules.spell import spell_since
from collector.facts.rules.words import (
    NO_EXTRA,
    AccountFacts,
    Asked,
    Attention,
    Callback,
    Event,
    Extra,
    Kind,
    Mark,
    OfferFact,
    PersonBody,
    PersonFacts,
    Phone,
    PromiseFact,
    RoundCall,
    Standing,
    body_decoder,
    body_encoder,
    days_to_lapse,
    extra_of,
    lateness,
)

__all__ = [
    "BLANK",
    "EVENT_DAYS",
    "NO_EXTRA",
    "AccountFacts",
    "Asked",
    "Attention",
    "Built",
    "Callback",
    "Event",
    "Extra",
    "Kind",
    "Mark",
    "Negotiator",
    "OfferFact",
    "PersonBody",
    "PersonFacts",
    "Phone",
    "PromiseFact",
    "RoundCall",
    "Standing",
    "body_decoder",
    "body_encoder",
    "build_person",
    "days_to_lapse",
    "extra_of",
    "lateness",
    "may_have_asked",
    "negotiator_of",
    "spell_since",
    "zones_of",
]
