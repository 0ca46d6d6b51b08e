"""Each preset takes in a small export written by the documented columns, end to end: the right revenue, customers, opportunities."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import lines_of, write_deal

from diligence.dataroom.mapping.presets import exports, with_presets
from diligence.dataroom.reading import open_place
from diligence.dataroom.room import Room, open_room
from diligence.dataroom.schema import tables
from diligence.deal import load_deal
from diligence.errors import InputError

PRESETS = ["salesforce", "hubspot", "stripe", "chartmogul", "quickbooks", "xero", "netsuite"]
DATA = Path(exports.__wrapped__.__code__.co_filename).parent / "presets"


@pytest.fixture
def taken(tmp_path: Path) -> Callable[..., Room]:
    """Write the files of a room under a preset, and open it."""

    def build(preset: str, files: dict[str, str], currency: str = "EUR", deal: str = "") -> Room:
        path = write_deal(tmp_path, deal=f'[room]\npreset = "{preset}"\n{deal}')
        path.write_text(path.read_text(encoding="utf-8").replace('currency = "EUR"', f'currency = "{currency}"'), encoding="utf-8")
        for name, text in files.items():
            (path.parent / "room" / name).write_text(text, encoding="utf-8")
        return open_room(path)

    return build


def money(room: Room) -> dict[tuple[str, str], float]:
    """Revenue by customer and day."""
    lines = lines_of(room)
    return {(row.customer_id, f"{row.date:%Y-%m-%d}"): row.amount for row in lines.itertuples()}


SALESFORCE = {
    "Opportunity.csv": (
        "Id,Name,AccountId,CreatedDate,CloseDate,StageName,Amount,Type,OwnerId,LeadSource,ForecastCategoryName\n"
        "006A,Alpha,001A,2025-01-05T09:30:00.000+0000,2025-03-31,Closed Won,12000,New Business,005A,Web,Closed\n"
        "006B,Beta,001B,2025-02-05T09:30:00.000+0000,2025-04-30,Closed Lost,8000,New Business,005A,Web,Omitted\n"
        "006C,Gamma,001A,2026-05-05T09:30:00.000+0000,2026-06-15,Negotiation/Review,500.50,Existing Business,005A,,Commit\n"
    ),
    "Account.csv": "Id,Name,ParentId,Industry,BillingCountry,NumberOfEmployees,OwnerId\n001A,Acme,,Energy,DE,50,005A\n001B,Bolt,001A,Energy,FR,9,005A\n",
    "User.csv": "Id,Name,Department\n005A,Ann,North\n",
}


def test_salesforce_by_api_name(taken: Callable[..., Room]) -> None:
    room = taken("salesforce", SALESFORCE)
    assert money(room) == {("001A", "2025-03-31"): 12_000.0}
    deals = room.table("opportunities").set_index("opportunity_id")
    assert deals["status"].to_dict() == {"006A": "won", "006B": "lost", "006C": "open"}
    assert deals["type"].to_dict() == {"006A": "new", "006B": "new", "006C": "expansion"}
    assert [f"{day:%Y-%m-%d}" for day in deals["created_on"]] == ["2025-01-05", "2025-02-05", "2026-05-05"]
    customers = room.customers.set_index("customer_id")
    assert (customers.loc["001B", "parent_id"], customers.loc["001A", "name"]) == ("001A", "Acme")
    assert room.table("reps")["name"].tolist() == ["Ann"]


def test_salesforce_by_label_in_the_order_of_the_locale(taken: Callable[..., Room]) -> None:
    report = (
        "Opportunity ID,Account ID,Account Name,Created Date,Close Date,Stage,Amount,Type,Opportunity Owner\n"
        "006A,001A,Acme,1/5/2025,3/4/2025,Closed Won,12000,New Business,Ann\n"
        "006B,001B,Bolt,2/5/2025,4/6/2025,Prospecting,8000,New Business,Ann\n"
    )
    room = taken("salesforce", {"Opportunities report.csv": report}, "USD")
    assert money(room) == {("001A", "2025-03-04"): 12_000.0}
    assert room.table("opportunities")["status"].tolist() == ["won", "open"]


def test_hubspot(taken: Callable[..., Room]) -> None:
    deals = (
        "Record ID,Deal Name,Deal Stage,Close Date,Create Date,Amount,Deal Type,Deal owner,Associated Company\n"
        "1,Alpha,Closed Won,2025-05-31 10:15,2025-01-02 08:00,9000,New Business,Ann,Acme\n"
        "2,Beta,Contract Sent,2026-07-31 10:15,2026-01-02 08:00,4000,Existing Business,Ann,Bolt\n"
    )
    companies = "Record ID,Company name,Industry,Country/Region\n77,Acme,ENERGY,Germany\n78,Bolt,ENERGY,France\n"
    room = taken("hubspot", {"hubspot-crm-exports-deals.csv": deals, "companies.csv": companies})
    assert money(room) == {("Acme", "2025-05-31"): 9_000.0}
    assert room.table("opportunities")["status"].tolist() == ["won", "open"]
    assert room.customers["customer_id"].tolist() == ["Acme", "Bolt"]


def test_stripe_payments_and_subscriptions(taken: Callable[..., Room]) -> None:
    payments = (
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status,Customer ID,Invoice ID\n"
        "ch_1,2025-06-05 20:38:34,3125.00,0.00,usd,true,90.93,Paid,cus_A,in_1\n"
        "ch_2,2025-06-06 20:38:34,50.00,0.00,usd,false,0,Failed,cus_B,in_2\n"
    )
    subscriptions = (
        "id,Customer ID,Customer Name,Status,Amount,Interval,Start (UTC),Ended At (UTC)\n"
        "sub_1,cus_A,Acme,active,1200.00,year,2025-01-01 00:00,\nsub_2,cus_B,Bolt,canceled,10.00,month,2025-01-01 00:00,2025-02-01 00:00\n"
    )
    room = taken("stripe", {"unified_payments.csv": payments, "subscriptions.csv": subscriptions}, "USD")
    assert money(room) == {("cus_A", "2025-06-05"): 3_125.0}
    contract = room.table("contracts").iloc[0]
    assert (len(room.table("contracts")), contract["annual_value"], contract["billing"], contract["status"]) == (
        1,
        1_200.0,
        "annual_upfront",
        "active",
    )


def test_stripe_objects_are_in_the_minor_unit(taken: Callable[..., Room]) -> None:
    lines = "id,invoice,customer,amount,currency,quantity,period_start,period_end\nil_1,in_1,cus_A,120050,EUR,1,2025-01-01,2025-01-31\n"
    heads = "id,customer,created,due_date,total\nin_1,cus_A,2025-01-01 00:00:00,2025-01-15 00:00:00,142860\n"
    room = taken("stripe", {"invoice_line_items.csv": lines, "invoices_api.csv": heads})
    assert lines_of(room)["amount"].sum() == 1_200.5
    assert room.table("invoices")["amount"].round(4).tolist() == [1_428.6]


def test_chartmogul_in_cents(taken: Callable[..., Room]) -> None:
    lines = (
        "Customer external ID,Invoiced date,Invoice external ID,External ID,Type,Amount in cents,Plan,Service period start,Service period end,Quantity,Currency\n"
        "c1,2025-01-01,i1,l1,subscription,120000,Gold,2025-01-01,2025-12-31,1,EUR\nc2,2025-02-01,i2,l2,one_time,5000,Set-up,,,1,EUR\n"
    )
    room = taken("chartmogul", {"invoice_line_items.csv": lines, "Customers.csv": "External ID,Name,Country\nc1,Acme,DE\nc2,Bolt,FR\n"})
    assert lines_of(room).groupby("kind")["amount"].sum().to_dict() == {"one_off": 50.0, "recurring": 1_200.0}
    assert room.customers["name"].tolist() == ["Acme", "Bolt"]


def test_quickbooks_below_its_title_without_totals(taken: Callable[..., Room]) -> None:
    report = (
        'Tiny LLC,,,,,,,,\nSales by Customer Detail,,,,,,,,\n"January 1 - December 31, 2025",,,,,,,,\n\n'
        "Date,Transaction Type,Num,Customer,Product/Service,Memo/Description,Qty,Sales Price,Amount\n"
        '01/05/2025,Invoice,1001,Acme,Gold,plan,1,"1,200.00","1,200.00"\n'
        "03/25/2025,Credit Memo,1002,Acme,Gold,credit,-1,200.00,-200.00\n04/09/2025,Estimate,1003,Bolt,Gold,,1,99.00,99.00\n"
        'Total for Acme,,,,,,,,"1,000.00"\n'
    )
    room = taken("quickbooks", {"Sales by Customer Detail.csv": report}, "USD")
    assert sorted(money(room).values()) == [-200.0, 1_200.0]
    assert {day for _, day in money(room)} <= {"2025-01-05", "2025-03-25"}


def test_xero_lines(taken: Callable[..., Room]) -> None:
    invoices = (
        "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,InventoryItemCode,Description,Quantity,UnitAmount,LineAmount,Currency,Type,Status\n"
        "Acme,INV-1,05/03/2025,04/04/2025,240.00,GOLD,plan,1,150,150.00,EUR,Sales Invoice,Paid\n"
        "Acme,INV-1,05/03/2025,04/04/2025,240.00,HELP,help,1,50,50.00,EUR,Sales Invoice,Paid\n"
        "Bolt,BILL-9,05/03/2025,04/04/2025,90.00,,rent,1,75,75.00,EUR,Bill,Paid\n"
    )
    room = taken("xero", {"SalesInvoices.csv": invoices})
    assert lines_of(room)[["product_id", "amount"]].values.tolist() == [["GOLD", 150.0], ["HELP", 50.0]]
    assert {f"{day:%Y-%m-%d}" for day in lines_of(room)["date"]} == {"2025-03-05"}


def test_netsuite_saved_search(taken: Callable[..., Room]) -> None:
    search = (
        "Date,Type,Document Number,Name,Item,Quantity,Amount,Currency\n"
        '5/31/2025,Invoice,INV1,C-1 Acme,SKU-1,2,"1,500.00",USD\n6/1/2025,Sales Order,SO9,C-1 Acme,SKU-1,2,999.00,USD\n'
    )
    room = taken("netsuite", {"TransactionSearchResults.csv": search}, "USD")
    assert money(room) == {("C-1 Acme", "2025-05-31"): 1_500.0}


def test_what_the_analyst_wrote_wins(taken: Callable[..., Room]) -> None:
    own = '[room.tables.revenue]\nfile = "own.csv"\n'
    room = taken("salesforce", SALESFORCE | {"own.csv": "customer_id,date,amount\n001A,2025-09-30,77\n"}, deal=own)
    assert money(room) == {("001A", "2025-09-30"): 77.0}
    assert room.has("opportunities")


def test_a_file_of_the_governed_name_wins(taken: Callable[..., Room]) -> None:
    room = taken("salesforce", SALESFORCE | {"revenue.csv": "customer_id,date,amount\n001A,2025-09-30,78\n"})
    assert money(room) == {("001A", "2025-09-30"): 78.0}


def test_a_room_without_such_an_export_is_told(tmp_path: Path) -> None:
    deal = write_deal(tmp_path, deal='[room]\npreset = "xero"\n')
    (tmp_path / "room" / "SalesInvoices.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        open_room(deal)
    assert str(told.value) == (
        f"{deal}, key room.preset: expected an export of xero, got no file with its columns; do this: give the files the names that they had "
        "at export (the preset knows revenue, invoices, customers), or run `diligence map`"
    )


def test_without_a_preset_the_deal_is_as_it_was() -> None:
    deal = load_deal("demo")
    with open_place(deal) as place:
        assert with_presets(deal, place) is deal


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_holds_together(preset: str) -> None:
    """Every column is governed, every mapped word is allowed, what could not be confirmed says so, each export names its documentation."""
    raw = tomllib.loads((DATA / f"{preset}.toml").read_text(encoding="utf-8"))
    assert any(one["table"] in ("revenue", "opportunities") for one in raw["export"])
    for export, one in zip(exports(preset), raw["export"], strict=True):
        table = tables()[export.table]
        assert set(export.columns) <= set(table.names) and export.documentation.startswith("https://")
        assert {column.name for column in table.columns if column.required} <= set(export.columns)
        assert all(isinstance(said, str) or set(said) == {"name", "confirmed"} for said in one["columns"].values())
        for column, words in export.settings.get("values", {}).items():
            assert column in export.columns
            assert set(words.values()) <= set(table[column].choices or words.values())
