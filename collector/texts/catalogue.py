"""The catalogue: the shipped templates with an installation's own laid over them, all checked when it is loaded.

A file is `sms/<language>/<name>.j2` in either folder; one in the overlay takes the place of the shipped one of the
same language and name, or adds a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from collector.foundation.errors import BadInput, NotFound, NotReady, Problem
from collector.texts.rules import MAX_SOURCE_BYTES, Value, bare_language
from collector.texts.template import Template, check, read_template

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def shipped_templates() -> Path:
    """The folder `templates`: `collector/_templates` of an installed package, or beside `collector` in a checkout.

    Raises NotReady where neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise NotReady("The shipped templates are missing: install the package again.")


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Every text that can be sent, by language and name. Read once: what was found out about it can be kept by it."""

    _templates: Mapping[tuple[str, str], Template]
    _own: frozenset[tuple[str, str]] = frozenset()
    """Those of the overlay."""

    @classmethod
    def load(cls, overlay: Path | None = None, shipped: Path | None = None) -> Self:
        """Reads and checks both folders; `overlay` is the setting `templates_dir`.

        Raises BadInput with every problem of every file.
        """
        own = _files(overlay) if overlay else {}
        files = _files(shipped or shipped_templates()) | own
        templates: dict[tuple[str, str], Template] = {}
        problems: list[Problem] = []
        for (language, name), path in sorted(files.items()):
            try:
                templates[language, name] = _read(path, name, language)
            except BadInput as error:
                problems.extend(error.problems)
        if problems:
            raise BadInput(problems=tuple(problems))
        return cls(templates, frozenset((language, name) for language, name in own))

    def laid_over(self, sources: Mapping[tuple[str, str], str]) -> Catalogue:
        """The same with these whole texts, by language and name, in the place of its own. One that does not pass the
        checks, which may be stricter than when it was agreed to, is left out: what nobody could agree to now is not
        sent, and neither is the text that it replaced."""
        templates = dict(self._templates)
        for (language, name), source in sources.items():
            templates.pop((language, name), None)
            if not check(source, language):
                templates[language, name] = read_template(source, name, language)
        return Catalogue(templates)

    @property
    def digests(self) -> dict[str, str]:
        """ "language/name" → the beginning of the SHA-256 of its text: what changed when a text was changed."""
        return {f"{language}/{name}": template.digest for (language, name), template in sorted(self._templates.items())}

    @property
    def own_digests(self) -> dict[str, str]:
        """The same of the texts that the installation laid over the shipped ones, or added."""
        return {name: digest for name, digest in self.digests.items() if tuple(name.split("/")) in self._own}

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({language for language, _ in self._templates}))

    def names(self, language: str) -> tuple[str, ...]:
        """The names that exist in a language, in order."""
        return tuple(sorted(name for held, name in self._templates if held == language))

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())

    def check(self, source: str, language: str = "") -> list[Problem]:
        """What is wrong with the whole text of a template that is not in the catalogue yet; empty: nothing."""
        return check(source, language)

    def problems(self, names: Iterable[str], languages: Iterable[str]) -> list[Problem]:
        """What stops a strategy that uses these names in these languages: every template that does not exist."""
        wanted = [(name, language) for language in languages for name in names]
        return [
            Problem(f"there is no template '{name}' in language '{language}'")
            for name, language in dict.fromkeys(wanted)
            if self._find(name, language) is None
        ]

    def exact(self, name: str, language: str) -> Template | None:
        """The text of exactly this language and name, if there is one."""
        return self._templates.get((language, name))

    def template(self, name: str, language: str) -> Template:
        """The template, of the bare language where the region has none of its own (`zh-CN` → `zh`); else NotFound."""
        found = self._find(name, language)
        if found is None:
            raise NotFound(f"There is no template '{name}' in language '{language}'.")
        return found

    def render(self, name: str, language: str, values: Mapping[str, Value]) -> str:
        """The finished text; see `Template.render`. Raises NotFound, BadInput."""
        return self.template(name, language).render(values)

    def _find(self, name: str, language: str) -> Template | None:
        exact = self._templates.get((language, name))
        return exact or self._templates.get((bare_language(language), name))


def _files(folder: Path) -> dict[tuple[str, str], Path]:
    if not folder.is_dir():
        raise BadInput(f"The folder of templates '{folder}' does not exist.")
    files = {(path.parent.name, path.stem): path for path in sorted(folder.glob("sms/*/*.j2"))}
    for (language, name), path in files.items():
        if not NAME.fullmatch(name) or not LANGUAGE.fullmatch(language):
            raise BadInput(problems=(Problem("a template is named sms/<language>/<name>.j2", file=_label(path)),))
    return files


def _read(path: Path, name: str, language: str) -> Template:
    file = _label(path)
    with path.open("rb") as stream:
        # One byte over the limit is enough to be refused, however large the file is.
        raw = stream.read(MAX_SOURCE_BYTES + 1)
    try:
        source = raw.decode("utf-8-sig") if len(raw) <= MAX_SOURCE_BYTES else "x" * len(raw)
    except UnicodeDecodeError as error:
        raise BadInput(problems=(Problem("this is not UTF-8", file=file),)) from error
    return read_template(source, name, language, file)


def _label(path: Path) -> str:
    return "/".join(path.parts[-3:])
