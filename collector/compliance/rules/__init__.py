"""The gate: pure rules over a contact, a person's facts and a moment."""

from collector.compliance.rules.carrier import content_class
from collector.compliance.rules.case import Capabilities
from collector.compliance.rules.contact import Contact, NumberKind, Purpose, Role, Whom
from collector.compliance.rules.judge import judge
from collector.compliance.rules.openings import Stretch, stretches
from collector.compliance.rules.pack import Pack, Recording, Rule
from collector.compliance.rules.policy import FUNCTIONS, Policy, compile_policy, parameters_of
from collector.compliance.rules.retention import REMOVABLE, Retained, Since, Term
from collector.compliance.rules.stops import TREATED_UNTIL
from collector.compliance.rules.uses import Use, uses
from collector.compliance.rules.verdict import ALLOWED, Answer, Fired, Verdict

__all__ = [
    "ALLOWED",
    "FUNCTIONS",
    "REMOVABLE",
    "TREATED_UNTIL",
    "Answer",
    "Capabilities",
    "Contact",
    "Fired",
    "NumberKind",
    "Pack",
    "Policy",
    "Purpose",
    "Recording",
    "Retained",
    "Role",
    "Rule",
    "Since",
    "Stretch",
    "Term",
    "Use",
    "Verdict",
    "Whom",
    "compile_policy",
    "content_class",
    "judge",
    "parameters_of",
    "stretches",
    "uses",
]
