"""The team's own file: what it may say, what it may not, and how old it may be."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ghl_real_estate_ai.bots.team import parse_team, read_team
from ghl_real_estate_ai.bots.topics import Topic
from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import SellerMode

TODAY = date(2026, 3, 3)


def test_an_answer_is_said_in_the_lead_s_language_and_in_no_other() -> None:
    team = parse_team({"answers": {"fees": {"en": "We charge 2.5 percent."}}})
    answer = team.answers[Topic.FEES]

    assert answer.said(Language.EN, TODAY) == "We charge 2.5 percent."
    assert answer.said(Language.ES, TODAY) is None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-02-01", "Homes here sold for about $450k (Feb 2026)."),
        ("2025-12-03", "Homes here sold for about $450k (Dec 2025)."),
        ("2025-12-02", None),
        ("2026-03-04", None),
    ],
)
def test_what_grows_old_is_said_with_its_date_for_ninety_days(as_of: str, expected: str | None) -> None:
    team = parse_team({"answers": {"prices": {"en": "Homes here sold for about $450k.", "as_of": as_of}}})

    assert team.answers[Topic.PRICES].said(Language.EN, TODAY) == expected


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ([], "object"),
        ({"answer": {}}, "object"),
        ({"answers": []}, "`answers`"),
        ({"answers": {"legal": {"en": "Yes you can."}}}, "`answers.legal`"),
        ({"answers": {"schools": {"en": "All fine."}}}, "`answers.schools`"),
        ({"answers": {"fees": {}}}, "`answers.fees`"),
        ({"answers": {"fees": {"en": 3}}}, "`answers.fees.en`"),
        ({"answers": {"fees": {"en": "Is 2 percent fine?"}}}, "`answers.fees.en`"),
        ({"answers": {"fees": {"en": "x" * 111}}}, "`answers.fees.en`"),
        (
            {"answers": {"availability": {"en": "Great for families.", "as_of": "2026-03-01"}}},
            "`answers.availability.en`",
        ),
        ({"answers": {"prices": {"en": "About $450k."}}}, "`answers.prices`"),
        ({"answers": {"prices": {"en": "About $450k.", "as_of": "March"}}}, "`answers.prices.as_of`"),
    ],
)
def test_what_may_not_be_said_stops_the_start_with_its_name(told: Any, names: str) -> None:
    with pytest.raises(Misconfigured, match="JORGE_TEAM_FILE") as error:
        parse_team(told)

    assert names in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.json cannot be read"):
        read_team(tmp_path / "none.json", SellerMode.SIMPLE)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "team.json").write_text("fees: none")

    with pytest.raises(Misconfigured, match="not JSON"):
        read_team(tmp_path / "team.json", SellerMode.SIMPLE)


def test_without_a_file_nothing_is_said_of_one() -> None:
    team = read_team(None, SellerMode.FULL)

    assert team.seller_mode is SellerMode.FULL
    assert not team.answers
