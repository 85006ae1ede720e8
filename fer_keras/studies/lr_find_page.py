"""reports/lr_find.md: the recorded range tests, of the papers' recipes whose learning rate comes from one."""

from pathlib import Path

from fer_keras.config.resolve import PAPER
from fer_keras.io import files
from fer_keras.io.specification import MAYBE_NUMBER, NUMBER, Many, require
from fer_keras.report import markdown
from fer_keras.report.verdict import start_in_words
from fer_keras.studies.lr_find import FIGURE, JSON

FOLDER, PAGE = "lr_find", "lr_find.md"
ALT = "Line: the smoothed training loss against the learning rate of the step; marks at the suggested rates and the recipe's."

RECORD = {
    "recipe": str,
    "phase": str,
    "profile": str,
    "seed": int,
    "init": {"kind": str},
    "data": {"source": str, "fingerprint": str, "official": bool, "training_rows": int},
    "batch_size": int,
    "rates": Many(NUMBER),
    "losses": Many(NUMBER),
    "suggested": {"steepest": MAYBE_NUMBER, "minimum_tenth": NUMBER, "at_the_end": bool},
    "recipe_rate": NUMBER,
    "environment": {"device": str, "precision": str},
}

INTRO = """\
Paper 002 takes its peak rate, 0.0229, from “FastAI's learning rate finder” (Result Discussion). This is the same test on
our recipe (`python -m fer_keras.lr_find`). The rate rises from step to step. Two rates are suggested: the one at which
the loss falls most steeply, and a tenth of the one at which it is lowest."""


def read(path: Path) -> dict:
    """Return the record at `path`. Raises UserError (file and key) for one that does not fit."""
    return require(files.read_json(path), RECORD, str(path))


def page(reports_dir: Path) -> str | None:
    """Return the page of the records under reports_dir/lr_find, None where there is none."""
    records = {path.parent.name: read(path) for path in sorted((reports_dir / FOLDER).glob(f"*/{JSON}"))}
    if not records:
        return None
    blocks = [markdown.section(record["recipe"], _facts(record), _figure(name)) for name, record in records.items()]
    answers = " ".join(_answer(record) for record in records.values())
    return "\n\n".join(["# Where does paper 002's learning rate come from?", f"**{answers}**", INTRO, *blocks]) + "\n"


def _answer(record: dict) -> str:
    steepest, tenth = record["suggested"]["steepest"], record["suggested"]["minimum_tenth"]
    rates = f"{tenth:.2g}" if steepest is None else f"{tenth:.2g} or {steepest:.2g}"
    start, profile = start_in_words(record["init"]["kind"]), record["profile"]
    how = f"from {start}{'' if profile == PAPER else f', under the profile {profile},'}"
    return f"For `{record['recipe']}`, whose rate is {record['recipe_rate']:.2g}, a range test {how} suggests {rates}."


def _facts(record: dict) -> str:
    suggested, data = record["suggested"], record["data"]
    steepest = suggested["steepest"]
    unofficial = "" if data["official"] else ", unofficial"
    rows = [
        ("suggested, steepest descent", "none" if steepest is None else f"{steepest:.2e}"),
        ("suggested, a tenth of the rate at the minimum", f"{suggested['minimum_tenth']:.2e}"),
        ("rate of the recipe", f"{record['recipe_rate']:.2e}"),
        ("steps", f"{len(record['rates'])} of {record['batch_size']} images, phase {record['phase']}"),
        ("profile, seed", f"{record['profile']}, {record['seed']}"),
        ("backbone starts from", record["init"]["kind"]),
        ("images", f"{data['source']}{unofficial}, {data['training_rows']:,} training images"),
        ("device", f"{record['environment']['device']}, {record['environment']['precision']}"),
    ]
    return markdown.table(("", ""), rows)


def _figure(name: str) -> str:
    return f"![{ALT}]({FOLDER}/{name}/{FIGURE})"
