"""When something that is wrong becomes an alert, and when the alert is over."""

from raidbot.core.alerts import Change, Condition, RunbookPage, Watch

AWAY = Condition("database_away", "PostgreSQL is away.", RunbookPage.DATABASE_AWAY, lasting_s=60)
FAILS = Condition("job_x", "It failed.", RunbookPage.JOB_FAILS)


def test_what_lasts_is_told_once_and_its_end_once() -> None:
    watch = Watch()

    looks = [watch.look([AWAY], at) for at in (0, 30, 60, 75, 90)] + [watch.look([], at) for at in (105, 120)]

    raised, over = [Change(AWAY, raised=True)], [Change(AWAY, raised=False)]
    assert looks == [[], [], raised, [], [], over, []]


def test_what_passes_by_is_not_told_and_counts_anew() -> None:
    watch = Watch()

    looks = [watch.look([AWAY], 0), watch.look([], 45), watch.look([AWAY], 50), watch.look([AWAY], 105)]

    assert looks == [[], [], [], []]
    assert watch.look([AWAY], 110) == [Change(AWAY, raised=True)]


def test_some_things_are_told_at_once_and_each_by_itself() -> None:
    watch = Watch()

    assert watch.look([FAILS, AWAY], 0) == [Change(FAILS, raised=True)]
    assert watch.look([AWAY], 60) == [Change(AWAY, raised=True), Change(FAILS, raised=False)]


def test_the_words_of_the_end_are_those_of_the_beginning() -> None:
    watch = Watch()
    watch.look([Condition("job_x", "It failed 3 times.", RunbookPage.JOB_FAILS)], 0)

    assert watch.look([Condition("job_x", "It failed 4 times.", RunbookPage.JOB_FAILS)], 15) == []
    [over] = watch.look([], 30)
    assert over.condition.sentence == "It failed 3 times."
