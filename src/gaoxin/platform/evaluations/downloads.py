"""Files of a run: the bundle that ``gaoxin verify`` checks, and the reports, made from the stored results."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator

from django.http import Http404
from platformdirs import user_cache_path

from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.evaluations.results import result_of
from gaoxin.platform.language import language
from gaoxin.reports import page, word, workbook

_PIECE = 1 << 20
KINDS = {
    "bundle": ("zip", "application/zip"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": ("html", "text/html; charset=utf-8"),
}


def made(run: Evaluation, what: str) -> tuple[bytes | Iterator[bytes], str, str]:
    """The content, the file name and the media type of a download; 404 for what there is not."""
    if what not in KINDS:
        raise Http404
    ending, kind = KINDS[what]
    name = f"evaluation-{run.period}-{run.pk}.{ending}"
    if what == "bundle":
        return bundle(run), name, kind
    result, tongue = result_of(run), language()
    if what == "xlsx":
        return workbook.render(result, tongue), name, kind
    if what == "docx":
        return word.render(result, tongue), name, kind
    library = page.vega_bundle(user_cache_path("gaoxin", ensure_exists=False))
    return page.render(result, tongue, bundle=library).encode(), name, kind


def bundle(run: Evaluation) -> Iterator[bytes]:
    """Manifest, results and inputs in one archive: unpacked anywhere, ``gaoxin verify`` evaluates it again.

    It is made on the disk when the first piece is asked for, and sent in pieces: inputs can be large.
    """
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(run.path.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(run.path).as_posix())
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
