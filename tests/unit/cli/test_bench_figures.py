"""A figure's gauge, its target, and the sections of a document."""

from datetime import UTC, datetime

import pytest

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import (
    Figure,
    Target,
    at_least,
    at_least_ratio,
    at_most,
    at_most_added,
    at_most_ratio,
    percentile,
)
from ghl_real_estate_ai.cli.bench.machine import Machine
from ghl_real_estate_ai.cli.bench.report import Report
from ghl_real_estate_ai.cli.bench.throw_away import Scale

MACHINE = Machine(
    processor="P", cores=2, memory_gib=4.0, kernel="K", python="3", postgresql="18", fdatasync_us=1.0, load_average=0.0
)


def a_report(*figures: Figure) -> Report:
    return Report(
        machine=MACHINE, at=datetime(2026, 3, 3, tzinfo=UTC), scale=Scale.USUAL, seed=7, figures={"call": figures}
    )


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (at_most_ratio(2.0), True),
        (at_most_ratio(1.9), False),
        (at_least_ratio(2.0), True),
        (at_least_ratio(2.1), False),
        (at_most_added(5.0), True),
        (at_most_added(4.9), False),
        (at_most(10.0), True),
        (at_most(9.9), False),
        (at_least(10.0), True),
        (at_least(10.1), False),
    ],
)
def test_a_target_speaks_of_its_gauge(target: Target, met: bool):
    """Ten against five is twice as much, five more, and ten; a bound itself is in."""
    assert met == Figure(name="n", unit="u", value=10.0, baseline=5.0, target=target).met


def test_paired_rounds_are_gated_by_their_median():
    """One wild round neither fails nor saves a figure."""
    figure = Figure(name="n", unit="u", value=1.0, baseline=1.0, rounds=(0.9, 1.0, 9.0), target=at_most_ratio(1.1))

    assert (1.0, True) == (figure.ratio, figure.met)


def test_a_ratio_to_nothing_is_not_met():
    """A control of zero proves nothing, so the gate does not open."""
    assert Figure(name="n", unit="u", value=1.0, baseline=0.0, target=at_most_ratio(2.0)).met is False


def test_percentile_is_the_nearest_rank():
    """The example of five values at https://en.wikipedia.org/wiki/Percentile (nearest rank)."""
    values = [35, 20, 15, 50, 40]

    assert [15, 20, 20, 35, 50] == [percentile(values, percent) for percent in (5, 30, 40, 50, 100)]


def test_each_round_begins_with_another():
    """Whoever comes first is not always the same."""
    called: list[str] = []

    alternate({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, rounds=2)

    assert ["a", "b", "b", "a"] == called


def test_only_the_section_of_the_measurement_changes():
    """What others wrote, before, after and in other sections, stays as it is."""
    page = (
        "top\n<!-- bench call -->old<!-- /bench call -->\nmiddle\n<!-- bench cpu -->\nkept\n<!-- /bench cpu -->\nend\n"
    )

    written = a_report(Figure(name="a \\1 name", unit="us", value=3.0)).into(page)

    assert written.startswith("top\n<!-- bench call -->\n2026-03-03 00:00 UTC, seed 7.")
    assert "| a \\1 name | 3 us |" in written
    assert "old" not in written
    assert written.endswith("\nmiddle\n<!-- bench cpu -->\nkept\n<!-- /bench cpu -->\nend\n")


def test_a_new_section_is_added_once():
    """Writing twice leaves one section."""
    report = a_report(Figure(name="n", unit="us", value=3.0))

    written = report.into(report.into("# Benchmarks\n"))

    assert 1 == written.count("<!-- bench call -->")


def test_a_missed_target_is_named_with_what_was_measured():
    """The sentence tells the figure, the number and the bound."""
    report = a_report(Figure(name="n", unit="us", value=3.0, target=at_most(2.0)))

    assert ["n is 3, at most 2 us"] == report.missed
