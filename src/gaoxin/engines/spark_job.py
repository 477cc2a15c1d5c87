"""A plan as a Spark job: the file that ``spark-submit`` runs (docs/guide/spark.md).

spark-submit spark_job.py --book incentives-cn --period 2024 --table firm=hdfs:///firms --out hdfs:///results
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from gaoxin.engines.errors import EngineError
from gaoxin.rulebook import BookError, load_book


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job; 0 when the results are written, 1 when they are not, with the reason on standard error."""
    options = _parser().parse_args(arguments)
    tables = dict(given.split("=", 1) for given in options.table)
    try:
        from gaoxin.engines import spark  # noqa: PLC0415 - an extra: where it is missing the error says so

        plan = load_book(options.book).compile(options.target or None, periods=options.period)
        session = spark.submitted_session()
        if options.checkpoints:
            session.sparkContext.setCheckpointDir(options.checkpoints)
        with spark.run(plan, tables, session=session) as outcome:
            for entity in plan.entities:
                reports = entity in tables or plan.book.entities[entity].parent is None
                if reports and plan.targets_of(entity):
                    folder = f"{options.out.rstrip('/')}/{entity}"
                    print(f"{folder}: {outcome.write(entity, folder)}")
    except (EngineError, BookError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spark_job", description="Run a rulebook on Spark.")
    parser.add_argument("--book", required=True, help="name of a shipped rulebook, or its folder")
    parser.add_argument("--period", required=True, action="append", help="a period to compute, like 2024; repeatable")
    parser.add_argument("--table", required=True, action="append", type=_table, metavar="ENTITY=PARQUET")
    parser.add_argument("--target", action="append", metavar="CODE", help="a rule to compute; default: all")
    parser.add_argument("--checkpoints", help="folder for what is computed once and read again")
    parser.add_argument("--out", required=True, help="folder for the results; must not hold any")
    return parser


def _table(given: str) -> str:
    if "=" not in given:
        raise argparse.ArgumentTypeError(f"{given}: write ENTITY=PARQUET, like firm=hdfs:///firms")
    return given


if __name__ == "__main__":
    sys.exit(main())
