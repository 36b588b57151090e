"""Reading Parquet files: every value becomes the text that a mapping sees."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pdqi.errors import LoadError, Problem
from pdqi.ingest.headers import Preview
from pdqi.ingest.workbook import as_text

ROWS_AT_ONCE = 20_000


class ParquetFile:
    """One Parquet file; its column names are its header, and row 1 is its first row."""

    def __init__(self, path: Path) -> None:
        """Read what the file says about itself; raises `LoadError` for anything else."""
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                self._columns = list(file.schema_arrow.names)
        except (pa.ArrowException, OSError, ValueError) as error:
            what = "The file is not Parquet, or is damaged."
            raise LoadError(Problem(what, path.name, fix="Export it again.")) from error

    def previews(self) -> list[Preview]:
        """Return the column names as a row above the first."""
        return [[(0, self._columns)]]

    def rows(self, _reading: int) -> Iterator[tuple[int, Sequence[str]]]:
        """Give every row with its number, from 1."""
        row = 0
        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(ROWS_AT_ONCE):
                    columns = [_texts(column) for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        row += 1
                        yield row, cells
        except (pa.ArrowException, OSError) as error:
            what = "The file is damaged."
            raise LoadError(Problem(what, self._path.name, row, fix="Export it again.")) from error


def _texts(column: pa.Array) -> list[str]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return [value or "" for value in column.to_pylist()]
    return ["" if value is None else as_text(value) for value in column.to_pylist()]
