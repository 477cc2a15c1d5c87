"""What went wrong, said with place and remedy on standard error; the exit code is 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gaoxin.cli.language import language, tr


@contextmanager
def report() -> Iterator[None]:
    """Turn the errors that gaoxin raises on purpose into messages; anything else is a defect and says so."""
    try:
        yield
    except KeyboardInterrupt:
        print(tr("已中断，没有写入任何文件", "interrupted, nothing was written"), file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is wrong with the run.
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        lines = _lines(error)
        if lines is None:
            raise
        for line in lines:
            print(line, file=sys.stderr)
        sys.exit(2)


def _lines(error: Exception) -> list[str] | None:
    """The message of an error that is part of the interface; None for a defect."""
    from gaoxin.engines.errors import EngineError
    from gaoxin.evaluation.errors import EvaluationError
    from gaoxin.problems import InputError
    from gaoxin.rulebook.findings import BookError

    spoken = language()
    if isinstance(error, InputError):
        label = {"error": tr("错误", "error"), "warning": tr("警告", "warning"), "info": tr("提示", "note")}
        separator = tr("：", ": ")
        return [
            f"{label[p.severity]}{separator}"
            + separator.join(part for part in (p.place(spoken), p.message.say(spoken)) if part)
            + (f"\n    → {p.remedy.say(spoken)}" if p.remedy.say(spoken) else "")
            for p in error.problems
        ]
    if isinstance(error, BookError):
        return [tr("错误：", "error: ") + finding.say(spoken) for finding in error.findings]
    if isinstance(error, EngineError):
        remedy = error.remedy.say(spoken)
        return [tr("错误：", "error: ") + error.message.say(spoken) + (f"\n    → {remedy}" if remedy else "")]
    if isinstance(error, EvaluationError):
        return [tr("错误：", "error: ") + error.text.say(spoken)]
    if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)):
        return [tr(f"错误：{error.filename}：{error.strerror}", f"error: {error.filename}: {error.strerror}")]
    return None
