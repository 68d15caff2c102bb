"""`anchors.ttl`: by what words each passage is found again in a new conversion of its document."""

from __future__ import annotations

from kg.anchors import write_anchors

FILE = "data/statements/yearbook-2023/anchors.ttl"


def test_the_anchors_of_the_other_city_are_up_to_date(city_copy):
    assert write_anchors(city_copy.folders, city_copy.documents, check=True) == []


def test_a_check_names_the_file_and_changes_nothing(city_copy):
    city_copy.edit("data/statements/yearbook-2023/04-networks-projects-honours.trig", "yb:L23 {", "yb:L23-L24 {")
    before = (city_copy.home / FILE).read_text(encoding="utf-8")
    assert write_anchors(city_copy.folders, city_copy.documents, check=True) == [city_copy.home / FILE]
    assert (city_copy.home / FILE).read_text(encoding="utf-8") == before


def test_writing_brings_the_file_up_to_date(city_copy):
    (city_copy.home / FILE).unlink()
    assert write_anchors(city_copy.folders, city_copy.documents) == [city_copy.home / FILE]
    assert write_anchors(city_copy.folders, city_copy.documents, check=True) == []
    text = (city_copy.home / FILE).read_text(encoding="utf-8")
    assert "# Written by `kg anchor`, not by hand" in text
    assert (
        'yb:L21 cr:startsWith "Northhaven joined Lantern Cities" ;\n'
        '    cr:endsWith "Lantern Cities in 2005" ;\n    cr:digest "' in text
    )


def test_the_anchors_of_a_passage_that_is_gone_go_too(city_copy):
    path = city_copy.home / "data/statements/yearbook-2023/04-networks-projects-honours.trig"
    path.write_text(path.read_text(encoding="utf-8").replace("yb:L24", "yb:L20"), encoding="utf-8")
    write_anchors(city_copy.folders, city_copy.documents)
    text = (city_copy.home / FILE).read_text(encoding="utf-8")
    assert "yb:L20 " in text
    assert "yb:L24" not in text


def test_passages_stand_in_the_order_of_lines(city_copy):
    text = (city_copy.home / FILE).read_text(encoding="utf-8")
    names = [line.split()[0] for line in text.splitlines() if line.startswith("yb:")]
    assert names == [
        f"yb:{n}"
        for n in (
            "L1",
            "L3",
            "L5",
            "L6",
            "L8",
            "L10-L11",
            "L12",
            "L13",
            "L15",
            "L17",
            "L19",
            "L21",
            "L22",
            "L23",
            "L24",
        )
    ]


def test_no_more_than_four_words_in_a_row_are_kept(city_copy):
    text = (city_copy.home / FILE).read_text(encoding="utf-8")
    quoted = [line.split('"')[1] for line in text.splitlines() if "startsWith" in line or "endsWith" in line]
    assert quoted
    assert max(len(words.split()) for words in quoted) == 4
