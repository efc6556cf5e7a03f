"""
The index on disk: shared, and thrown away when it can't be trusted.
"""

import sqlite3
from pathlib import Path

import numpy as np

from lsp_server.index.blocks import Vocabulary, blocks_of, term_id
from lsp_server.index.record import FileRecord, to_json
from lsp_server.index.records import record_of
from lsp_server.index.store import Stamp, Store, StoredFile, StoredSearch
from lsp_server.index.symbols import summary_of
from lsp_server.index.windows import WindowIndex

STAMP = Stamp(1, 2)


def stored(
    path: str = "/w/a.ts", source: str = "export class A { m(): void {} }\nimport { b } from './b';"
) -> StoredFile:
    """
    A file as it is kept.
    """
    record = record_of(path, source.encode())
    return StoredFile(path, STAMP, summary_of(record), to_json(record), blocks_of([source.encode()], Vocabulary())[0])


def test_what_was_put_is_there_for_another_process(tmp_path: Path) -> None:
    """
    A second connection reads what the first has written, while both are open.
    """
    one, two = Store(tmp_path / "index.db"), Store(tmp_path / "index.db")
    file = stored()
    one.put([file])

    blocks = two.blocks(file.path)

    assert list(two.load()) == [(file.path, file.stamp, file.summary)]
    assert blocks is not None
    assert np.array_equal(blocks.terms, file.blocks.terms)
    assert two.record(file.path, STAMP) == record_of(
        file.path, b"export class A { m(): void {} }\nimport { b } from './b';"
    )


def test_a_record_of_another_state_is_not_given() -> None:
    """
    The stamp must be the one that was indexed.
    """
    store = Store(None)
    store.put([stored()])

    assert store.record("/w/a.ts", Stamp(1, 3)) is None
    assert store.record("/w/b.ts", STAMP) is None


def test_what_was_removed_is_gone() -> None:
    """
    Only the named files are forgotten.
    """
    store = Store(None)
    store.put([stored("/w/a.ts"), stored("/w/b.ts")])
    store.remove(["/w/a.ts"])

    assert [path for path, *_ in store.load()] == ["/w/b.ts"]


def test_garbage_is_replaced_by_a_fresh_index(tmp_path: Path) -> None:
    """
    A file that is no database costs a rebuild, nothing more.
    """
    path = tmp_path / "index.db"
    path.write_bytes(b"this is no database at all" * 1000)
    store = Store(path)
    store.put([stored()])

    assert len(list(store.load())) == 1


def test_damage_in_the_middle_starts_over(tmp_path: Path) -> None:
    """
    Pages that turn out to be broken while reading lead to an empty index that works.
    """
    path = tmp_path / "index.db"
    first = Store(path)
    first.put([stored(f"/w/{number}.ts", "export const a = 1;\n" * 400) for number in range(100)])
    first.close()
    for left in tmp_path.glob("index.db-*"):
        left.unlink()
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    path.write_bytes(bytes(data))

    store = Store(path)
    list(store.load())
    store.put([stored()])

    assert [path for path, *_ in store.load()] == ["/w/a.ts"]


def test_an_index_of_another_version_is_rebuilt(tmp_path: Path) -> None:
    """
    What an older or newer version wrote is not read.
    """
    path = tmp_path / "index.db"
    Store(path).put([stored()])
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99999")
    connection.close()

    assert list(Store(path).load()) == []


def test_a_row_that_makes_no_sense_is_skipped(tmp_path: Path) -> None:
    """
    One bad row does not hide the others.
    """
    path = tmp_path / "index.db"
    store = Store(path)
    store.put([stored("/w/a.ts"), stored("/w/b.ts")])
    with sqlite3.connect(path) as connection:
        connection.execute("update files set summary = 'x', record = '[1]' where path = '/w/a.ts'")
    connection.close()

    assert [found for found, *_ in store.load()] == ["/w/b.ts"]
    assert store.record("/w/a.ts", STAMP) is None


def test_a_place_that_can_not_be_written_is_no_error(tmp_path: Path) -> None:
    """
    Where nothing can be kept, the index lives in memory.
    """
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = Store(blocked / "index.db")
    store.put([stored()])

    assert len(list(store.load())) == 1


def test_an_empty_record_is_a_record() -> None:
    """
    A file without declarations is known to have none.
    """
    store = Store(None)
    store.put([stored(source="")])

    assert store.record("/w/a.ts", STAMP) == FileRecord()


def sorted_search() -> StoredSearch:
    """
    The sorted index of one file.
    """
    index = WindowIndex.build([("/w/a.ts", stored("/w/a.ts", "loadInvoice(customer);\n" * 20).blocks)])
    return StoredSearch({"/w/a.ts": STAMP}, ("load",), index)


def test_the_sorted_index_comes_back_as_it_was(tmp_path: Path) -> None:
    """
    Another process searches it without sorting anything.
    """
    search = sorted_search()
    Store(tmp_path / "index.db").put_search(search)

    found = Store(tmp_path / "index.db").search()

    assert found is not None
    assert (found.stamps, found.common_names) == (search.stamps, search.common_names)
    query = {term_id("loadInvoice"): 1.0}
    assert found.windows.search(query, (), 5) == search.windows.search(query, (), 5) != []


def test_a_sorted_index_that_does_not_fit_together_is_not_used(tmp_path: Path) -> None:
    """
    Half an array leads to sorting anew, not to wrong answers.
    """
    path = tmp_path / "index.db"
    store = Store(path)
    store.put_search(sorted_search())
    with sqlite3.connect(path) as connection:
        connection.execute("update search set blocks = x'00000000'")
    connection.close()

    assert store.search() is None
