"""
Finding similar code and likely symbols.
"""

import threading

from lsp_server.index.blocks import MAX_BLOCKS, Blocks, Vocabulary, blocks_of, term_id
from lsp_server.index.code_search import CodeSearch
from lsp_server.index.records import record_of
from lsp_server.index.symbols import Summary, Symbols, summary_of
from lsp_server.index.words import overlap, parts


def blocks(text: str) -> Blocks:
    """
    The blocks of one text.
    """
    return blocks_of([text.encode()], Vocabulary())[0]


def searched(files: dict[str, str]) -> CodeSearch:
    """
    A search over files.
    """
    search = CodeSearch()
    for path, text in files.items():
        search.put(path, blocks(text))
    return search


def symbols_of(files: dict[str, str]) -> Symbols:
    """
    The symbols of files.
    """
    symbols = Symbols()
    for path, text in files.items():
        symbols.put(path, summary_of(record_of(path, text.encode())))
    return symbols


def filler(count: int) -> dict[str, str]:
    """
    Files that have nothing to do with anything.
    """
    return {f"/w/filler{number}.ts": f"const filler{number} = other{number};\n" for number in range(count)}


def test_parts_of_names() -> None:
    """
    Camel case, capitals, digits and plurals come apart.
    """
    assert parts("fetchUsersById") == ("fetch", "user", "by", "id")
    assert parts("HTTPServer2") == ("http", "server", "2")
    assert parts("MAX_RETRIES") == ("max", "retry")
    assert overlap("loadUser", {"user"}) == 0.5


def test_the_window_that_shares_the_rare_words_is_found() -> None:
    """
    A hit tells the file and lines around it.
    """
    lines = [f"line{number}();" for number in range(100)]
    lines[50] = "const total = computeInvoice(customer);"
    search = searched({"/w/invoice.ts": "\n".join(lines), **filler(30)})

    (found, *_) = search.search({term_id("computeInvoice"): 1.0}, (), 3)

    assert found.path == "/w/invoice.ts"
    assert found.line <= 50 < found.end_line
    assert found.end_line - found.line == 16


def test_a_part_of_a_name_finds_its_whole() -> None:
    """
    Names are found by their parts.
    """
    search = searched({"/w/a.ts": "loadInvoiceTable()", **filler(30)})

    assert [window.path for window in search.search({term_id("~invoice"): 1.0}, (), 3)] == ["/w/a.ts"]


def test_the_asking_file_is_left_out() -> None:
    """
    Code is never compared with itself.
    """
    search = searched({"/w/a.ts": "special()", "/w/b.ts": "special()", **filler(30)})

    assert [window.path for window in search.search({term_id("special"): 1.0}, ("/w/a.ts",), 3)] == ["/w/b.ts"]


def test_search_follows_changes_before_and_after_settling() -> None:
    """
    A changed file is found by its new text only, a removed one not at all.
    """
    search = searched({"/w/a.ts": "oldWord()", "/w/b.ts": "gone()", **filler(30)})
    search.settle()
    search.put("/w/a.ts", blocks("newWord()"))
    search.remove("/w/b.ts")

    for _ in range(2):
        assert search.search({term_id("oldWord"): 1.0, term_id("gone"): 1.0}, (), 3) == []
        assert [window.path for window in search.search({term_id("newWord"): 1.0}, (), 3)] == ["/w/a.ts"]
        search.settle()


def test_nothing_indexed_finds_nothing() -> None:
    """
    An empty workspace is no error.
    """
    search = CodeSearch()
    search.settle()

    assert search.search({1: 1.0}, (), 3) == []
    assert search.frequencies(["a"]) == [0]


def test_a_file_of_any_length_is_bounded() -> None:
    """
    Of a file of 200,000 lines only the first part is searched.
    """
    assert len(blocks("word();\n" * 200_000).sizes) <= MAX_BLOCKS


def test_many_files_at_once_are_cut_as_one_by_one() -> None:
    """
    Cutting in batches changes nothing.
    """
    texts = ["", "a1\nb2\n" * 20, "\n\n\n", "lastWord", "a1 b2 firstWord"]
    vocabulary = Vocabulary()
    together = blocks_of([text.encode() for text in texts], vocabulary)

    for text, found in zip(texts, together, strict=True):
        alone = blocks(text)
        assert sorted(found.terms.tolist()) == sorted(alone.terms.tolist())
        assert found.sizes.tolist() == alone.sizes.tolist()


def test_symbols_are_found_by_shared_parts_the_rare_ones_first() -> None:
    """
    A rare part counts for more than one that every name has.
    """
    common = "".join(f"export const getThing{number} = 1;" for number in range(50))
    symbols = symbols_of({"/w/common.ts": common, "/w/invoice.ts": "export const getInvoice = 1;"})
    scores = symbols.by_parts({"get": 1.0, "invoice": 1.0})

    assert max(scores, key=lambda name: scores[name]) == "getInvoice"


def test_files_that_import_alike_lend_their_imports() -> None:
    """
    What the neighbours in spirit import is a candidate.
    """
    symbols = symbols_of(
        {
            "/w/a.ts": "import { useStore } from './store'; import { log } from './log';",
            "/w/b.ts": "import { unrelated } from './unrelated';",
            "/w/store.ts": "export const useStore = 1;",
            "/w/log.ts": "export const log = 1;",
        }
    )
    company = symbols.by_company("/w/new.ts", ["useStore"])

    assert company["log"] == 1.0
    assert "unrelated" not in company


def test_a_file_taken_in_again_leaves_nothing_behind() -> None:
    """
    Symbols, members and imports of the old text are gone.
    """
    symbols = symbols_of({"/w/a.ts": "import { x } from './x'; export interface Old { oldMember: 1 }"})
    symbols.put("/w/a.ts", summary_of(record_of("/w/a.ts", b"export const fresh = 1;")))

    assert symbols.named("Old") == ()
    assert symbols.has_member("oldMember") == 0
    assert symbols.popularity("x") == 0
    assert set(symbols.names()) == {"fresh"}
    assert len(symbols) == 1


def test_a_symbol_is_known_by_the_name_it_is_exported_as() -> None:
    """
    `export { inner as outer }` makes `outer` a name of what `inner` declares.
    """
    symbols = symbols_of({"/w/a.ts": "const inner = 1;\nexport { inner as outer, inner as default };"})

    assert [symbol.line for symbol in symbols.named("outer")] == [0]
    assert symbols.named("default") == ()


def test_settling_what_changed_is_like_sorting_everything() -> None:
    """
    Files that stay keep their blocks, changed ones get new ones, removed ones lose theirs.
    """
    search = searched({"/w/a.ts": "oldWord()", "/w/b.ts": "gone()\n" * 40, **filler(30)})
    search.settle()
    search.put("/w/a.ts", blocks("newWord()\n" * 20))
    search.remove("/w/b.ts")
    search.settle()

    whole = searched({**filler(30), "/w/a.ts": "newWord()\n" * 20})
    whole.settle()

    assert sorted(search.settled.paths) == sorted(whole.settled.paths)
    assert search.settled.size == whole.settled.size
    for word in ("oldWord", "gone", "newWord", "filler7", "other7"):
        query = {term_id(word): 1.0}
        assert search.search(query, (), 5) == whole.search(query, (), 5)
        assert search.frequencies([word]) == whole.frequencies([word])


def test_symbols_may_be_asked_for_while_files_are_taken_in() -> None:
    """
    A build goes on in one thread and questions are answered in another: neither stops the other, and nothing is missed.
    """
    symbols, done, failed = Symbols(), threading.Event(), list[Exception]()

    def take_in() -> None:
        try:
            for number in range(1500):
                rows = tuple((f"get{part}Thing{number}", "const", row) for row, part in enumerate(("User", "Order")))
                symbols.put(
                    f"/w/{number % 400}.ts", Summary(rows, (("./x", f"name{number}"),), ((f"id{number}", 0, 1),))
                )
        except Exception as error:
            failed.append(error)
        finally:
            done.set()

    builder = threading.Thread(target=take_in)
    builder.start()
    while not done.is_set():
        for name in list(symbols.by_parts({"user": 1.0, "thing": 0.5}))[:20]:
            symbols.named(name)
        symbols.by_company("/w/new.ts", ["name1", "name2"])
        symbols.popular  # noqa: B018 -- it is worked out here.
    builder.join()

    assert not failed
    assert len(symbols.by_parts({"user": 1.0})) == 400
    assert all(symbols.named(name) for name in symbols.names() if name.startswith("get"))
