"""What is proposed for invented exports: the right homes, honest confidence, entries that say how to read the file."""

import random
from pathlib import Path

import pytest
from invented import EXPORTS, Export, faktura
from tiny import write_deal

import diligence as dd
from diligence.dataroom.mapping.assign import assigned
from diligence.dataroom.mapping.layout import find_layout
from diligence.dataroom.mapping.near import near_misses
from diligence.dataroom.mapping.profile import profile
from diligence.dataroom.mapping.propose import FileProposal, propose
from diligence.dataroom.mapping.write import write_mapping
from diligence.dataroom.reading import Item, items, open_place
from diligence.dataroom.room import open_room
from diligence.deal import Deal, load_deal


def deal_with(folder: Path, files: dict[str, bytes | str], deal: str = "") -> Deal:
    path = write_deal(folder, deal=deal)
    for name, content in files.items():
        (path.parent / "room" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_deal(path)


def one(folder: Path, name: str, content: bytes | str) -> FileProposal:
    return propose(deal_with(folder, {name: content}))[0]


@pytest.fixture(params=EXPORTS, ids=lambda make: make.__name__)
def export(request: pytest.FixtureRequest) -> Export:
    return request.param()


def test_columns_come_home(export: Export, tmp_path: Path) -> None:
    """At least 85% of the columns that have a home are placed right; nothing wrong, and nothing homeless, is above 0.9."""
    found = dd.propose_mapping(deal_with(tmp_path, {export.file: export.content}))
    table = found.loc[found["table"] != "", "table"].iloc[0]
    placed = found[found["table"] == table]
    right, with_home = 0, 0
    for column, homes in export.homes.items():
        rows = placed[placed["source_column"] == column]
        got = {f"{row.table}.{row.column}": row.confidence for row in rows.itertuples()}
        allowed = set(homes.split())
        with_home += "-" not in allowed
        right += "-" not in allowed and bool(set(got) & allowed)
        assert [place for place, sure in got.items() if place not in allowed and sure > 0.9] == []
    assert right >= 0.85 * with_home


def test_the_entry_says_how_to_read_the_file(export: Export, tmp_path: Path) -> None:
    entry = one(tmp_path, export.file, export.content).entry
    assert {key: entry.get(key) for key in export.entry} == dict(export.entry)


def test_the_frame_has_a_row_for_every_column_with_its_reason(tmp_path: Path) -> None:
    found = dd.propose_mapping(
        deal_with(tmp_path, {"invoices.csv": "Cust No,Date,Net amount,SKU,IBAN\nC1,2025-01-05,10.5,A,DE1\nC1,2025-02-05,11.5,B,DE1\n"})
    )
    assert list(found.columns) == ["table", "column", "file", "sheet", "source_column", "confidence", "evidence", "status"]
    assert set(found["source_column"]) == {"Cust No", "Date", "Net amount", "SKU", "IBAN"}
    assert ((found["confidence"] >= 0) & (found["confidence"] <= 1)).all() and (found["evidence"].str.len() > 5).all()
    iban = found[found["source_column"] == "IBAN"].iloc[0]
    assert (iban["status"], iban["evidence"], iban["confidence"]) == ("no home", "'iban' has no home in the data model", 0.0)


def test_values_that_stand_in_another_file_lift_and_explain_a_column(tmp_path: Path) -> None:
    keys = [f"K-{number:04d}" for number in range(60)]
    clients = "client_id,client_name\n" + "\n".join(f"{key},Name {key}" for key in keys)
    sales = "ref,client,date,amount\n" + "\n".join(f"r{n},{key},2025-01-{n % 28 + 1:02d},{n}.50" for n, key in enumerate(keys * 2))
    together = dd.propose_mapping(deal_with(tmp_path / "both", {"clients.csv": clients, "sales.csv": sales}))
    alone = dd.propose_mapping(deal_with(tmp_path / "alone", {"sales.csv": sales}))

    def row(found):  # type: ignore[no-untyped-def]
        return found[(found["source_column"] == "client") & (found["column"] == "customer_id")].iloc[0]

    assert "100% of its values are in customers.customer_id" in row(together)["evidence"]
    assert row(together)["confidence"] > row(alone)["confidence"] > 0.8


def test_contents_that_contradict_a_name_are_not_believed(tmp_path: Path) -> None:
    found = one(tmp_path, "sales.csv", "customer_id,date,amount\n" + "\n".join(f"C{n % 9},someday,{n}.5" for n in range(40)))
    assert all(match.confidence < 0.2 for match in found.candidate.matches if match.column == "date")  # type: ignore[union-attr]
    assert found.status == "incomplete"
    assert found.why == "no column found for date, which revenue requires"


def test_two_columns_that_fit_alike_are_less_sure(tmp_path: Path) -> None:
    rows = "\n".join(f"C{n % 9},2025-01-{n % 28 + 1:02d},2025-02-{n % 28 + 1:02d},{n}.5" for n in range(60))
    two = one(tmp_path / "two", "sales.csv", f"customer_id,invoice date,posting date,amount\n{rows}")
    match = next(m for m in two.candidate.matches if m.column == "date")  # type: ignore[union-attr]
    assert match.confidence < 0.7
    assert match.evidence[-1] in ("'posting date' fits nearly as well", "'invoice date' fits nearly as well")


def test_quantity_times_unit_price_is_the_amount(tmp_path: Path) -> None:
    rows = "\n".join(f"I{n},C{n % 9},2025-01-{n % 28 + 1:02d},SKU{n % 5},{n % 7 + 1},{n}.25" for n in range(60))
    found = one(tmp_path, "sales.csv", f"invoice no,customer no,date,sku,qty,unit price\n{rows}")
    assert found.entry["multiply"] == {"amount": ["qty", "unit price"]}
    assert "amount" not in found.entry["columns"]
    assert found.status == "proposed"


def test_won_deals_stand_in_for_revenue_where_there_is_nothing_better(tmp_path: Path) -> None:
    rows = "\n".join(f"O{n},C{n % 9},2025-01-{n % 28 + 1:02d},2025-03-{n % 28 + 1:02d},{('Won', 'Lost')[n % 2]},{n}00" for n in range(60))
    deals = f"opportunity id,account id,created date,close date,stage,amount\n{rows}"
    found = propose(deal_with(tmp_path / "deals", {"pipeline.csv": deals}))
    assert [(p.candidate.table, p.status) for p in found if p.candidate] == [("opportunities", "proposed"), ("revenue", "proposed")]
    assert found[1].why == "no file of the room has revenue lines: won deals, at their close, stand in for them"
    assert found[1].entry["keep"] == {"stage": ["Won"]}
    better = propose(deal_with(tmp_path / "lines", {"pipeline.csv": deals, "revenue.csv": "customer_id,date,amount\nC1,2025-01-01,1\n"}))
    assert [p.candidate.table for p in better if p.candidate] == ["opportunities"]


def test_a_second_file_for_a_table_is_named_and_not_taken(tmp_path: Path) -> None:
    rows = "\n".join(f"C{n % 9},2025-01-{n % 28 + 1:02d},{n}.5,P{n % 3}" for n in range(60))
    head = "customer no,invoice date,net amount,product code\n"
    found = propose(deal_with(tmp_path, {"sales north.csv": head + rows + "\n" + rows, "sales south.csv": head + rows}))
    assert [(p.looked.item.label, p.status, p.why) for p in found][1] == (
        "sales south.csv",
        "second source",
        "revenue comes from sales north.csv, which has the same columns: of two parts make one file, of two copies leave one out",
    )


def test_words_that_are_not_known_are_listed(tmp_path: Path) -> None:
    rows = "\n".join(f"O{n},2025-01-{n % 28 + 1:02d},{('Closed Won', 'Closed Lost', 'Discovery', 'Zombie')[n % 4]},{n}" for n in range(60))
    found = one(tmp_path, "opportunities export.csv", f"opportunity id,created date,stage,amount\n{rows}")
    assert found.words_left == [("stage", ("Zombie",))]
    assert found.entry["values"]["status"] == {"Closed Won": "won", "Closed Lost": "lost", "Discovery": "open"}


@pytest.mark.parametrize(
    ("days", "currency", "form"),
    [(["03/14/2025", "01/02/2025"], "EUR", "%m/%d/%Y"), (["14/03/2025", "01/02/2025"], "USD", "%d/%m/%Y"),
     (["03/04/2025", "01/02/2025"], "USD", "%m/%d/%Y"), (["03/04/2025", "01/02/2025"], "EUR", "%d/%m/%Y")],
)  # fmt: skip
def test_a_day_over_twelve_decides_and_else_the_currency_with_less_confidence(
    days: list[str], currency: str, form: str, tmp_path: Path
) -> None:
    rows = "\n".join(f"C{n % 9},{days[n % 2]},{n}.5,P{n % 3}" for n in range(60))
    deal = deal_with(tmp_path, {"sales.csv": f"customer no,invoice date,net amount,sku\n{rows}"})
    deal = deal.model_copy(update={"target": deal.target.model_copy(update={"currency": currency})})
    found = propose(deal)[0]
    match = next(m for m in found.candidate.matches if m.column == "date")  # type: ignore[union-attr]
    assert found.entry["date_format"] == [form]
    assert (match.confidence < 0.85) == (days[0] == "03/04/2025")


def test_a_hidden_sheet_is_named(tmp_path: Path) -> None:
    from openpyxl import Workbook

    deal = deal_with(tmp_path, {})
    book = Workbook()
    book.active.title = "Lines"
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    for sheet in (book.active, hidden):
        sheet.append(["customer no", "invoice date", "net amount", "sku"])
        for n in range(30):
            sheet.append([f"C{n % 5}", f"2025-01-{n % 28 + 1:02d}", n + 0.5, f"P{n % 3}"])
    book.save(tmp_path / "room" / "ledger of sales.xlsx")
    with open_place(deal) as place:
        found = items(place)
    assert [(item.sheet, item.hidden) for item in found] == [("Lines", False), ("Old", True)]
    found = propose(deal)
    assert [(p.entry["sheet"], p.status) for p in found] == [("Lines", "proposed"), ("Old", "second source")]


@pytest.mark.parametrize(
    ("text", "row", "separator", "first"),
    [
        ("Report\n\na;b\n1;2\n3;4\n", 3, ";", "a"),
        ("# made on Monday\n# by us\nid\tcity\n1\tUlm\n2\tBonn\n", 3, "\t", "id"),
        (" id  day   worth\n 1 20240101  3.5\n 2 20240102  4.5\n", 1, "whitespace", "id"),
        ("1,2024-01-01,3.5\n2,2024-01-02,4.5\n", 0, ",", "column_1"),
    ],
)
def test_layouts(text: str, row: int, separator: str, first: str, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    layout = find_layout(Item("f.csv", tmp_path / "f.csv", "", False, 0))
    assert layout is not None
    assert (layout.header_row, layout.separator, layout.header[0]) == (row, separator, first)


def test_a_header_over_two_rows(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(",2025,,2026,\nCustomer,Qty,Net,Qty,Net\nA,1,2.5,3,4.5\nB,1,2.5,3,4.5\n", encoding="utf-8")
    layout = find_layout(Item("f.csv", tmp_path / "f.csv", "", False, 0))
    assert layout is not None
    assert (layout.header_row, layout.header_rows, layout.header) == (1, 2, ("Customer", "2025 Qty", "2025 Net", "2026 Qty", "2026 Net"))


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_the_encoding_is_found_by_letters_that_stand_where_they_belong(encoding: str, tmp_path: Path) -> None:
    text = "Kunde,Straße\nMüller,Große Gasse\nBäcker,Höhenweg\nJäger,Übersee\n"
    (tmp_path / "f.csv").write_bytes(text.encode(encoding))
    layout = find_layout(Item("f.csv", tmp_path / "f.csv", "", False, 0))
    assert layout is not None and text.encode(encoding).decode(layout.encoding) == text


def test_profiles() -> None:
    assert profile("a", ["1.234,50", "12,00", "999,10"]).style == (",", ".")
    assert profile("a", ["1,234.50", "12.00"]).style == (".", ",")
    assert profile("a", ["2025Q1", "Q2 2025"]).type == "quarter"
    assert profile("a", ["Jan-25", "Feb-25"]).formats == ("%b-%y",)
    assert profile("a", ["ja", "nein", ""]).type == "boolean"
    dirty = profile("a", ["1", "2", "NULL", ""])
    assert (dirty.type, dirty.nothing, dirty.blank) == ("integer", ("NULL",), 0.5)


def test_the_assignment_has_the_best_total_of_all() -> None:
    """Held against every assignment there is, for small random tables."""
    from itertools import permutations

    chance = random.Random(3)
    for _ in range(60):
        rows, columns = chance.randrange(1, 5), chance.randrange(1, 5)
        scores = [[chance.choice([0.0, chance.random()]) for _ in range(columns)] for _ in range(rows)]
        pairs = assigned(scores)
        assert len(set(pairs.values())) == len(pairs)
        size = max(rows, columns)
        best = max(sum(scores[r][c] for r, c in enumerate(order[:rows]) if c < columns) for order in permutations(range(size)))
        assert sum(scores[r][c] for r, c in pairs.items()) == pytest.approx(best)


@pytest.mark.parametrize(("name", "content"), [("broken.xlsx", b"PK\x03\x04 no"), ("broken.parquet", b"PAR1 no")])
def test_a_file_that_does_not_open_is_told_and_holds_nothing_up(tmp_path: Path, name: str, content: bytes) -> None:
    found = {p.looked.item.label: p for p in propose(deal_with(tmp_path, {name: content, faktura().file: faktura().content}))}
    assert found[faktura().file].status == "proposed"
    assert found[name].status == "unplaced" and found[name].why.startswith("it does not open: ")


def test_the_same_room_gives_the_same_frame(tmp_path: Path) -> None:
    deal = deal_with(tmp_path, {make().file: make().content for make in EXPORTS})
    assert dd.propose_mapping(deal).equals(dd.propose_mapping(deal))


def test_hundreds_of_columns_and_odd_files_are_looked_at(tmp_path: Path) -> None:
    wide = ",".join(f"c{n}" for n in range(300)) + "\n" + ",".join("1" for _ in range(300)) + "\n"
    files = {"empty.csv": b"", "bytes.csv": bytes(range(256)) * 40, "open quote.csv": b'a,b\n"1,2\n3,4\n', "wide.csv": wide.encode()}
    assert {p.status for p in propose(deal_with(tmp_path, files))} == {"unplaced"}


def test_a_survey_without_ids_is_told_apart_by_its_rows(tmp_path: Path) -> None:
    survey = "Too cheap,Bargain,Getting expensive,Too expensive\n" + "".join(f"{n},{n + 9},{n + 20},{n + 40}\n" for n in range(10, 40))
    found = one(tmp_path, "Van Westendorp survey.csv", survey.encode())
    assert (found.status, found.entry["columns"]["respondent_id"]) == ("proposed", "source_row")


def test_deals_without_a_day_of_creation_can_be_taken_in_with_blanks(tmp_path: Path) -> None:
    deals = "deal id,account,won date,owner,amount\n" + "".join(
        f"D{n},Acme {n % 7},2024-03-{n % 28 + 1:02d},Ann,{100 + n}\n" for n in range(40)
    )
    found = one(tmp_path, "closed won deals.csv", deals.encode())
    assert found.status == "incomplete"
    assert found.why == "no column found for created_on, which opportunities requires; it can be taken in with blanks there"
    assert found.entry["constants"] == {"status": "won", "created_on": ""}


def test_channels_across_the_page_are_read_by_intake_as_proposed(tmp_path: Path) -> None:
    days = "".join(f"2024-01-{n:02d},{100 * n},{n},{2 * n},{3 * n}\n" for n in range(1, 29))
    file = {"media plan.csv": f"Date,revenue,tv_cost,radio_cost,search_cost\n{days}"}
    path = deal_with(tmp_path, file, "[room]\npartial = true").path
    write_mapping(load_deal(path), propose(load_deal(path)))
    spend = open_room(path).table("spend").groupby("channel")["amount"].sum()
    assert spend.to_dict() == {"radio": 2 * 406.0, "search": 3 * 406.0, "tv": 406.0}


def test_words_that_nearly_match_the_key_of_another_file_are_mapped(tmp_path: Path) -> None:
    products = "product,series,list price\nGTX Pro,GTX,10\nGTX Basic,GTX,5\nMG Special,MG,7\nMG Advanced,MG,8\nGTK 500,GTK,9\n"
    sold = ["GTXPro", "GTX Basic", "MG-Special", "MG Advanced", "GTK 500", "Zombie"]
    rows = "".join(f"D{n},Acme {n % 7},{sold[n % 6]},2024-03-{n % 28 + 1:02d},Won,{100 + n}\n" for n in range(60))
    deals = f"opportunity id,account,product,close date,stage,amount\n{rows}"
    found = {p.candidate.table: p for p in propose(deal_with(tmp_path, {"products.csv": products, "deals.csv": deals})) if p.candidate}
    assert found["opportunities"].entry["values"]["product_id"] == {"GTXPro": "GTX Pro", "MG-Special": "MG Special"}
    told = next(m.evidence for m in found["opportunities"].candidate.matches if m.column == "product_id")
    assert "'GTXPro' is 'GTX Pro' of products.product_id written otherwise" in told


def test_numbers_with_signs_and_values_of_which_two_are_alike_stay_apart() -> None:
    assert near_misses({"1-10": 1, "110": 1}, {"11-0", "1_10"}, "products.product_id") == {}
    assert near_misses({"gtx pro": 1}, {"GTX Pro", "GTX-Pro"}, "products.product_id") == {}
    assert near_misses({f"A {n}": 1 for n in range(41)}, {f"A{n}" for n in range(41)}, "products.product_id") == {}


def test_a_second_file_of_the_same_columns_is_told_as_a_part_or_a_copy(tmp_path: Path) -> None:
    def year(number: int) -> str:
        head = "invoice no,customer no,invoice date,net amount\n"
        return head + "".join(f"{number}{n:03d},C{n % 9},{number}-{n % 12 + 1:02d}-05,{100 + n}.50\n" for n in range(60))

    found = propose(deal_with(tmp_path, {"invoices_2024.csv": year(2024), "invoices_2025.csv": year(2025)}))
    told = [one.why for one in found if one.status == "second source"]
    assert told == [
        "invoices comes from invoices_2024.csv, which has the same columns: of two parts make one file, of two copies leave one out"
    ]
