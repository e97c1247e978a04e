"""Makes templates/letters/layout.docx, the layout of letters as DOCX: run it again after changing it here.

An installation that wants its own letterhead edits a copy of the file and puts it into its folder of templates.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

TARGET = Path(__file__).resolve().parent.parent / "templates" / "letters" / "layout.docx"
EPOCH = (1980, 1, 1, 0, 0, 0)


def line(document: DocumentFile, text: str, size: int = 11, *, bold: bool = False, centred: bool = False) -> Paragraph:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def table(document: DocumentFile) -> None:
    """As many columns as a row has cells."""
    grid = document.add_table(rows=3, cols=3)
    grid.style = "Table Grid"
    grid.cell(0, 0).text = "{%tr for row in block.rows %}"
    for place, text in enumerate(("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}")):
        grid.cell(1, place).text = text
    grid.cell(2, 0).text = "{%tr endfor %}"
    for cell in grid._tbl.iter(qn("w:tcW")):
        cell.set(qn("w:type"), "auto")
        cell.set(qn("w:w"), "0")


def blocks(document: DocumentFile, of: str) -> None:
    line(document, f"{{%p for block in {of} %}}")
    line(document, "{%p if block.kind == 'text' %}")
    line(document, "{{ block.text }}")
    line(document, "{%p endif %}")
    line(document, "{%p if block.kind == 'heading' %}")
    line(document, "{{ block.text }}", bold=True)
    line(document, "{%p endif %}")
    line(document, "{%p if block.kind == 'lines' %}")
    line(document, "{%p for row in block.rows %}")
    line(document, "{%p for cell in row %}")
    line(document, "{{ cell }}")
    line(document, "{%p endfor %}")
    line(document, "{%p endfor %}")
    line(document, "{%p endif %}")
    line(document, "{%p if block.kind == 'pairs' or block.kind == 'rows' %}")
    table(document)
    line(document, "{%p endif %}")
    line(document, "{%p endfor %}")


def lines(document: DocumentFile, of: str, size: int = 11) -> None:
    line(document, f"{{%p for one in {of} %}}")
    line(document, "{{ one }}", size)
    line(document, "{%p endfor %}")


def made() -> bytes:
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = "Times New Roman"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    lines(document, "sender", 9)
    line(document, "{{ title }}", 17, bold=True, centred=True)
    lines(document, "to")
    blocks(document, "body")
    lines(document, "signed")
    line(document, "{%p if slip %}")
    line(document, "{{ labels.cut }}", 8, centred=True)
    line(document, "- " * 60, 8, centred=True)
    line(document, "{{ slip.title }}", 14, bold=True, centred=True)
    line(document, "{{ labels.number }}{{ number }}", 9)
    blocks(document, "slip.body")
    line(document, "{%p endif %}")
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("{{ labels.number }}{{ number }}").font.size = Pt(8)
    document.core_properties.created = document.core_properties.modified = datetime(*EPOCH)  # noqa: DTZ001
    document.core_properties.author = ""
    document.core_properties.comments = ""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def main() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as source, zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename, EPOCH), source.read(part), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
