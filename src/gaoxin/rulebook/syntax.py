"""From the text of an expression to a SQLGlot tree that holds nothing but what rules may use.

SQLGlot parses; what is not on the list here is refused, with the reason. No function is known to the parser by itself:
every call arrives as a name and its arguments, and ``typecheck`` knows the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from sqlglot import TokenType, exp, parser
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from gaoxin.words import Text

MAX_LENGTH = 20_000
MAX_TOKENS = 3_000
MAX_DEPTH = 120
MAX_NESTING = 30

NOTHING = Text("", "")


class ExpressionError(Exception):
    """What is wrong with one expression, and what to do about it."""

    def __init__(self, message: Text, remedy: Text = NOTHING) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message.en)


class _Rules(Dialect):
    """SQL without any built-in function."""

    class Parser(parser.Parser):
        FUNCTIONS = {}  # noqa: RUF012 - SQLGlot's way to configure a dialect
        FUNCTION_PARSERS = {}  # noqa: RUF012
        NO_PAREN_FUNCTIONS = {}  # noqa: RUF012
        NO_PAREN_FUNCTION_PARSERS = {"CASE": parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}  # noqa: RUF012


# Node → the arguments that may be filled. Anything else (a sub-select in IN, a table before a column) is refused.
_ALLOWED: Mapping[type[exp.Expr], frozenset[str]] = {
    node: frozenset(arguments.split())
    for node, arguments in {
        exp.Literal: "this is_string",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Star: "",
        exp.Column: "this",
        exp.Identifier: "this quoted",
        exp.Paren: "this",
        exp.Neg: "this",
        exp.Not: "this",
        exp.Add: "this expression",
        exp.Sub: "this expression",
        exp.Mul: "this expression",
        exp.Div: "this expression typed safe",
        exp.EQ: "this expression",
        exp.NEQ: "this expression",
        exp.LT: "this expression",
        exp.LTE: "this expression",
        exp.GT: "this expression",
        exp.GTE: "this expression",
        exp.And: "this expression",
        exp.Or: "this expression",
        exp.In: "this expressions",
        exp.Between: "this low high",
        exp.Is: "this expression",
        exp.Like: "this expression",
        exp.Case: "ifs default",
        exp.If: "this true",
        exp.Anonymous: "this expressions",
        exp.Filter: "this expression",
        exp.Where: "this",
        exp.Cast: "this to",
        exp.DataType: "this nested",
    }.items()
}
_REFUSED: Mapping[type[exp.Expr], Text] = {
    exp.Subquery: Text("子查询", "a sub-select"),
    exp.Select: Text("查询", "a query"),
    exp.Exists: Text("子查询", "a sub-select"),
    exp.Window: Text("窗口函数", "a window function"),
    exp.Distinct: Text("DISTINCT", "DISTINCT"),
    exp.Mod: Text("余数运算 %", "the remainder operator %"),
    exp.Alias: Text("别名（是否少了运算符？）", "an alias (is an operator missing?)"),
    exp.Command: Text("命令", "a command"),
}
_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_DECIMAL = re.compile(r"[0-9]{1,30}(\.[0-9]{1,12})?")


@lru_cache(maxsize=4096)  # books that extend one another hold the same expressions; nobody changes a tree
def parse_expression(text: str) -> exp.Expr:
    """The SQLGlot tree of ``text``, all of whose nodes are allowed.

    Raises ExpressionError: too long, not SQL, more than one expression, or a construct that rules may not use.

    >>> parse_expression("qc05_0 + prior(qc05_0)").sql()
    'qc05_0 + PRIOR(qc05_0)'
    """
    if len(text) > MAX_LENGTH:
        raise _too_large(
            Text(
                f"表达式有 {len(text)} 个字符，上限 {MAX_LENGTH}",
                f"{len(text)} characters, at most {MAX_LENGTH} allowed",
            )
        )
    bare = re.sub(r"'(?:[^']|'')*'", "''", text)
    for sign, what in (
        (";", Text("分号", "a semicolon")),
        ("--", Text("注释", "a comment")),
        ("/*", Text("注释", "a comment")),
    ):
        if sign in bare:
            zh, en = (
                f"表达式中不能有{what.zh}（{sign}）",
                f"{what.en} ({sign}) is not allowed: one entry, one expression",
            )
            raise ExpressionError(Text(zh, en))
    try:
        tokens = _Rules().tokenize(text)
        if len(tokens) > MAX_TOKENS:
            zh, en = f"表达式有 {len(tokens)} 个词", f"{len(tokens)} tokens, at most {MAX_TOKENS} allowed"
            raise _too_large(Text(zh, en))
        nesting = 0
        for token in tokens:
            nesting += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
            if nesting > MAX_NESTING:
                raise _too_deep()
        parsed = _Rules().parser().parse(tokens, text)
    except RecursionError:
        raise _too_deep() from None
    except SqlglotError as error:
        reason = re.sub(r"\x1b\[[0-9]*m", "", str(error)).splitlines()[0]
        raise ExpressionError(Text(f"无法解析：{reason}", f"cannot be parsed: {reason}")) from None
    if len(parsed) != 1 or parsed[0] is None:
        raise ExpressionError(Text("应是一个表达式", "exactly one expression is needed"))
    tree = parsed[0]
    _check(tree)
    return tree


def names(tree: exp.Expr) -> Iterator[str]:
    """All names in the tree, those of parameters and code lists included."""
    return (column.name for column in tree.find_all(exp.Column))


def _check(tree: exp.Expr) -> None:
    stack = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        allowed = _ALLOWED.get(type(node))
        filled = {key for key, value in node.args.items() if value not in (None, [], False)}
        if allowed is None or not filled <= allowed:
            what = next((text for kind, text in _REFUSED.items() if node.find(kind)), None)
            shown = node.sql()
            shown = shown if len(shown) < 60 else shown[:57] + "…"
            what = what or Text(type(node).__name__, type(node).__name__)
            zh, en = f"规则中不能用{what.zh}：{shown}", f"{what.en} is not allowed in a rule: {shown}"
            raise ExpressionError(
                Text(zh, en), Text("可用的写法见 docs/rulebooks.md。", "docs/rulebooks.md lists what is.")
            )
        if isinstance(node, exp.Literal) and not node.is_string and not _DECIMAL.fullmatch(node.name):
            zh = f"{node.name} 不是十进制数（整数最多 30 位，小数最多 12 位）"
            en = f"{node.name} is not a plain decimal number (at most 30 digits and 12 decimals)"
            raise ExpressionError(Text(zh, en))
        if isinstance(node, exp.Cast) and not (node.to.this == exp.DataType.Type.DATE and node.this.is_string):
            zh, en = f"规则中没有类型转换：{node.sql()}", f"there are no type conversions in rules: {node.sql()}"
            raise ExpressionError(
                Text(zh, en), Text("日期写作 DATE '2020-01-01'。", "A date is written DATE '2020-01-01'.")
            )
        stack.extend((child, depth + 1) for child in node.iter_expressions())


def _too_large(how: Text) -> ExpressionError:
    return ExpressionError(
        Text(f"表达式太长：{how.zh}", f"the expression is too long: {how.en}"),
        Text("请拆成几个派生指标，或用代码表。", "Split it into several derived entries, or use a code list."),
    )


def _too_deep() -> ExpressionError:
    return ExpressionError(
        Text(
            f"表达式嵌套太深（括号至多 {MAX_NESTING} 层，连写的运算至多 {MAX_DEPTH} 个）",
            f"the expression is nested too deeply (at most {MAX_NESTING} brackets, {MAX_DEPTH} operations in a row)",
        ),
        Text("请拆成几个派生指标。", "Split it into several derived entries."),
    )
