from bench.figures import Figure, at_least, at_most, interleaved, ratios


def test_a_figure_is_the_median_of_its_rounds_with_the_range():
    figure = Figure("P1", "rate", [9.25, 30.5, 8.5], at_least(8))
    assert figure.measured == "9.25× (8.50 to 30.5, 3 rounds)"
    assert figure.verdict == "met"


def test_what_never_varied_stands_alone():
    assert Figure("P13", "requests", [8, 8, 8], at_most(10), unit="").measured == "8"


def test_a_figure_on_the_wrong_side_of_its_goal_is_missed():
    assert Figure("P5", "growth", [1.4], at_most(1.3)).verdict == "missed"
    assert Figure("P1", "rate", [7.9], at_least(8)).verdict == "missed"
    assert Figure("P11", "contrast", [7.9], None).verdict == ""


def test_every_variant_runs_once_per_round_and_none_always_first():
    turns = []
    variants = {name: lambda name=name: turns.append(name) or len(turns) for name in ("ours", "theirs")}
    results = interleaved(variants, 3)
    assert turns == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert results == {"ours": [1, 4, 5], "theirs": [2, 3, 6]}
    assert ratios([10, 20], [5, 5]) == [2, 4]
