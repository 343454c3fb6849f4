"""Documents put into a person's own folder and taken out of it: whole or not at all, and nothing else is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from rag.corpus import bundled, list_documents
from rag.errors import InputError, StoreError
from rag.library import LARGEST, Library

TEXT = "The harbour of Norby was opened in 1921.\n"


@pytest.fixture
def library(make_corpus: Callable[..., Path], tmp_path: Path) -> Library:
    folder = make_corpus(
        {
            "report.txt": TEXT,
            "talks/speech.txt": "A speech about ferries.\n",
            "manifest.toml": "# ours\n\n[[document]]\npath = 'report.txt'\ntitle = 'Report'\ndate = '2016'\n\n"
            "[[document]]\npath = 'talks/speech.txt'\ntitle = 'Speech'  # given in May\n",
        }
    )
    return Library(folder, tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "upload") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def names(library: Library) -> list[str]:
    return [entry.document for entry in list_documents(library.root).entries]


def everything(library: Library) -> dict[str, bytes]:
    """All files below the folder, hidden ones too."""
    return {path.relative_to(library.root).as_posix(): path.read_bytes() for path in library.root.rglob("*") if path.is_file()}


def test_a_document_is_put_in_and_listed(library: Library, file: Callable[..., Path]) -> None:
    assert library.put("Größe & Länge (2).md", file("The lighthouse burns oil.\n")) == "Größe & Länge (2).md"
    assert names(library) == ["Größe & Länge (2).md", "report.txt", "talks/speech.txt"]
    assert not [name for name in everything(library) if "incoming" in name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside.txt", "is not a file's name"),
        ("/etc/passwd.txt", "is not a file's name"),
        ("a/b.txt", "is not a file's name"),
        ("..\\outside.txt", "is not a file's name"),
        ("C:evil.txt", "is not a file's name"),
        ("..", "is not a file's name"),
        ("", "is not a file's name"),
        ("con.txt", "is not a file's name"),
        (".hidden.txt", "hidden files"),
        ("~$open.docx", "hidden files"),
        ("a\x00b.txt", "hidden files"),
        ("a\nb.txt", "hidden files"),
        ("\u202etxt.exe.txt", "hidden files"),
        ("name.txt ", "hidden files"),
        ("evil.exe", "evil.exe: no reader for this kind of file. Readable are .txt, .md"),
        ("text", "no reader"),
        ("manifest.toml", "speaks of the corpus"),
        ("README.md", "speaks of the corpus"),
        ("ü" * 101 + ".txt", "longer than 200 bytes"),
        ("report.txt", "report.txt: there is a report.txt already"),
        ("REPORT.TXT", "REPORT.TXT: there is a report.txt already"),
        ("talks", "no reader"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_written(
    library: Library, file: Callable[..., Path], tmp_path: Path, name: str, said: str
) -> None:
    before, content = everything(library), file("Words that could be read.\n")
    around = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(InputError) as raised:
        library.put(name, content)
    assert said in str(raised.value)
    assert everything(library) == before
    assert sorted(path.name for path in tmp_path.iterdir()) in (around, sorted([*around, "data"]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("picture.txt", b"\x89PNG\0\xff", "picture.txt: not UTF-8, nor other text"),
        ("empty.md", b" \n", "empty.md: holds no text."),
        ("broken.pdf", b"%PDF-1.4 nothing", "broken.pdf: is not a readable PDF."),
        ("broken.docx", b"PK\x03\x04", "broken.docx: not a readable DOCX file"),
        ("twin.txt", TEXT.encode(), "twin.txt: it is there already, as report.txt."),
    ],
)
def test_what_cannot_be_read_is_not_kept(
    library: Library, file: Callable[..., Path], name: str, content: bytes, said: str
) -> None:
    before = everything(library)
    with pytest.raises(InputError) as raised:
        library.put(name, file(content))
    assert str(raised.value).startswith(said)
    assert everything(library) == before


def test_a_file_that_is_too_large_is_refused_unread(library: Library, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as handle:
        handle.truncate(LARGEST + 1)
    with pytest.raises(InputError, match="larger than 50 MiB"):
        library.put("large.txt", large)


def test_what_is_taken_out_is_kept_and_the_manifest_forgets_it(library: Library, file: Callable[..., Path]) -> None:
    library.take_out("report.txt")
    assert names(library) == ["talks/speech.txt"]
    assert (library.root / ".removed" / "report.txt").read_text() == TEXT
    manifest = (library.root / "manifest.toml").read_text()
    assert "report.txt" not in manifest
    assert "# given in May" in manifest
    library.put("report.txt", file(TEXT))
    library.take_out("report.txt")
    assert sorted(path.name for path in (library.root / ".removed").iterdir()) == ["report (2).txt", "report.txt"]


@pytest.mark.parametrize("document", ["nowhere.txt", "../data/ledger.sqlite", "/etc/passwd", "manifest.toml", ""])
def test_only_documents_are_taken_out(library: Library, document: str) -> None:
    before = everything(library)
    with pytest.raises(InputError, match="There is no document"):
        library.take_out(document)
    assert everything(library) == before


def test_the_last_document_stays(library: Library) -> None:
    library.take_out("report.txt")
    with pytest.raises(InputError, match="is the last document"):
        library.take_out("talks/speech.txt")


def test_the_bundled_corpus_is_never_changed(file: Callable[..., Path], tmp_path: Path) -> None:
    library = Library(bundled(), tmp_path / "data")
    before = everything(library)
    assert library.refusal is not None
    with pytest.raises(StoreError, match="bundled documents"):
        library.put("new.txt", file("Words.\n"))
    with pytest.raises(StoreError, match="rag serve --corpus FOLDER"):
        library.take_out("documents/2016-dickey-taiwan-japan-ties-deepen.txt")
    assert everything(library) == before
    (tmp_path / "link").symlink_to(bundled())
    assert Library(tmp_path / "link", tmp_path / "data").refusal is not None


def test_a_folder_that_cannot_be_written_says_so(library: Library, file: Callable[..., Path]) -> None:
    library.root.chmod(0o555)
    try:
        with pytest.raises(StoreError, match="is not writable"):
            library.put("new.txt", file("Words.\n"))
    finally:
        library.root.chmod(0o755)


def test_one_change_at_a_time(library: Library, file: Callable[..., Path]) -> None:
    library.data.mkdir()
    with FileLock(library.data / "library.lock"), pytest.raises(StoreError, match="another process"):
        Library(library.root, library.data).put("new.txt", file("Words.\n"))
    library.put("new.txt", file("Words.\n"))


@pytest.mark.parametrize("step", ["_copy", "read_document", "_give_name"])
def test_a_kill_leaves_nothing_half_done(library: Library, file: Callable[..., Path], step: str) -> None:
    """The process dies before, or in the middle of, each step of putting a document in."""
    content = file("Words of the new document. " * 1000)
    before = names(library)
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom rag import library\n"
        f"library.{step} = lambda *a: ({'a[1].write_bytes(a[0].read_bytes()[:10]), ' if step == '_copy' else ''}os._exit(9))\n"
        "library.Library(Path(sys.argv[1]), Path(sys.argv[2])).put('new.txt', Path(sys.argv[3]))"
    )
    ended = subprocess.run([sys.executable, "-c", script, library.root, library.data, content])
    assert ended.returncode == 9
    assert names(library) == before
    assert any(".incoming-" in name for name in everything(library))
    library.put("new.txt", content)
    assert names(library) == sorted([*before, "new.txt"])
    assert (library.root / "new.txt").read_bytes() == content.read_bytes()
    assert not any(".incoming-" in name for name in everything(library))


def test_without_hard_links_nothing_is_replaced_either(
    library: Library, file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*args: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", no_links)
    library.put("new.txt", file("Words.\n"))
    assert (library.root / "new.txt").read_text() == "Words.\n"
    with pytest.raises(InputError, match="already"):
        library.put("new.txt", file("Other words.\n"))
