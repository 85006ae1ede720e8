"""The parts of a run's page that say where the numbers come from: stamp, deviations, data, training, environment."""

import json
import shlex

from fer_keras.config import protocols
from fer_keras.config.options import DEMO
from fer_keras.report import markdown, results, teachers
from fer_keras.report.markdown import bullets, section, table
from fer_keras.runs import splits

SYNTHETIC = "> **SYNTHETIC FACES: drawn, not photographed. Nothing on this page can be compared with a paper.**"


def stamp(record: dict) -> str:
    """Return the warning on top of every page whose data are not the official images, or an empty string."""
    data = record["data"]
    if data["synthetic"]:
        return SYNTHETIC
    if not data["official"]:
        reasons = "; ".join(data["unofficial_reasons"]) or "no reason recorded"
        return f"> **UNOFFICIAL DATA: {reasons}. Nothing here can be compared with a paper.**"
    return ""


def protocol_warning(record: dict) -> str:
    """Return a warning when PrivateTest images were trained on: in a leaky protocol, its control, or as the paper did."""
    warning = protocols.warning(record["data"]["split"], record["as_run"].get("data", {}).get("dataset", "fer2013"))
    return f"> **{warning}**" if warning else ""


def overlap_warning(record: dict) -> str:
    """Return a warning when copies of test images are among the training images (a positive count in data.overlap)."""
    overlap = {key: n for key, n in (record["data"]["overlap"] or {}).items() if type(n) is int and n > 0}
    if not overlap:
        return ""
    counts = "; ".join(f"{_copies(key)} {n:,}" for key, n in overlap.items())
    return f"> **COPIES OF TEST IMAGES ARE AMONG THE TRAINING IMAGES: {counts}.**"


def _copies(key: str) -> str:
    """Return "test, exact" for "test_exact_rows"."""
    return key.removesuffix("_rows").replace("_exact", ", exact").replace("_near", ", exact or near")


def introduction(record: dict) -> str:
    """Return the header table: paper, recipe, profile, seed, run."""
    rows = [
        ("paper", f"{record['paper']}, {record['paper_title']}")
        if of_paper(record)
        else ("experiment", record["paper_title"]),
        ("command", f"`{_command(record)}`"),
        ("run", f"{record['run']} (profile {record['profile']}, seed {record['seed']})"),
        ("start", results.init(record)),
        ("parameters", f"{record['parameters']['total']:,}"),
        ("wall time", markdown.minutes(record["minutes"])),
        *_processor_time(record),
        *teachers.compute(record),
        ("device", record["environment"]["device"]),
    ]
    return table(("", ""), rows)


def of_paper(record: dict) -> bool:
    """Say whether the run is of a paper's recipe."""
    return record["paper"].isdigit()


def _processor_time(record: dict) -> list[tuple[str, str]]:
    minutes = record.get("cpu_minutes")
    return [] if minutes is None else [("processor time", f"{markdown.minutes(minutes)}, evaluation included")]


def _command(record: dict) -> str:
    """Return what was typed: every flag that was given, where the record keeps them, else what it tells of them.

    The demo runs when there is no data, without a profile.
    """
    words = ["python", "-m", f"experiments.{record['experiment']}", "--only", record["recipe"]]
    given = record.get("command", _told_flags(record))
    profile = [] if record["profile"] == DEMO or "--profile" in given else ["--profile", record["profile"]]
    return shlex.join([*words, *profile, *given])


def _told_flags(record: dict) -> list[str]:
    """Return the flags that an older record tells of."""
    words = []
    published, run = (record[key].get("data", {}).get("split") for key in ("published", "as_run"))
    if run != published and run in protocols.PROTOCOLS:
        words += ["--protocol", run]
    if record["seed"]:
        words += ["--seed", str(record["seed"])]
    if record["data"].get("dropped"):
        words += ["--drop", record["data"]["dropped"]["list"]]
    return words + (["--crop"] if record["data"].get("crop") else [])


def deviations(record: dict) -> str:
    """Return how the run differs from the recipe as published (computed), what was assumed, what was changed."""
    rows = [(f"`{entry['field']}`", _value(entry["published"]), _value(entry["run"])) for entry in record["deviations"]]
    computed = table(("field", "as published", "as run"), rows) if rows else "The recipe ran as published."
    title = "Assumed where the paper does not say" if of_paper(record) else "Choices"
    assumed = section(title, bullets(record["assumed"]), level=3)
    changed = section("Changed on purpose", bullets(record["changed"]), level=3)
    return f"{computed}\n\n{assumed}\n\n{changed}"


def data(record: dict) -> str:
    """Return source, fingerprint, division, the class counts of each part, overlap and accesses."""
    found = record["data"]
    facts = [
        f"Source: {found['source']}",
        f"Fingerprint (sha256 of the content): `{found['fingerprint']}`",
        *_dropped(found.get("dropped")),
        *_cropped(found.get("crop")),
        *_generated(found.get("generated")),
        f"Split: {found['split']}; selection on {found['select_name']}, test on {splits.display(record, 'test')}",
        *(
            f"Test images with a copy among the training images, {_copies(key)}: {n:,}"
            for key, n in (found["overlap"] or {}).items()
        ),
        *(
            f"Access to {access['split'].replace('all rows', 'all images')}: {access['why']} ({access['when']})"
            for access in record["access"]
        ),
    ]
    names = found["class_names"]
    rows = [(part, *(n.get(name) for name in names), f"{sum(n.values()):,}") for part, n in found["counts"].items()]
    return bullets(facts) + "\n\n" + table(("images", *names, "all"), rows)


def _dropped(found) -> list[str]:
    if not found:
        return []
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in found["reasons"].items())
    return [
        f"Dropped from Training: {found['rows']:,} images listed in {found['list']} ({reasons}); sha256 `{found['sha256']}`"
    ]


def _cropped(found) -> list[str]:
    if not found:
        return []
    counts = ", ".join(f"{n:,} of {found['rows'][split]:,} {split}" for split, n in found["found"].items())
    version = found.get("version") or f"OpenCV {found['opencv']}"  # records had OpenCV's alone
    how = f"{found['detector']}, {version}, margin {found['margin']:g}"
    return [f"Cropped anew ({how}): a face found in {counts} images; {found['changed']:,} images changed"]


def _generated(found) -> list[str]:
    if not found:
        return []
    counts = ", ".join(f"{n:,} generated {name} faces" for name, n in found["counts"].items())
    stand_in = "drawn, in place of a GAN's"
    origin = (
        stand_in
        if found["stand_in"]
        else f"GAN trained on {found['trained_on']:,} Training images, seed {found['seed']}"
    )
    return [f"In training besides the images below: {counts} ({origin}); sha256 `{found['sha256']}`"]


def training(record: dict) -> str:
    """Return each phase with its trainable parameters, epochs, last loss and time."""
    rows = []
    for phase in record["parameters"]["phases"]:
        epochs = [epoch for epoch in record["history"] if epoch["phase"] == phase["name"]]
        last = markdown.number("log_loss", epochs[-1]["loss"] if epochs else None)
        took = markdown.minutes(sum(epoch["seconds"] for epoch in epochs) / 60) if epochs else None
        rows.append((phase["name"], f"{phase['trainable']:,}", len(epochs), last, took))
    return table(("phase", "trainable parameters", "epochs", "last training loss", "time"), rows)


def environment(record: dict) -> str:
    """Return device, precision, versions and commit."""
    found = record["environment"]
    commit = f"`{found['commit'][:12]}`" if found["commit"] else "unknown"
    dirty = " with uncommitted changes" if found["dirty"] else ""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    shared = f"; {found['shared']}" if found.get("shared") else ""
    deterministic = "; deterministic" if found.get("deterministic") else ""
    facts = [
        f"Device: {found['device']}, {found['cpu_count']} CPU core{'s' * (found['cpu_count'] > 1)}{shared}",
        f"Backend: {found['backend']}; precision: {found['precision']}{deterministic}",
        f"Versions: {versions}",
        f"Commit: {commit}{dirty}",
        f"Started {record['started']}, finished {record['finished']}; {markdown.minutes(record['minutes'])}",
    ]
    return bullets(facts)


def _value(value) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= 80 else f"{text[:77]}..."
