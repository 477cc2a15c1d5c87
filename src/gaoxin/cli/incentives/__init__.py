"""``gaoxin incentives``: what firms are entitled to, why, how much, and what a change of the rules would cost."""

from __future__ import annotations

import typer

from gaoxin.cli.incentives import batch, fields, firm, inputs, sample, simulate, timeline
from gaoxin.cli.language import tr

app = typer.Typer(
    no_args_is_help=True,
    help=tr(
        "企业优惠政策：可以享受什么、为什么、多少；全部企业一次算清；改变规则要花多少",
        "incentives: what firms are entitled to, why and how much; all firms at once; what a change would cost",
    ),
)
app.command("firm")(firm.firm)
app.command("batch")(batch.batch)
app.command("simulate")(simulate.simulate)
app.command("sample")(sample.sample)
app.command("timeline")(timeline.timeline)
app.command("fields")(fields.fields)
app.command("inputs")(inputs.inputs)
