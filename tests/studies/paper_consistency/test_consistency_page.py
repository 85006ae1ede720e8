"""The consistency page: every check on it once, generated, checked, and without TensorFlow."""

import subprocess
import sys

from fer_keras.studies.paper_consistency import consistency
from fer_keras.studies.paper_consistency.implied import AGREES
from fer_keras.studies.paper_consistency.printed import PAPER_000, Number
from fer_keras.studies.site import check, regenerate


def test_every_check_is_on_the_page_once_and_the_page_is_its_data(monkeypatch):
    page = consistency.page()
    checks = [check for found in consistency.all_checks().values() for check in found]
    assert all(page.count(f"| {check.what} | {check.printed} |") == 1 for check in checks)
    assert f"| all | 20 | 8 | 4 | {len(checks) - 32} | {len(checks)} |" in page
    monkeypatch.setattr(PAPER_000, "sad_and_neutral", Number("408", "§IV.B"))
    changed = consistency.page().split("## Undecided")[0]
    assert "“Sad-Neutral (408 total samples)” (§IV.B) | 213 + 194 = 407 (Table II) |" in changed


def test_the_answer_comes_first_and_what_agrees_is_folded():
    page = consistency.page()
    assert page.split("\n\n")[1].startswith(f"**Of {page.count(chr(10) + '| 00') - 5} comparisons")
    folded = page.split("<details>")[1].split("</details>")[0]
    agreeing = [check for found in consistency.all_checks().values() for check in found if check.verdict == AGREES]
    assert all(f"| {check.what} |" in folded for check in agreeing)
    assert folded.count("\n| 00") == len(agreeing)


def test_the_page_is_regenerated_and_checked(tmp_path):
    (tmp_path / "reports").mkdir()
    page = tmp_path / "reports" / "consistency.md"
    assert page in regenerate(tmp_path / "reports", [])
    assert page.read_text(encoding="utf-8") == consistency.page()
    assert check(tmp_path / "reports", []) == []
    page.write_text(page.read_text(encoding="utf-8").replace("80.0 %", "70.0 %"), encoding="utf-8")
    assert check(tmp_path / "reports", []) == [page]


def test_the_page_needs_no_tensorflow():
    code = (
        "import sys; from fer_keras.studies.paper_consistency import consistency; consistency.page(); "
        "assert not {'tensorflow', 'keras', 'matplotlib', 'sklearn', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
