"""The rules: what each derives from a toy graph, and in which order they run."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import derive, store
from kg.errors import DataError
from kg.namespaces import short
from kg.store import City, Graph

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def prefixes(folders) -> dict[str, str]:
    """The shared prefixes, and the kinds of a city called Alpha."""
    city = store.read_city(folders)
    return city.shared_prefixes | {
        prefix: "https://example.org/relations/alpha/" + prefix + "/"
        for prefix in city.prefixes
        if prefix not in city.shared_prefixes
    }


@pytest.fixture(scope="module")
def rules(folders) -> dict[str, derive.Rule]:
    return {rule.name: rule for rule in derive.read_rules(folders)}


@pytest.fixture
def derived(prefixes, rules):
    """Runs the rules of some names, in that order, over triples; what the last one derived, one line each."""

    def run(names: str, turtle: str) -> list[str]:
        head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.items())
        engine = ox.Store()
        engine.load((head + turtle).encode(), format=ox.RdfFormat.TURTLE)
        graph = Graph(engine, City("https://example.org/relations/alpha", prefixes))
        derive.derive(graph, [rules[name] for name in names.split()])
        last = graph.city.graph(f"derived/{names.split()[-1]}")

        def shown(term: ox.NamedNode | ox.Literal) -> str:
            return short(term.value, prefixes) if isinstance(term, ox.NamedNode) else str(term).split("^^")[0]

        return sorted(" ".join(map(shown, quad.triple)) for quad in engine.quads_for_pattern(None, None, None, last))

    return run


def test_every_rule_has_a_test_here():
    own = Path(__file__).read_text(encoding="utf-8")
    assert [
        file.stem
        for file in sorted((ROOT / "ontology" / "rules").glob("*.rq"))
        if f'"{file.stem}"' not in own and f' {file.stem}"' not in own
    ] == []


def test_dates_gives_the_first_and_last_day_that_a_year_can_mean(derived):
    assert derived("dates", "agreement:a cr:start '2003'^^xsd:gYear .") == [
        'agreement:a cr:earliest "2003-01-01"',
        'agreement:a cr:latest "2003-12-31"',
        'agreement:a cr:year "2003"',
    ]


@pytest.mark.parametrize(
    ("month", "last"),
    [("2024-02", "2024-02-29"), ("2023-02", "2023-02-28"), ("1900-02", "1900-02-28"), ("2000-02", "2000-02-29"),
     ("2024-04", "2024-04-30"), ("2024-12", "2024-12-31")],
)  # fmt: skip
def test_dates_knows_the_last_day_of_a_month(derived, month, last):
    assert derived("dates", f"event:a cr:start '{month}'^^xsd:gYearMonth .") == [
        f'event:a cr:earliest "{month}-01"',
        f'event:a cr:latest "{last}"',
        f'event:a cr:year "{month[:4]}"',
    ]


def test_dates_takes_the_latest_day_from_the_end(derived):
    assert derived("dates", "event:a cr:start '2024-03-12'^^xsd:date ; cr:end '2024-03'^^xsd:gYearMonth .") == [
        'event:a cr:earliest "2024-03-12"',
        'event:a cr:latest "2024-03-31"',
        'event:a cr:year "2024"',
    ]


def test_dates_says_nothing_of_what_is_no_date(derived):
    assert [line for line in derived("dates", "event:a cr:start '19x7'^^xsd:gYear .") if "year" not in line] == []


def test_types_gives_nodes_without_a_block_their_class(derived):
    turtle = """holding:a cr:holder person:b . membership:a cr:member city:b .
    participation:a cr:agent city:b . figure:a cr:of event:b ."""
    assert derived("types", turtle) == [
        "figure:a rdf:type cr:Figure",
        "holding:a rdf:type cr:Holding",
        "membership:a rdf:type cr:Membership",
        "participation:a rdf:type cr:Participation",
    ]


def test_superclasses_adds_the_classes_above(derived):
    turtle = """cr:Network rdfs:subClassOf cr:Organisation . cr:Organisation rdfs:subClassOf cr:Agent , foaf:Agent .
    organisation:a a cr:Network ."""
    assert derived("superclasses", turtle) == [
        "organisation:a rdf:type cr:Agent",
        "organisation:a rdf:type cr:Organisation",
    ]


def test_participants_adds_the_roles_above(derived):
    turtle = """cr:head rdfs:subPropertyOf cr:delegate . cr:delegate rdfs:subPropertyOf cr:participant .
    cr:seat rdfs:subPropertyOf cr:place . mission:a cr:head person:b ; cr:seat city:c ."""
    assert derived("participants", turtle) == ["mission:a cr:delegate person:b", "mission:a cr:participant person:b"]


def test_twinned_with_joins_the_cities_of_a_twinning_in_both_directions(derived):
    turtle = """city:a a cr:City . city:b a cr:City . person:p a cr:Person .
    agreement:t cr:kind kind:twinning ; cr:party city:a , city:b , person:p .
    agreement:u cr:kind kind:agreement ; cr:party city:a , city:c ."""
    assert derived("twinned-with", turtle) == ["city:a cr:twinnedWith city:b", "city:b cr:twinnedWith city:a"]


def test_involves_finds_a_city_through_role_place_holder_body_and_seat(derived):
    turtle = """city:role a cr:City . city:place a cr:City . city:holder a cr:City . city:body a cr:City .
    city:seat a cr:City .
    city:venue a cr:City . venue:v a cr:Venue ; cr:location city:venue . city:other a cr:City .
    event:e a cr:Situation ; cr:location city:place , venue:v ;
        cr:participant city:role , person:p , post:q , organisation:o .
    holding:h cr:holder person:p ; cr:post post:r . post:r cr:body city:holder .
    post:q cr:body city:body . organisation:o cr:seat city:seat .
    figure:f cr:location city:other ."""
    assert derived("involves", turtle) == [
        "event:e cr:involves city:body",
        "event:e cr:involves city:holder",
        "event:e cr:involves city:place",
        "event:e cr:involves city:role",
        "event:e cr:involves city:seat",
        "event:e cr:involves city:venue",
    ]


def test_figure_defaults_makes_a_bare_number_exact_and_counted_in_pieces(derived):
    turtle = """figure:bare cr:of event:e ; cr:value 8 .
    figure:money cr:of event:e ; cr:value 9 ; cr:currency currency:eur .
    figure:more cr:of event:e ; cr:value 10 ; cr:unit unit:person ; cr:qualifier qualifier:more-than ."""
    assert derived("figure-defaults", turtle) == [
        "figure:bare cr:qualifier qualifier:exact",
        "figure:bare cr:unit unit:one",
        "figure:money cr:qualifier qualifier:exact",
    ]


FIGURES = """event:e rdfs:label 'Fair'@en , 'Fiera'@it . measure:m skos:prefLabel 'Visitors'@en , 'Visitatori'@it .
    qualifier:more-than skos:prefLabel 'more than'@en , 'più di'@it .
    unit:person skos:prefLabel 'person'@en , 'persona'@it .
    currency:eur skos:notation 'EUR' . """


def test_figure_labels_names_what_is_measured_and_the_value(derived):
    turtle = FIGURES + "figure:a cr:of event:e ; cr:measure measure:m ; cr:value 8 ."
    assert derived("figure-defaults figure-labels", turtle) == [
        'figure:a rdfs:label "Fair, visitors: 8"@en',
        'figure:a rdfs:label "Fiera, visitatori: 8"@it',
    ]


def test_figure_labels_names_qualifier_and_unit_or_currency(derived):
    turtle = (
        FIGURES
        + """figure:a cr:of event:e ; cr:measure measure:m ; cr:value 8 ; cr:qualifier qualifier:more-than ;
    cr:unit unit:person . figure:b cr:of event:e ; cr:measure measure:m ; cr:value 9.5 ; cr:currency currency:eur ."""
    )
    assert derived("figure-defaults figure-labels", turtle) == [
        'figure:a rdfs:label "Fair, visitors: more than 8 person"@en',
        'figure:a rdfs:label "Fiera, visitatori: più di 8 persona"@it',
        'figure:b rdfs:label "Fair, visitors: 9.5 EUR"@en',
        'figure:b rdfs:label "Fiera, visitatori: 9.5 EUR"@it',
    ]


def test_holding_labels_joins_person_and_post(derived):
    turtle = """holding:h cr:holder person:p ; cr:post post:q . person:p rdfs:label 'Ada Quill'@en .
    post:q rdfs:label 'Mayor of Alpha'@en , 'Sindaca di Alpha'@it ."""
    assert derived("holding-labels", turtle) == ['holding:h rdfs:label "Ada Quill, Mayor of Alpha"@en']


def test_membership_labels_joins_member_and_body(derived):
    turtle = """membership:m cr:member city:a ; cr:organisation organisation:o . city:a rdfs:label 'Alpha'@it .
    organisation:o rdfs:label 'Lantern Cities'@it ."""
    assert derived("membership-labels", turtle) == ['membership:m rdfs:label "Alpha in Lantern Cities"@it']


def test_participation_labels_joins_agent_role_and_situation(derived):
    turtle = """participation:p cr:agent city:a ; cr:in project:q ; cr:role role:pilot . city:a rdfs:label 'Alpha'@en .
    project:q rdfs:label 'TIDEWORK'@en . role:pilot skos:prefLabel 'Pilot city'@en ."""
    assert derived("participation-labels", turtle) == ['participation:p rdfs:label "Alpha, pilot city, TIDEWORK"@en']


def test_passage_labels_names_document_and_lines(derived):
    turtle = """source:d rdfs:label 'Yearbook'@en , 'Annuario'@it .
    source:one a cr:Passage ; cr:document source:d ; cr:firstLine 5 ; cr:lastLine 5 .
    source:two a cr:Passage ; cr:document source:d ; cr:firstLine 5 ; cr:lastLine 9 ."""
    assert derived("passage-labels", turtle) == [
        'source:one rdfs:label "Annuario, riga 5"@it',
        'source:one rdfs:label "Yearbook, line 5"@en',
        'source:two rdfs:label "Annuario, righe 5–9"@it',
        'source:two rdfs:label "Yearbook, lines 5–9"@en',
    ]


def test_vocabulary_schema_gives_class_name_date_and_roles(derived):
    turtle = """event:e a cr:Event ; rdfs:label 'Fair'@en ; cr:start '2024-03'^^xsd:gYearMonth ; cr:organiser city:a .
    city:a a cr:City ; rdfs:label 'Alpha'@en ."""
    assert derived("vocabulary-schema", turtle) == [
        "city:a rdf:type schema:City",
        'city:a schema:name "Alpha"@en',
        "event:e rdf:type schema:Event",
        'event:e schema:name "Fair"@en',
        "event:e schema:organizer city:a",
        'event:e schema:startDate "2024-03"',
    ]


def test_vocabulary_schema_gives_no_date_that_is_not_settled(derived):
    turtle = """event:e a cr:Event ; cr:end '2024-03-05'^^xsd:date ;
    cr:start '2024-03-01'^^xsd:date , '2024-03-02'^^xsd:date ."""
    assert derived("vocabulary-schema", turtle) == ['event:e schema:endDate "2024-03-05"']


def test_vocabulary_org_gives_memberships_posts_and_units(derived):
    turtle = """membership:m cr:member city:a ; cr:organisation organisation:o . organisation:p cr:hasMember city:b .
    post:q a cr:Post ; cr:body city:a . holding:h cr:post post:q ; cr:holder person:p .
    organisation:w a cr:WorkingGroup ; cr:partOf organisation:o . organisation:o a cr:Organisation ."""
    org = "http://www.w3.org/ns/org#"
    assert derived("vocabulary-org", turtle) == [
        f"city:a <{org}memberOf> organisation:o",
        f"city:b <{org}memberOf> organisation:p",
        f"membership:m <{org}member> city:a",
        f"membership:m <{org}organization> organisation:o",
        f"membership:m rdf:type <{org}Membership>",
        f"organisation:w <{org}unitOf> organisation:o",
        f"post:q <{org}heldBy> person:p",
        f"post:q <{org}postIn> city:a",
        f"post:q rdf:type <{org}Post>",
    ]


def test_vocabulary_eu_gives_events_and_projects(derived):
    turtle = """event:e a cr:Event ; cr:edition 12 .
    project:p a cr:Project ; rdfs:label 'TIDEWORK'@en ; cr:start '2022'^^xsd:gYear ."""
    assert derived("vocabulary-eu", turtle) == [
        'event:e <http://data.europa.eu/m8g/eventNumber> "12"',
        "event:e rdf:type <http://data.europa.eu/m8g/PublicEvent>",
        'project:p <http://data.europa.eu/s66#startDate> "2022"',
        'project:p <http://data.europa.eu/s66#title> "TIDEWORK"@en',
        "project:p rdf:type <http://data.europa.eu/s66#Project>",
    ]


def test_vocabulary_italy_gives_classes_and_titles(derived):
    turtle = """person:p a cr:Person ; rdfs:label 'Ada Quill'@it . city:a a cr:City ; rdfs:label 'Alpha'@it .
    event:e a cr:Event , cr:Situation ; rdfs:label 'Fiera'@it ."""
    italy = "https://w3id.org/italia/onto/"
    assert derived("vocabulary-italy", turtle) == [
        f"city:a rdf:type <{italy}CLV/City>",
        f'event:e <{italy}CPEV/eventTitle> "Fiera"@it',
        f"event:e rdf:type <{italy}CPEV/PublicEvent>",
        f"event:e rdf:type <{italy}l0/EventOrSituation>",
        f'person:p <{italy}CPV/fullName> "Ada Quill"@it',
        f"person:p rdf:type <{italy}CPV/Person>",
    ]


def test_vocabulary_wikidata_gives_the_facts_that_it_has_a_property_for(derived):
    turtle = """city:a cr:twinnedWith city:b . organisation:p cr:hasMember city:b . event:e cr:inSeries series:s .
    membership:m cr:member city:a ; cr:organisation organisation:o . holding:h cr:holder person:p ; cr:post post:q .
    city:a a cr:City ; cr:country country:c . event:e a cr:Event ; cr:organiser city:a .
    conferral:c cr:recipient person:p ; cr:award award:w ."""
    wdt = "http://www.wikidata.org/prop/direct/"
    assert derived("vocabulary-wikidata", turtle) == [
        f"city:a <{wdt}P17> country:c",
        f"city:a <{wdt}P190> city:b",
        f"city:a <{wdt}P463> organisation:o",
        f"city:b <{wdt}P463> organisation:p",
        f"event:e <{wdt}P179> series:s",
        f"event:e <{wdt}P664> city:a",
        f"person:p <{wdt}P166> award:w",
        f"person:p <{wdt}P39> post:q",
    ]


def test_what_is_known_already_is_not_derived_again(derived):
    assert derived(
        "dates", "event:a cr:start '2024'^^xsd:gYear ; cr:year 2024 ; cr:earliest '2024-01-01'^^xsd:date ."
    ) == ['event:a cr:latest "2024-12-31"']


# --- files and order -----------------------------------------------------------------------------------------------


def test_the_rules_of_the_repository_run_after_those_they_name(folders):
    names = [rule.name for rule in derive.read_rules(folders)]
    for rule in derive.read_rules(folders):
        assert all(names.index(before) < names.index(rule.name) for before in rule.after)
    assert names.index("types") < names.index("superclasses") < names.index("involves")


def write_rule(home: Path, name: str, text: str) -> None:
    (home / "ontology" / "rules" / f"{name}.rq").write_text(text, encoding="utf-8")


HEAD = "# en: Something.\n# it: Qualcosa.\n"
BODY = "CONSTRUCT { ?a cr:year 1 } WHERE { ?a cr:start ?b }\n"


def test_rules_run_in_the_order_of_their_headers(city_copy):
    write_rule(city_copy.home, "aaa", HEAD + "# after: zzz\n" + BODY)
    write_rule(city_copy.home, "zzz", HEAD + BODY)
    names = [rule.name for rule in derive.read_rules(city_copy.folders)]
    assert names.index("zzz") < names.index("aaa")


def test_rules_that_wait_for_each_other_are_an_error(city_copy):
    write_rule(city_copy.home, "one", HEAD + "# after: two\n" + BODY)
    write_rule(city_copy.home, "two", HEAD + "# after: one\n" + BODY)
    with pytest.raises(DataError) as caught:
        derive.read_rules(city_copy.folders)
    assert caught.value.message == "these rules wait for each other: one, two, one"
    assert caught.value.file == city_copy.home / "ontology" / "rules"


def test_a_rule_that_waits_for_none_of_ours_is_an_error(city_copy):
    write_rule(city_copy.home, "one", HEAD + "# after: nothing\n" + BODY)
    with pytest.raises(DataError, match=r"^`# after:` names the rule nothing, which does not exist$") as caught:
        derive.read_rules(city_copy.folders)
    assert caught.value.file == city_copy.home / "ontology" / "rules" / "one.rq"


def test_a_rule_says_in_both_languages_what_it_derives(city_copy):
    write_rule(city_copy.home, "one", "# en: Something.\n" + BODY)
    with pytest.raises(DataError, match=r"^a rule lacks its description$") as caught:
        derive.read_rules(city_copy.folders)
    assert caught.value.remedy == "start the file with `# en: …` and `# it: …`"


def test_a_rule_that_does_not_parse_is_named_with_its_line(city_copy):
    write_rule(city_copy.home, "one", HEAD + "CONSTRUCT { ?a cr:year 1 }\nWHERE { ?a cr:start }\n")
    with pytest.raises(DataError) as caught:
        derive.derive(store.load(city_copy.folders), derive.read_rules(city_copy.folders))
    assert caught.value.where == f"{city_copy.home}/ontology/rules/one.rq:4:21"
    assert caught.value.remedy == "correct the SPARQL there"


def test_a_rule_constructs(city_copy):
    write_rule(city_copy.home, "one", HEAD + "SELECT * { ?a cr:start ?b }\n")
    with pytest.raises(DataError, match=r"^a rule must be a CONSTRUCT query$"):
        derive.derive(store.load(city_copy.folders), derive.read_rules(city_copy.folders))


def test_what_a_rule_derives_stands_in_its_own_graph_with_a_description(release):
    graph = release.graph
    name = graph.city.graph("derived/twinned-with")
    inside = {quad.triple for quad in graph.engine.quads_for_pattern(None, None, None, name)}
    assert inside
    assert all(ox.Quad(*triple, ox.DefaultGraph()) in graph.engine for triple in inside)
    texts = {quad.object for quad in graph.engine.quads_for_pattern(name, derive.DESCRIPTION, None, ox.DefaultGraph())}
    assert texts == {
        ox.Literal("The parties of a twinning are twinned with each other.", language="en"),
        ox.Literal("Le parti di un gemellaggio sono gemellate fra loro.", language="it"),
    }
