"""The letters that can be printed: the shipped ones with an installation's own laid over them.

A file is `letters/<kind>.<language>.yaml`; `letters/layout.typ` and `letters/layout.docx` lay every letter out, and an
installation's own layout, with its letterhead, takes the place of the shipped one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from collector.foundation.errors import BadInput, NotFound, NotReady, Problem
from collector.foundation.files import read_yaml
from collector.foundation.invalid import in_plain_words
from collector.texts.catalogue import LANGUAGE, shipped_templates
from collector.texts.letters.document import LetterWords
from collector.texts.letters.template import LetterTemplate, compile_letter
from collector.texts.rules import LetterKind, bare_language

FOLDER = "letters"
PDF_LAYOUT, DOCX_LAYOUT = "layout.typ", "layout.docx"


@dataclass(frozen=True, slots=True, eq=False)
class LetterCatalogue:
    """Every letter there is, by kind and language, and the two layouts."""

    _letters: Mapping[tuple[LetterKind, str], LetterTemplate]
    pdf_folder: Path
    """Where layout.typ stands, alone among what it may read."""
    docx_layout: Path

    @classmethod
    def load(cls, overlay: Path | None = None, shipped: Path | None = None) -> Self:
        """Reads and checks both folders; `overlay` is the setting `templates_dir`.

        Raises BadInput with every problem of every file, NotReady where a layout is missing.
        """
        folders = [folder / FOLDER for folder in (shipped or shipped_templates(), overlay) if folder]
        files = {path.name: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
        letters: dict[tuple[LetterKind, str], LetterTemplate] = {}
        problems: list[Problem] = []
        for _, path in sorted(files.items()):
            try:
                letter = read_letter(path)
            except BadInput as error:
                problems.extend(error.problems)
            else:
                letters[letter.kind, letter.language] = letter
        if problems:
            raise BadInput(problems=tuple(problems))
        return cls(letters, _layout(folders, PDF_LAYOUT).parent, _layout(folders, DOCX_LAYOUT))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({language for _, language in self._letters}))

    def letter(self, kind: LetterKind, language: str) -> LetterTemplate:
        """The letter, of the bare language where the region has none of its own; else NotFound."""
        found = self._letters.get((kind, language)) or self._letters.get((kind, bare_language(language)))
        if found is None:
            raise NotFound(f"there is no letter '{kind}' in language '{language}'")
        return found

    def kinds(self, language: str) -> tuple[LetterKind, ...]:
        """Those of a language, in the order of their words."""
        ours = {language, bare_language(language)}
        held = {kind for kind, own in self._letters if own in ours}
        return tuple(kind for kind in LetterKind if kind in held)


def read_letter(path: Path) -> LetterTemplate:
    """The letter in a file. Raises BadInput with everything that is wrong with it."""
    kind, _, language = path.stem.partition(".")
    if kind not in {one.value for one in LetterKind} or not LANGUAGE.fullmatch(language):
        raise BadInput(problems=(Problem("a letter is named letters/<kind>.<language>.yaml", file=path.name),))
    document = read_yaml(path)
    try:
        words = LetterWords.model_validate(document)
    except ValidationError as error:
        raise BadInput(
            problems=tuple(
                Problem(f"{'.'.join(map(str, one['loc']))} {in_plain_words(dict(one))}".strip(), file=path.name)
                for one in error.errors()
            )
        ) from error
    return compile_letter(words, LetterKind(kind), language, path.read_text("utf-8"), path.name)


def _layout(folders: list[Path], name: str) -> Path:
    """The installation's own, or the shipped one."""
    found = [folder / name for folder in folders if (folder / name).is_file()]
    if not found:
        raise NotReady("The layouts of letters are missing: install the package again.")
    return found[-1]
