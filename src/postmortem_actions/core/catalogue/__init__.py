"""The catalogue of failure modes: rules as data, how they are recognised, checked and filled."""

from .catalogue import Catalogue
from .check import check_catalogue, check_rule
from .fields import Fault
from .match import RuleMatch, match_rules
from .rule import Rule, rule_from, slot_from

__all__ = [
    "Catalogue",
    "Fault",
    "Rule",
    "RuleMatch",
    "check_catalogue",
    "check_rule",
    "match_rules",
    "rule_from",
    "slot_from",
]
