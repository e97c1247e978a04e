"""Files from strangers, read without trust; files for people, written whole or not at all.

Limits and their reasons: security.md section 2, rows XLSX, YAML/JSON/CSV and formula cells. Every refusal is
a `BadInput` that names the file and, where there is one, the line, the column, the reason and what to do.
"""

from collector.foundation.files.documents import read_json, read_yaml, read_yaml_with_lines
from collector.foundation.files.rows import Batch
from collector.foundation.files.tables import Table, read_table
from collector.foundation.files.writing import replace_file, safe_cell, write_csv, write_xlsx

__all__ = [
    "Batch",
    "Table",
    "read_json",
    "read_table",
    "read_yaml",
    "read_yaml_with_lines",
    "replace_file",
    "safe_cell",
    "write_csv",
    "write_xlsx",
]
