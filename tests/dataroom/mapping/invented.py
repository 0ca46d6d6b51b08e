"""Exports that nobody's system wrote: other industries, languages and layouts, each with where its columns belong.

A home of several is any of them; ``-`` is none. ``WIDE`` columns stand for the rows that they become.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Export:
    """One invented file: its name, its bytes, where its columns belong, and what its entry must say."""

    file: str
    content: bytes
    homes: Mapping[str, str]
    entry: Mapping[str, object]


def _rows(count: int, row: Callable[[random.Random, int], list[object]], sep: str) -> str:
    chance = random.Random(7)
    return "\n".join(sep.join(str(cell) for cell in row(chance, number)) for number in range(count))


def faktura() -> Export:
    """German invoice journal: cp1252, semicolons, decimal comma, a title above and a total below."""

    def row(chance: random.Random, number: int) -> list[object]:
        net = chance.randrange(10_000, 900_000)
        cents = f"{net // 100:,}".replace(",", ".") + f",{net % 100:02d}"
        day = f"{chance.randrange(1, 29):02d}.{chance.randrange(1, 13):02d}.2024"
        return [
            f"RE-{2400 + number}", day, 10_000 + chance.randrange(40), chance.choice(["Müller GmbH", "Öztürk & Söhne", "Bäckerei Groß"]),
            f"A{chance.randrange(30):03d}", chance.choice(["Wartung", "Gerät"]), chance.randrange(1, 9), cents, f"{net * 19 // 10000},00",
        ]  # fmt: skip

    head = "Belegnummer;Rechnungsdatum;Kundennummer;Firma;Artikelnummer;Bezeichnung;Menge;Nettobetrag;MwSt"
    text = "Faktura-Journal 2024;;;;;;;;\n;;;;;;;;\n" + head + "\n" + _rows(120, row, ";") + "\nSumme;;;;;;;1.234.567,00;\n"
    homes = {
        "Belegnummer": "revenue.invoice_id", "Rechnungsdatum": "revenue.date", "Kundennummer": "revenue.customer_id", "Firma": "-",
        "Artikelnummer": "revenue.product_id", "Bezeichnung": "-", "Menge": "revenue.quantity", "Nettobetrag": "revenue.amount", "MwSt": "-",
    }  # fmt: skip
    return Export(
        "Faktura 2024.csv",
        text.encode("cp1252"),
        homes,
        {"header_row": 3, "separator": ";", "encoding": "cp1252", "decimal": ",", "thousands": "."},
    )


def french_crm() -> Export:
    """French pipeline: dates d/m/Y, a decimal comma, spaces between thousands, stages in words."""

    def row(chance: random.Random, number: int) -> list[object]:
        stage = chance.choice(["Gagnée", "Perdue", "Négociation", "Devis"])
        opened = f"{chance.randrange(1, 29):02d}/{chance.randrange(1, 13):02d}/2024"
        closed = f"{chance.randrange(1, 29):02d}/{chance.randrange(1, 13):02d}/2025" if stage[0] in "GP" else ""
        amount = f"{chance.randrange(1, 90)} {chance.randrange(100, 999)},50"
        client = chance.choice(["Dupont SA", "Lefèvre", "Crédit Nord"])
        return [f"AFF{number:05d}", client, chance.choice(["Anne", "Luc"]), opened, closed, stage, amount, chance.choice(["Salon", "Web"])]

    head = "N° affaire;Client;Commercial;Date de création;Date de clôture;Étape;Montant HT;Origine"
    homes = {
        "N° affaire": "opportunities.opportunity_id", "Client": "opportunities.account opportunities.customer_id", "Commercial": "opportunities.rep_id",
        "Date de création": "opportunities.created_on", "Date de clôture": "opportunities.closed_on", "Étape": "opportunities.status opportunities.stage",
        "Montant HT": "opportunities.amount", "Origine": "opportunities.channel",
    }  # fmt: skip
    text = head + "\n" + _rows(150, row, ";") + "\n"
    return Export("Affaires commerciales.csv", text.encode(), homes, {"decimal": ",", "date_format": ["%d/%m/%Y"], "separator": ";"})


def sap() -> Export:
    """Billing lines by the field names of an ERP, dates without signs."""

    def row(chance: random.Random, number: int) -> list[object]:
        day = f"2023{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
        return [f"{90_000_000 + number // 3}", number % 3 * 10, day, f"{chance.randrange(1000, 1050):010d}", f"MAT-{chance.randrange(20)}",
                chance.randrange(1, 50), f"{chance.randrange(100, 99_999) / 100:.2f}", "EUR", "1000"]  # fmt: skip

    homes = {
        "VBELN": "revenue.invoice_id", "POSNR": "-", "BUDAT": "revenue.date", "KUNNR": "revenue.customer_id", "MATNR": "revenue.product_id",
        "FKIMG": "revenue.quantity", "NETWR": "revenue.amount", "WAERS": "revenue.currency", "BUKRS": "-",
    }  # fmt: skip
    text = "|".join(homes) + "\n" + _rows(200, row, "|") + "\n"
    return Export("VBRP_2023.txt", text.encode(), homes, {"separator": "|", "date_format": ["%Y%m%d"]})


def hr_list() -> Export:
    """Dutch-headed staff list of a sales force with their targets."""

    def row(chance: random.Random, number: int) -> list[object]:
        role = chance.choice(["Account Executive", "SDR", "Customer Success Manager", "Key Account Manager"])
        left = "31-12-2024" if number % 7 == 0 else ""
        return [
            f"P{number:04d}",
            f"Person {number}",
            role,
            f"{chance.randrange(13, 29)}-03-2021",
            left,
            65_000 + 500 * number,
            800_000 + number,
            "1985-01-01",
        ]

    homes = {
        "Personeelsnummer": "reps.rep_id", "Volledige naam": "reps.name", "Functie": "reps.role", "Datum in dienst": "reps.hired_on",
        "Datum uit dienst": "reps.left_on", "Salaris per jaar": "reps.annual_cost", "Quota": "reps.annual_quota", "Birth date": "-",
    }  # fmt: skip
    text = ",".join(homes) + "\n" + _rows(40, row, ",") + "\n"
    return Export("HR list sales.csv", text.encode(), homes, {"date_format": ["%d-%m-%Y"]})


def media_by_month() -> Export:
    """Marketing spend with months across the page, in thousands, and a total at the foot."""
    months = [f"{month}-25" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun")]
    lines = [
        f"{channel},{','.join(str(10 * n + m) for m in range(6))}" for n, channel in enumerate(["Paid search", "Trade shows", "Content"], 1)
    ]
    text = "Channel," + ",".join(months) + "\n" + "\n".join(lines) + "\nTotal,60,63,66,69,72,75\n"
    homes = {"Channel": "spend.channel", **dict.fromkeys(months, "spend.amount")}
    unpivot = {
        "columns": months,
        "name": "month",
        "value": "amount",
        "labels": {month: f"2025-{n:02d}" for n, month in enumerate(months, 1)},
    }
    return Export(
        "Marketing spend by month.csv",
        text.encode(),
        homes,
        {"unpivot": unpivot, "keep": {"Channel": ["Content", "Paid search", "Trade shows"]}},
    )


def nps() -> Export:
    """Survey answers under the questions as asked."""

    def row(chance: random.Random, number: int) -> list[object]:
        return [
            f"R{number}",
            f"2025-0{chance.randrange(1, 10)}-11",
            f"K{chance.randrange(30)}",
            chance.randrange(11),
            chance.choice(["fine", "slow help", ""]),
        ]

    homes = {
        "Response ID": "nps.respondent_id", "Submitted date": "nps.date", "Customer number": "nps.customer_id",
        "How likely are you to recommend us to a friend or colleague?": "nps.score", "What is the main reason for your score, in your own words?": "nps.verbatim",
    }  # fmt: skip
    text = ",".join(f'"{head}"' for head in homes) + "\n" + _rows(90, row, ",") + "\n"
    return Export("Customer satisfaction 2025.csv", text.encode(), homes, {})


def contract_register() -> Export:
    """Contract register of a German software house, money in thousands."""

    def row(chance: random.Random, number: int) -> list[object]:
        return [f"V-{number:03d}", 10_000 + number % 30, f"01.{chance.randrange(1, 13):02d}.2023", f"31.{12}.{2025 + number % 2}", f"{chance.randrange(10, 300)},5",
                chance.choice(["jährlich", "monatlich", "quartalsweise"]), chance.choice(["ja", "nein"]), 90, chance.choice(["aktiv", "gekündigt"])]  # fmt: skip

    homes = {
        "Vertragsnummer": "contracts.contract_id", "Kundennummer": "contracts.customer_id", "Vertragsbeginn": "contracts.start_date",
        "Vertragsende": "contracts.end_date", "Jahreswert (TEUR)": "contracts.annual_value", "Zahlungsweise": "contracts.billing",
        "Automatische Verlängerung": "contracts.auto_renew", "Kündigungsfrist (Tage)": "contracts.notice_days", "Status": "contracts.status",
    }  # fmt: skip
    text = ";".join(homes) + "\n" + _rows(60, row, ";") + "\n"
    return Export("Vertragsliste.csv", text.encode("utf-8-sig"), homes, {"scale": {"annual_value": 1000.0}, "decimal": ","})


def ledger_wide() -> Export:
    """Monthly accounts with months across, Spanish headers, thousands in points."""
    months = [f"2025-{month:02d}" for month in range(1, 7)]
    names = ["Ingresos", "Cost of sales", "EBITDA"]
    text = (
        "Account;"
        + ";".join(months)
        + "\n"
        + "\n".join(f"{name};" + ";".join(f"1.{n}{m}0.000" for m in range(6)) for n, name in enumerate(names))
        + "\n"
    )
    homes = {"Account": "ledger.line", **dict.fromkeys(months, "ledger.amount")}
    values = {"line": {"Ingresos": "revenue", "Cost of sales": "cogs"}}
    return Export("Management accounts P&L.csv", text.encode(), homes, {"values": values, "thousands": ".", "decimal": ","})


def support() -> Export:
    """Tickets of a help desk, American dates, priorities in words."""

    def row(chance: random.Random, number: int) -> list[object]:
        return [
            f"#{number}",
            f"{chance.randrange(1, 13)}/{chance.randrange(1, 29)}/2025 9:30",
            "",
            f"ACC-{chance.randrange(20)}",
            chance.choice(["Urgent", "High", "Normal", "Low"]),
            "x",
        ]

    homes = {"Ticket ID": "tickets.ticket_id", "Created at": "tickets.opened_on", "Resolved at": "tickets.closed_on", "Account ID": "tickets.customer_id",
             "Priority": "tickets.severity", "Phone": "-"}  # fmt: skip
    return Export(
        "zendesk tickets export.csv",
        (",".join(homes) + "\n" + _rows(80, row, ",") + "\n").encode(),
        homes,
        {"date_format": ["%m/%d/%Y %H:%M"]},
    )


EXPORTS = [faktura, french_crm, sap, hr_list, media_by_month, nps, contract_register, ledger_wide, support]
