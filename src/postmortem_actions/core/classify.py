"""What the text of an action delivers, and what is usual for such an action (data/forms.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .catalogue.fields import Fault, Fields
from .catalogue.match import said
from .policy import Category, CheckType, Effort, Form, Impact, Strength
from .text.phrases import Phrase
from .text.words import Words, tokens


@dataclass(frozen=True, slots=True)
class Family:
    """How actions of a kind are shown to be done; texts are templates with slots."""

    done_when: tuple[str, ...]
    method: str
    success: str


@dataclass(frozen=True, slots=True)
class FormEntry:
    """One form: what shows it, and what is usual for it. ``elsewhere`` names the phrases that put such an action into
    another category."""

    form: Form
    phrases: tuple[Phrase, ...]
    category: Category
    effort: Effort
    strength: Strength
    impact: Impact
    family: Family
    elsewhere: tuple[tuple[Category, tuple[Phrase, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """Verifications of a type: by words of the method, by the action's form, by the language of the artifact that checks
    (what is empty fits all)."""

    type: CheckType
    phrases: tuple[Phrase, ...]
    forms: tuple[Form, ...]
    languages: tuple[str, ...]

    def fits(self, form: Form, method: Words, language: str) -> bool:
        """Whether all that it asks for is so."""
        return (
            (not self.phrases or bool(said(self.phrases, method)))
            and (not self.forms or form in self.forms)
            and (not self.languages or language in self.languages)
        )


@dataclass(frozen=True, slots=True)
class FormTable:
    """All forms in the order in which they are tried, and the remarks on weak or vague wording."""

    entries: tuple[FormEntry, ...]
    remarks: tuple[tuple[tuple[Phrase, ...], str], ...]
    types: tuple[TypeEntry, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> tuple[FormTable, list[Fault]]:
        """Build from plain data; the faults name the keys that are wrong."""
        faults: list[Fault] = []
        fields = Fields(data, faults)
        families = {}
        for name, below in fields.named_children("families"):
            families[name] = Family(below.texts("done_when"), below.text("method"), below.text("success"))
            below.finish()
        entries = []
        for name, below in fields.named_children("forms"):
            if name not in {form.value for form in Form}:
                below.fault(f"no form is called {name!r}")
                continue
            family = below.text("family")
            if family not in families:
                below.fault(f"no family is called {family!r}", "family")
                continue
            entries.append(
                FormEntry(
                    Form(name), below.phrases("phrases"), below.choice("category", Category), below.choice("effort", Effort),
                    below.choice("strength", Strength), below.choice("impact", Impact), families[family],
                    _elsewhere(below),
                )
            )  # fmt: skip
            below.finish()
        remarks = []
        for below in fields.children("remarks"):
            remarks.append((below.phrases("phrases"), below.text("remark")))
            below.finish()
        types = []
        for below in fields.children("verifications"):
            types.append(
                TypeEntry(
                    below.choice("type", CheckType), below.phrases("methods"), below.choices("forms", Form), below.texts("languages")
                )
            )  # fmt: skip
            below.finish()
        return cls(tuple(entries), tuple(remarks), tuple(types)), faults

    def type_of(self, form: Form, method: str, language: str) -> CheckType:
        """How a verification is made: the first entry that fits, a drill where none does."""
        words = tokens(method)
        return next((one.type for one in self.types if one.fits(form, words, language)), CheckType.DRILL)

    def classify(self, text: str) -> FormEntry:
        """The first form one of whose phrases stands in the text; the last entry where none does."""
        words = tokens(text)
        entry = next((entry for entry in self.entries if said(entry.phrases, words)), self.entries[-1])
        other = next((category for category, phrases in entry.elsewhere if said(phrases, words)), None)
        return replace(entry, category=other) if other is not None else entry

    def remarks_on(self, text: str) -> tuple[str, ...]:
        """What is weak or vague in the wording."""
        words = tokens(text)
        return tuple(remark for phrases, remark in self.remarks if said(phrases, words))


def _elsewhere(fields: Fields) -> tuple[tuple[Category, tuple[Phrase, ...]], ...]:
    below = fields.child("elsewhere")
    if below is None:
        return ()
    found = tuple((category, below.phrases(category.value)) for category in Category)
    below.finish()
    return tuple((category, phrases) for category, phrases in found if phrases)
