"""What the documents say is what the code has."""

import re
from pathlib import Path

from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def _setting_names() -> set[str]:
    return {"DATABASE_URL" if name == "database_url" else f"JORGE_{name.upper()}" for name in Settings.model_fields}


def test_every_setting_is_in_the_table():
    """The table of settings lists exactly the settings there are."""
    text = (ROOT / "docs/settings.md").read_text()

    documented = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))

    assert _setting_names() == documented


def test_plain_defaults_are_documented_as_they_are():
    """A default that is a plain value stands in the table as it is in the code."""
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", (ROOT / "docs/settings.md").read_text(), flags=re.MULTILINE))

    for name, shown in rows.items():
        field = Settings.model_fields["database_url" if name == "DATABASE_URL" else name.removeprefix("JORGE_").lower()]
        assert str(getattr(field.default, "value", field.default)) == shown


def test_the_commands_that_read_the_address_are_named():
    """The sentence on JORGE_URL, which is no setting, names exactly the commands that read it."""
    [sentence] = re.findall(r"^`JORGE_URL`.*(?:\n.+)*", (ROOT / "docs/settings.md").read_text(), flags=re.MULTILINE)
    readers = {path.stem for path in (ROOT / "ghl_real_estate_ai").rglob("*.py") if '"JORGE_URL"' in path.read_text()}

    assert readers == set(re.findall(r"`jorge (\w+)`", sentence))


def test_every_alert_has_its_page():
    """Each default alert rule has a page in the runbook."""
    pages = {page.stem for page in (ROOT / "docs/runbook").glob("*.md")} - {"README"}

    assert {rule.name for rule in DEFAULT_RULES} == pages


def test_every_folder_is_on_the_tour():
    """The tour names every folder of the package."""
    tour = (ROOT / "docs/tour.md").read_text()

    folders = {path.parent.name for path in (ROOT / "ghl_real_estate_ai").glob("*/__init__.py")}

    assert {folder for folder in folders if f"{folder}/" not in tour} == set()


def test_the_readme_is_short():
    """The README stays under 120 lines."""
    assert len((ROOT / "README.md").read_text().splitlines()) < 120


def test_links_lead_somewhere():
    """Every relative link of a document points at something that is there."""
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            is_there = "://" in target or (page.parent / target).exists()
            broken += [] if is_there else [f"{page.name}: {target}"]

    assert broken == []
