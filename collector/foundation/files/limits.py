"""How much of a file is taken before it is refused (security.md section 2; the numbers are ours to set)."""

MAX_COLUMNS = 200
MAX_FIELD = 10 * 1024
"""Characters in one field."""
MAX_TABLE_BYTES = 8 * 1024**3
"""Of a CSV once unpacked: ten million accounts with room to spare."""
MAX_RATIO = 100
"""Unpacked size over packed size; honest tables stay under 30."""
RATIO_FREE_BYTES = 10 * 1024**2
"""A small file may be as repetitive as it likes."""
MAX_ZIP_BYTES = 200 * 1024**2
"""Sum of the unpacked parts of a workbook."""
MAX_SHEET_ROWS = 100_000
SHEET_MEMORY = 1024**3
"""Address space of the process that reads a workbook, bytes."""
SHEET_CPU_SECONDS = 60
MAX_YAML_BYTES = 256 * 1024
MAX_JSON_BYTES = 1024**2
MAX_HISTORY_BYTES = 16 * 1024**2
"""JSON that holds one person's history: tens of thousands of events."""
MAX_DEPTH = 40
"""Levels of nesting in YAML and JSON."""
BATCH_ROWS = 20_000
