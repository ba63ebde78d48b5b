"""The ports of houses, which stand beside each other while tests run in several processes."""

from tests.support.house import a_free_port, share


def test_no_port_is_handed_out_twice_while_there_are_others() -> None:
    ports = [a_free_port() for _ in range(1000)]

    assert len(set(ports)) == len(ports)


def test_no_two_test_processes_hand_out_the_same_port() -> None:
    ports = [port for worker in range(3) for port in share(worker, 3)]

    assert sorted(ports) == list(range(15_000, 32_000))
