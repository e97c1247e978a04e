"""Files from strangers, read without trust; files for people, written whole or not at all.

Limits and their reasons: security.md section 2, rows XLSX, YAML/JSON/CSV and formula cells. Every refusal is
a `BadInput` that names the file and, where there is one, the line, the column, the reason and what to do.
"""

from collector.foundation.files.delimited import UTF8
from collector.foundation.files.documents import flow_yaml, read_json, read_yaml, read_yaml_with_lines, write_yaml
from collector.foundation.files.manner import Manner, manner_of
from collector.foundation.files.rows import Batch
from collector.foundation.files.spans import Span, comments_in, spans_of
from collector.foundation.files.tables import Table, read_table
from collector.foundation.files.writing import (
    Sheet,
    plain_cell,
    replace_file,
    safe_cell,
    write_csv,
    write_sheets,
    write_xlsx,
)

__all__ = [
    "UTF8",
    "Batch",
    "Manner",
    "Sheet",
    "Span",
    "Table",
    "comments_in",
    "flow_yaml",
    "manner_of",
    "plain_cell",
    "read_json",
    "read_table",
    "read_yaml",
    "read_yaml_with_lines",
    "replace_file",
    "safe_cell",
    "spans_of",
    "write_csv",
    "write_sheets",
    "write_xlsx",
    "write_yaml",
]
