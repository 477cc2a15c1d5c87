"""What DuckDB and Spark write differently, so that every operator of a rule means the same in both."""

# ruff: noqa: D102, S608 - what the methods mean is said in Dialect; identifiers and texts are quoted

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaoxin.engines.integers import SMALL, Dialect, Sql, sql


def quote(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class DuckDB(Dialect):
    """The dialect of DuckDB: HUGEINT has 128 bits, ``//`` is exact, SUM of BIGINT is a HUGEINT."""

    wide = "HUGEINT"

    def text(self, value: str) -> str:
        return "'" + value.replace("'", "''") + "'"

    def whole(self, n: Sql, d: Sql) -> Sql:
        if n.bound <= SMALL:
            return self.truncated(n, d)
        # Division of wide integers takes thirty times as long as that of 64 bits, which most values fit.
        fits = f"{{0}} <= {SMALL}" if d.bound <= SMALL else f"{{0}} <= {SMALL} AND {{1}} <= {SMALL}"
        narrow = "CAST(CAST({0} AS BIGINT) // CAST({1} AS BIGINT) AS HUGEINT)"
        return sql(f"CASE WHEN {fits} THEN {narrow} ELSE {{0}} // {{1}} END", n, d, bound=n.bound)

    def truncated(self, n: Sql, d: Sql) -> Sql:
        return sql("({0} // {1})", n, d, bound=n.bound)

    def absolute(self, x: Sql) -> Sql:
        return sql("abs({0})", x, bound=x.bound)

    def minus(self, x: Sql) -> Sql:
        return sql("(-{0})", x, bound=x.bound)

    def sign(self, x: Sql) -> Sql:
        return sql("sign({0})", x, bound=1)

    def sum_of(self, x: str) -> str:
        return f"sum({x})"

    def record(self, fields: Mapping[str, Sql]) -> Sql:
        names = ", ".join(f"{name} := {{{i}}}" for i, name in enumerate(fields))
        return sql(f"struct_pack({names})", *fields.values())

    def like(self, x: Sql, pattern: str) -> Sql:
        return sql("({0} LIKE {1})", x, Sql(self.text(pattern)))

    def wide_length(self, x: Sql) -> Sql:
        # A character of the planes' first 65,536 outside ASCII takes two bytes more than one of ASCII, if not U+0080 to
        # U+07FF. Taking texts apart is five times as slow as looking through them.
        others = r"regexp_matches({0}, '[^\x{{0}}-\x{{7F}}\x{{800}}-\x{{FFFF}}]')"
        counted = r"length(regexp_replace({0}, '[\x00-\x7F]+', '', 'g'))"
        template = f"CASE WHEN {others} THEN {counted} ELSE (strlen({{0}}) - length({{0}})) // 2 END"
        return sql(template, x, bound=2**31)

    def one_of(self, x: Sql, texts: Sequence[str]) -> Sql:
        # Unlike IN, which joins a table of the texts, this is decided once for each text that a column repeats.
        listed = ", ".join(map(self.text, texts))
        return sql("list_contains([{1}], {0})", x, Sql(listed))

    def fully_matches(self, x: str, expression: str) -> str:
        return f"regexp_full_match({x}, {self.text(expression)})"

    def is_date(self, x: str) -> str:
        return f"TRY_CAST({x} AS DATE) IS NOT NULL"

    def stop(self, parts: Sequence[str], between: str) -> str:
        return f"error({f' || chr({ord(between)}) || '.join(parts)})"

    def hash_of(self, columns: Sequence[str]) -> str:
        return f"hash({', '.join(columns)})"

    def one_each(self, records: Sequence[str], condition: str) -> str:
        return f"unnest(list_filter([{', '.join(records)}], lambda one: one.{condition}))"

    def counted_and_listed(self, judged: str, limit: int) -> str:
        first = f'min(struct_pack(at := "@ord", key := "@key"), {limit})'
        columns = f"one.code AS code, one.status AS status, count(*) AS number, {first} AS listed"
        return f"SELECT {columns} FROM {quote(judged)} GROUP BY ALL"

    def list_of(self, texts: Sequence[str]) -> str:
        return f"CAST([{', '.join(texts)}] AS VARCHAR[])"

    def merged(self, lists: Sequence[str]) -> str:
        return f"flatten([{', '.join(lists)}])"

    def each_once(self, listed: str) -> str:
        return f"list_sort(list_distinct({listed}))"

    def without_first(self, x: str, letters: str) -> str:
        return f"ltrim({x}, {self.text(letters)})"


class Spark(Dialect):
    """The dialect of Spark in ANSI mode, where an overflow is an error.

    Traps, each with a test in ``tests/conformance``: DIV of decimals wraps at 64 bits without a word; minus and abs of
    a decimal round it to 34 digits; a quotient of decimals keeps 6 decimals and at most 32 digits before them (so here
    a wide whole part ends there, too); SUM of BIGINT overflows at 64 bits; sign is a DOUBLE; a backslash escapes in
    texts and once more in LIKE.
    """

    wide = "DECIMAL(38,0)"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def whole(self, n: Sql, d: Sql) -> Sql:
        if n.bound <= SMALL:
            return self.truncated(n, d)
        return sql("CAST(({0} - {0} % {1}) / {1} AS DECIMAL(38,0))", n, d, bound=n.bound)

    def truncated(self, n: Sql, d: Sql) -> Sql:
        return sql("({0} DIV {1})", n, d, bound=n.bound)

    def absolute(self, x: Sql) -> Sql:
        template = "abs({0})" if x.bound <= SMALL else "greatest({0}, 0 - {0})"
        return sql(template, x, bound=x.bound)

    def minus(self, x: Sql) -> Sql:
        return sql("(0 - {0})", x, bound=x.bound)

    def sign(self, x: Sql) -> Sql:
        return sql("CAST(sign({0}) AS BIGINT)", x, bound=1)

    def sum_of(self, x: str) -> str:
        return f"sum(CAST({x} AS {self.wide}))"

    def record(self, fields: Mapping[str, Sql]) -> Sql:
        names = ", ".join(f"'{name}', {{{i}}}" for i, name in enumerate(fields))
        return sql(f"named_struct({names})", *fields.values())

    def like(self, x: Sql, pattern: str) -> Sql:
        return sql("({0} LIKE {1})", x, Sql(self.text(pattern.replace("\\", "\\\\"))))

    def wide_length(self, x: Sql) -> Sql:
        narrow = Sql(self.text(r"[\x00-\x7F]"))
        return sql("CAST(length(regexp_replace({0}, {1}, '')) AS BIGINT)", x, narrow, bound=2**31)

    def one_of(self, x: Sql, texts: Sequence[str]) -> Sql:
        return sql("({0} IN ({1}))", x, Sql(", ".join(map(self.text, texts))))

    def fully_matches(self, x: str, expression: str) -> str:
        whole = r"\A(?:" + expression + r")\z"
        return f"({x} RLIKE {self.text(whole)})"

    def is_date(self, x: str) -> str:
        # Spark also takes 2020 and 2020-01 for dates.
        return f"({self.fully_matches(x, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')} AND TRY_CAST({x} AS DATE) IS NOT NULL)"

    def stop(self, parts: Sequence[str], between: str) -> str:
        return f"raise_error({f' || chr({ord(between)}) || '.join(parts)})"

    def hash_of(self, columns: Sequence[str]) -> str:
        return f"xxhash64({', '.join(columns)})"

    def one_each(self, records: Sequence[str], condition: str) -> str:
        return f"explode(filter(array({', '.join(records)}), one -> one.{condition}))"

    def counted_and_listed(self, judged: str, limit: int) -> str:
        same = "OVER (PARTITION BY one.code, one.status"
        ranked = (
            'SELECT one.code AS code, one.status AS status, "@ord" AS at, "@key" AS key,'
            f' count(*) {same}) AS number, row_number() {same} ORDER BY "@ord", "@key") AS place FROM {quote(judged)}'
        )
        listed = "sort_array(collect_list(named_struct('at', at, 'key', key))) AS listed"
        return f"SELECT code, status, number, {listed} FROM ({ranked}) WHERE place <= {limit} GROUP BY ALL"

    def list_of(self, texts: Sequence[str]) -> str:
        return f"CAST(array({', '.join(texts)}) AS ARRAY<STRING>)"

    def merged(self, lists: Sequence[str]) -> str:
        return f"flatten(filter(array({', '.join(lists)}), one -> one IS NOT NULL))"

    def each_once(self, listed: str) -> str:
        return f"sort_array(array_distinct(filter({listed}, one -> one IS NOT NULL)))"

    def without_first(self, x: str, letters: str) -> str:
        return f"ltrim({self.text(letters)}, {x})"


DUCKDB, SPARK = DuckDB(), Spark()
