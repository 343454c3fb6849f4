"""Turns at the desk: some share, one who changes something is alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ui.turns import Turns


def test_so_many_share_and_no_more() -> None:
    turns, inside, most, lock = Turns(2), 0, 0, threading.Lock()

    def read() -> None:
        nonlocal inside, most
        with turns.shared():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(read) for _ in range(16)]:
            done.result()
    assert most == 2


def test_who_is_alone_is_alone_and_goes_before_later_comers() -> None:
    turns, order = Turns(2), []
    first_in, changed = threading.Event(), threading.Event()

    def first() -> None:
        with turns.shared():
            first_in.set()
            time.sleep(0.1)
            order.append("first")

    def change() -> None:
        with turns.alone():
            order.append("change")
            time.sleep(0.05)
            changed.set()

    def later() -> None:
        with turns.shared():
            assert changed.is_set()
            order.append("later")

    with ThreadPoolExecutor(4) as pool:
        one = pool.submit(first)
        first_in.wait()
        two = pool.submit(change)
        time.sleep(0.02)
        three = pool.submit(later)
        for done in (one, two, three):
            done.result(5)
    assert order == ["first", "change", "later"]


def test_a_turn_is_given_back_by_another_thread_and_after_an_error() -> None:
    turns = Turns(1)
    taken = turns.shared()
    taken.__enter__()
    other = threading.Thread(target=taken.__exit__, args=(None, None, None))
    other.start()
    other.join()
    for kind in (turns.shared, turns.alone):
        try:
            with kind():
                raise ValueError
        except ValueError:
            pass
    with turns.alone():
        pass
