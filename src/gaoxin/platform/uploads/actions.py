"""Taking a file."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.reading import kind_of
from gaoxin.words import Text

_LONGEST_NAME = 200


@action
def receive(
    reader: Reader, permission: Permission, organisation: Organisation, file: UploadedFile, *, purpose: str
) -> Upload:
    """Keep a table that was sent: an xlsx workbook or a CSV file, by its content, not by its name.

    Parameters
    ----------
    permission
        What the file is sent for, held at ``organisation``.
    purpose
        Which page reads it, for example ``firms``.
    """
    permit(reader, permission, organisation)
    if (file.size or 0) > settings.MAX_UPLOAD:
        most = settings.MAX_UPLOAD >> 20
        refuse("uploads.size", "file", Text(f"文件超过 {most} MB", f"the file is larger than {most} MB"))
    content = file.read()
    if not content:
        refuse("uploads.empty", "file", Text("文件是空的", "the file is empty"))
    kind = kind_of(content)
    if kind is None:
        refuse(
            "uploads.kind", "file",
            Text("既不是 xlsx 工作簿，也不是 CSV 文件", "this is neither an xlsx workbook nor a CSV file"),
            Text("请用 Excel 另存为 .xlsx 或 .csv", "save it in Excel as .xlsx or .csv"),
        )  # fmt: skip
    upload = Upload(
        organisation=organisation, user=reader.user, purpose=purpose, kind=kind, size=len(content),
        name=PurePath(file.name or "file").name[-_LONGEST_NAME:], sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )  # fmt: skip
    upload.save()
    record(reader, "uploads.receive", upload, organisation=organisation)
    return upload
