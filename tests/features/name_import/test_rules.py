"""What may be done with an import."""

from itertools import product

import pytest

from raidbot.core.ids import UserId
from raidbot.features.name_import import rules
from raidbot.features.name_import.model import Import, ImportId, ImportState, NothingRead, NotNow, Said

ASKED, RUNNING, PAUSED, DONE, DROPPED = ImportState
ALLOWED = {(ASKED, RUNNING), (ASKED, DROPPED), (RUNNING, PAUSED), (PAUSED, RUNNING), (PAUSED, DROPPED)}


@pytest.mark.parametrize("move", list(product(ImportState, ImportState)))
def test_an_import_is_started_stopped_resumed_and_dropped_and_nothing_else(
    move: tuple[ImportState, ImportState],
) -> None:
    one = Import(id=ImportId(1), begun_by=UserId(1), state=move[0], counts={})
    if move in ALLOWED:
        rules.check_move(one, move[1])
        return
    with pytest.raises(NotNow, match="/forcesync"):
        rules.check_move(one, move[1])


def test_a_file_may_be_a_table_or_lines_and_so_may_what_is_pasted() -> None:
    table = 'discord_id,ign\n1, Rook\n2;Castle;x\n3\tPawn\n4 Knight\n"5","Bishop"\n'
    text = table + "\nnonsense\n99999999999999999999,Q\n6,Q 2\n<@7> King\n<@!8>: Queen\n<@9>, Pion"
    told = [(1, "Rook"), (2, "Castle"), (3, "Pawn"), (4, "Knight"), (5, "Bishop"), (6, "Q 2"), (7, "King"), (9, "Pion")]

    assert rules.in_lines(text) == rules.pasted(text) == [Said(UserId(number), name) for number, name in told]


def test_what_names_nobody_by_an_id_is_told_and_the_head_of_a_table_is_none() -> None:
    assert rules.unread("discord_id,ign\n1 Rook\n\nCastle\n<@2> Pawn\nx,y\n") == ["Castle", "x,y"]
    assert rules.unread("Rook\n1 Castle") == ["Rook"]
    assert rules.unread("1 Castle") == []
    assert rules.unread("") == []


def test_a_list_that_names_nobody_is_refused_with_what_a_line_looks_like() -> None:
    with pytest.raises(NothingRead, match="1180000000000000001 Rook"):
        rules.pasted("Rook\nCastle\n")
