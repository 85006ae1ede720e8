"""The part of a run's page that is about its teachers: which, what they know, what all of it took."""

from fer_keras.report import markdown
from fer_keras.report.markdown import section, table
from fer_keras.runs.record import total_minutes

READING = """\
The mean of the teachers' probabilities, softened by T = {temperature:g} (p^(1/T), normalised){flip}, makes up
{share:g} of each target; the rest is the target without teachers. The loss is cross-entropy with the student's softmax.
Hinton et al. 2015 (arXiv:1503.02531) also divide the student's logits by T and multiply the loss by T squared. {view}

A teacher is surer of images that it was trained on. Compare its *accuracy* and *entropy* (mean, in nats) on the training
images with those on the selection images."""

VIEWS = {
    "original": "The\nteachers' answers were computed once, in float32, and stored as float16.",
    "augmented": "The\nteachers saw each image at every step as the student did, augmented. The numbers above are of the\n"
    "images as they are, and taught nothing.",
}
"""{teacher_view: what the answers were}."""


def taught(record: dict) -> str:
    """Return the section, "" for a run without teachers."""
    found = record.get("teachers")
    if not found:
        return ""
    rows = [_line(record, teacher) for teacher in found["runs"]]
    mean = found["mean"]
    rows.append(("mean of all", None, None, *_measures(mean), None))
    header = ("teacher", "sha256", "trained on", *_headings(record), "time")
    return section("Teachers", table(header, rows), _reading(record), _compute(record))


def compute(record: dict) -> list[tuple[str, str]]:
    """Return the line of the header table on the compute of run and teachers, [] for a run without."""
    return [("time, teachers included", markdown.minutes(total_minutes(record)))] if record.get("teachers") else []


def _headings(record: dict) -> tuple[str, ...]:
    select = record["data"]["select_name"]
    return tuple(f"{what}, {where}" for what in ("accuracy", "entropy") for where in ("training images", select))


def _line(record: dict, teacher: dict) -> tuple:
    rows = teacher["train"]["rows"]
    on = f"{teacher['trained_on']:,} of {rows:,} images"
    time = markdown.minutes(teacher["minutes"])
    return (teacher["run"], f"`{teacher['sha256'][:12]}`", on, *_measures(teacher), time)


def _measures(of: dict) -> list[str]:
    parts = (of["train"], of["select"])
    accuracies = [markdown.number("accuracy", part["accuracy"]) for part in parts]
    return accuracies + [markdown.number("log_loss", part["entropy"]) for part in parts]


def _reading(record: dict) -> str:
    data = record["as_run"]["data"]
    flip = "; each answer is the mean over the image and its mirror image" if data.get("teacher_flip") else ""
    return READING.format(
        share=data["teacher_share"],
        temperature=data["teacher_temperature"],
        flip=flip,
        view=VIEWS[data.get("teacher_view", "original")],
    )


def _compute(record: dict) -> str:
    found = record["teachers"]
    teachers = sum(teacher["minutes"] for teacher in found["runs"])
    told = [f"this run {markdown.minutes(record['minutes'])}", f"its teachers {markdown.minutes(teachers)}"]
    told.append(f"their answers {markdown.minutes(found['minutes'])}")
    return f"Wall time: {markdown.minutes(total_minutes(record))}, of which {', '.join(told)}."
