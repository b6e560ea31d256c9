"""Articles from a folder of files and back: every fault told, all or nothing, safe to repeat, the same both ways."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mainstay.contracts.models import Product
from mainstay.knowledge import folder, hub
from mainstay.knowledge.models import Article
from tests.desk import Desk
from tests.knowledge.conftest import Put
from tests.knowledge.test_articles import PNG

LABEL = """---
title: Print: a label
summary: From card to paper.
kind: technical
product: lantern
version: 4.2 and later
readers: clients
clients: carrow-trust, acme-health
state: published
---

Take the card.

![The dialog](images/the%20dialog.png) and [notes](notes.pdf), [more](other.md), [out](https://x.example/a.b).
"""


@pytest.fixture
def files(tmp_path: Path, lantern: Product) -> Path:
    (tmp_path / "guides" / "images").mkdir(parents=True)
    (tmp_path / "guides" / "print-a-label.md").write_text(LABEL)
    (tmp_path / "guides" / "images" / "the dialog.png").write_bytes(PNG)
    (tmp_path / "guides" / "notes.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "order" / "index.md").parent.mkdir()
    (tmp_path / "order" / "index.md").write_text("# Order labels #\n\nBy telephone.\n")
    return tmp_path


def test_files_become_articles_and_a_second_time_nothing(desk: Desk, files: Path) -> None:
    done = folder.bring_in(files, at=desk.now)
    assert (done.added, done.changed, done.unchanged) == (["print-a-label", "order"], [], [])
    label, order = (Article.objects.get(address=one) for one in ("print-a-label", "order"))
    assert (label.title, label.kind, label.product_version) == ("Print: a label", "technical", "4.2 and later")
    assert (label.state, label.audience, order.state, order.audience) == ("published", "clients", "draft", "signed_in")
    assert (order.title, order.text) == ("Order labels", "By telephone.\n")
    shown = hub.article_at("print-a-label", desk.person["ana"], at=desk.now)
    assert shown is not None
    assert set(shown.files) == {"the dialog.png", "notes.pdf"}
    assert shown.alone
    desk.advance(minutes=1)
    again = folder.bring_in(files, at=desk.now)
    assert again.unchanged == ["print-a-label", "order"]
    assert label.editions.count() == 1
    (files / "guides" / "notes.pdf").write_bytes(b"%PDF-2.0")
    (files / "order" / "index.md").write_text("# Order labels\n\nBy mail.\n")
    assert folder.bring_in(files, at=desk.now).changed == ["print-a-label", "order"]
    assert label.editions.count() == 2


def test_what_is_taken_out_comes_in_the_same(desk: Desk, files: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder.bring_in(files, at=desk.now)
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    assert folder.take_out(first) == 2
    assert folder.bring_in(first, at=desk.now).unchanged == ["order", "print-a-label"]
    Article.objects.update(shown=None)
    Article.objects.all().delete()
    folder.bring_in(first, at=desk.now)
    folder.take_out(second)

    def content(place: Path) -> dict[str, bytes]:
        return {one.relative_to(place).as_posix(): one.read_bytes() for one in place.rglob("*") if one.is_file()}

    assert content(first) == content(second)
    assert set(content(first)) == {
        "order/article.md", "print-a-label/article.md", "print-a-label/notes.pdf", "print-a-label/the dialog.png",
    }  # fmt: skip


@pytest.mark.parametrize(("case", "name", "text", "told"), [
    ("no title", "a.md", "Words.", "a.md: has no title"),
    ("an unknown key", "a.md", "---\ntitle: A\ncolour: red\n---\n", "a.md:3: 'colour' is no key. Keys are title"),
    ("no head", "a.md", "---\ntitle\n---\n# A\n", "a.md:2: is no 'key: value'"),
    ("an unknown product", "a.md", "---\ntitle: A\nproduct: x\n---\n", "a.md:3: there is no product 'x'. See: mainstay product list"),
    ("an unknown client", "a.md", "---\ntitle: A\nclients: x\n---\n", "a.md:3: there is no client 'x'"),
    ("clients for everybody", "a.md", "---\ntitle: A\nreaders: public\nclients: acme-health\n---\n", "a.md:3: clients go with"),
    ("an unknown kind", "a.md", "---\ntitle: A\nkind: x\n---\n", "a.md:3: there is no kind 'x'. Choose one of guide, technical"),
    ("too long", "a.md", f"---\ntitle: {'x' * 201}\n---\n", "a.md:2: the title is longer than 200"),
    ("a picture that is not there", "a.md", "# A\n\n![x](gone.png)", "a.md: the file gone.png is not in the folder"),
    ("a picture outside", "a.md", "# A\n\n![x](../../../../etc/passwd.txt)", "is not in the folder"),
    ("an empty picture", "a.md", "# A\n\n![x](empty.png)", "is empty or larger"),
    ("published without text", "a.md", "---\ntitle: A\nstate: published\n---\n", "a.md:3: has no text"),
    ("published without words for a picture", "a.md", "---\ntitle: A\nstate: published\n---\n![](dot.png)", "Say in words what the picture"),
    ("no address", "?!.md", "# A", "?!.md: has no address"),
])  # fmt: skip
def test_every_fault_is_told_with_its_place_and_nothing_is_written(
    desk: Desk, tmp_path: Path, case: str, name: str, text: str, told: str
) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "dot.png").write_bytes(PNG)
    (tmp_path / "good.md").write_text("# Good\n\nWords.")
    (tmp_path / name).write_text(text)
    with pytest.raises(folder.Unfit) as unfit:
        folder.bring_in(tmp_path, at=desk.now)
    assert told in "\n".join(map(str, unfit.value.faults))
    assert not Article.objects.exists()


def test_two_with_one_address_bytes_and_an_empty_folder_are_faults(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(folder.Unfit, match="1 faults"):
        folder.bring_in(tmp_path, at=desk.now)
    (tmp_path / "a.md").write_text("# A")
    (tmp_path / "b.md").write_text("---\ntitle: B\naddress: a\n---\n")
    (tmp_path / "c.md").write_bytes(b"\xff\xfe")
    (tmp_path / "d.md").symlink_to("/etc/hostname")
    with pytest.raises(folder.Unfit) as unfit:
        folder.bring_in(tmp_path, at=desk.now)
    assert [str(one).partition(".")[0] for one in unfit.value.faults] == ["b", "c", "d"]


def test_what_is_huge_or_no_file_or_behind_a_link_is_told_and_not_read(desk: Desk, tmp_path: Path) -> None:
    """Class B7: names that lead out, links in files and folders, a pipe, and sizes; of the huge ones no octet is read."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.png").write_bytes(PNG)
    (inside / "linked.png").symlink_to(outside / "secret.png")
    (inside / "folder").symlink_to(outside)
    os.mkfifo(inside / "pipe.png")
    for name, size in (("huge.md", 10**10), ("huge.png", 10**10)):
        with (inside / name).open("wb") as sparse:
            sparse.truncate(size)
    places = ("linked.png", "folder/secret.png", "pipe.png", "../out/secret.png", "%2e%2e/out/secret.png", "a%00b.png", "huge.png")
    text = "\n\n".join(f"![x]({one})" for one in places)
    (inside / "a.md").write_text(f"# A\n\n{text}\n")
    with pytest.raises(folder.Unfit) as unfit:
        folder.bring_in(inside, at=desk.now)
    told = [str(one) for one in unfit.value.faults]
    assert sum("is not in the folder" in one for one in told) == 6
    assert sum("is empty or larger than 5 MB" in one for one in told) == 1
    assert any(one.startswith("huge.md: cannot be read") for one in told)


def test_two_different_pictures_of_one_name_are_a_fault_and_the_same_one_twice_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    for place, data in (("a", PNG), ("b", PNG)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "logo.png").write_bytes(data)
    (tmp_path / "two.md").write_text("# Two\n\n![One](a/logo.png) ![The other](b/logo.png)\n")
    assert folder.bring_in(tmp_path, at=desk.now).added == ["two"]
    (tmp_path / "b" / "logo.png").write_bytes(PNG + b"another")
    with pytest.raises(folder.Unfit) as refused:
        folder.bring_in(tmp_path, at=desk.now)
    assert [str(one) for one in refused.value.faults] == [
        "two.md: shows two different files called logo.png. Give one of them another name"
    ]


def test_a_former_address_is_not_taken(desk: Desk, put: Put, tmp_path: Path) -> None:
    from mainstay.knowledge import articles

    articles.move(article=put("Print a label"), address="labels", by=None, at=desk.now)
    (tmp_path / "print-a-label.md").write_text("# Print a label\n\nWords.")
    with pytest.raises(folder.Unfit) as unfit:
        folder.bring_in(tmp_path, at=desk.now)
    assert "led to another article before" in str(unfit.value.faults[0])


def test_the_commands_say_what_they_did(desk: Desk, files: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    said = desk.command("article", "import", str(files))
    assert (said.exit_code, said.output.strip()) == (0, "Added 2, changed 0; 0 were the same already.")
    assert '"unchanged": [\n' in desk.command("article", "import", "--json", str(files)).output
    assert "Wrote 2 articles" in desk.command("article", "export", str(tmp_path_factory.mktemp("out"))).output
    (files / "bad.md").write_text("No title.")
    assert "bad.md: has no title" in desk.command("article", "import", str(files)).output
    assert '"written": false' in desk.command("article", "import", "--json", str(files)).output
    assert desk.command("article", "import", str(files / "bad.md")).exit_code == 1
