"""Definitions, tools, brands and the management questionnaire.

Planted: the company is run with care (operations score 3 to 4) while design questions were never decided (architecture scores 0 to 2);
the bar for a qualified lead was lowered once, and nobody holds the decision right.
"""

from datetime import date

import pandas as pd

from data.demo.generator.streams import stream

DEFINITIONS = (
    (
        "arr",
        date(2021, 7, 1),
        "Annual value of live subscriptions, plus metered usage of the quarter times four",
        "CFO",
        "CFO",
        "first definition",
        False,
    ),
    (
        "nrr",
        date(2021, 7, 1),
        "Closing over opening recurring revenue, with customers won back and new accounts of groups",
        "CFO",
        "",
        "first definition",
        False,
    ),
    (
        "nrr",
        date(2024, 1, 1),
        "As before, and the acquired Tavola customers count as expansion in their first year",
        "CFO",
        "",
        "acquisition",
        False,
    ),
    ("churn", date(2021, 7, 1), "Yearly value lost at the end of a term", "CFO", "CFO", "first definition", False),
    (
        "churn",
        date(2025, 1, 1),
        "Customers who return within twelve months are not counted as lost",
        "Head of customer success",
        "",
        "bonus plan",
        False,
    ),
    ("mql", date(2021, 7, 1), "Lead score of 50 and a business address", "VP marketing", "", "first definition", False),
    ("mql", date(2024, 4, 1), "Lead score of 40", "VP marketing", "", "lead target for the year", False),
    ("sql", date(2021, 7, 1), "Accepted by an account executive after a call", "VP sales", "VP sales", "first definition", False),
    ("win_rate", date(2021, 7, 1), "Won over won and lost, by close date, no-decision left out", "VP sales", "", "first definition", False),
    ("new_logo", date(2021, 7, 1), "First order of a legal entity", "VP sales", "", "first definition", False),
)
STACK = (
    ("Ledgerly CRM", "crm", "VP sales", 96_000, "Mailforge;Quotewell;Insightdeck", 0.88, "CFO"),
    ("Mailforge", "marketing_automation", "VP marketing", 48_000, "Ledgerly CRM", 0.46, "VP marketing"),
    ("Clickharbour", "analytics", "VP marketing", 22_000, "", 0.38, ""),
    ("Insightdeck", "analytics", "CFO", 30_000, "Ledgerly CRM;Numera", 0.72, "CFO"),
    ("Webgauge", "analytics", "", 9_000, "", 0.25, ""),
    ("Quotewell", "quoting", "VP sales", 34_000, "Ledgerly CRM;Numera", 0.81, "VP sales"),
    ("Numera", "billing", "CFO", 61_000, "Insightdeck", 0.90, "CFO"),
    ("Leadlantern", "enrichment", "VP marketing", 18_000, "Ledgerly CRM", 0.41, ""),
    ("Prospectory", "enrichment", "VP sales", 21_000, "Ledgerly CRM", 0.35, ""),
    ("Callweave", "conversation", "VP sales", 27_000, "Ledgerly CRM", 0.62, "VP sales"),
    ("Stagehand Events", "events", "VP marketing", 12_000, "", 0.55, ""),
    ("Bannerly", "advertising", "VP marketing", 15_000, "", 0.58, "VP marketing"),
    ("Carewell Desk", "support", "Head of customer success", 44_000, "Ledgerly CRM", 0.84, "CFO"),
    ("Pulsegrid", "customer_success", "Head of customer success", 38_000, "Ledgerly CRM", 0.66, "CFO"),
    ("Formlet", "forms", "", 4_000, "", 0.30, ""),
    ("Surveyard", "survey", "VP marketing", 7_500, "", 0.42, ""),
)
BRANDS = (
    ("Wrenfield", "", "mid_market", "Field service planning for the mid-market", 310_000),
    ("Wrenfield Go", "Wrenfield", "small_business", "", 42_000),
    ("Tavola Dispatch", "Wrenfield", "mid_market", "", 18_000),
)
QUESTIONS = {
    "market": (1, 1, 1, 2), "offer": (2, 2, 1, 2), "commercial_model": (2, 2, 2, 1), "authority": (0, 1, 0, 1), "acquisition": (1, 1, 2, 1),
    "pipeline": (4, 3, 4, 4), "forecast": (4, 4, 3, 4), "handoff": (3, 3, 4, 3), "lead_process": (3, 4, 3, 4), "tooling": (3, 2, 3, 3),
}  # fmt: skip
RESPONDENTS = ("CEO", "VP sales", "VP marketing", "CFO", "Head of customer success")


def definitions() -> pd.DataFrame:
    """What each term meant, from when, and who decided."""
    return pd.DataFrame(DEFINITIONS, columns=["term", "effective_from", "definition", "changed_by", "decided_by", "reason", "restated"])


def stack() -> pd.DataFrame:
    """The tools of sales and marketing."""
    return pd.DataFrame(STACK, columns=["tool", "category", "owner", "annual_cost", "integrated_with", "used_share", "approved_by"])


def brands() -> pd.DataFrame:
    """The brands, two of them never positioned."""
    return pd.DataFrame(BRANDS, columns=["brand", "parent_brand", "segment", "positioning", "annual_spend"])


def blueprint(seed: int) -> pd.DataFrame:
    """Five managers answer forty questions; each differs from the planted level by at most one."""
    draw = stream(seed, "blueprint")
    rows = []
    for area, levels in QUESTIONS.items():
        for number, level in enumerate(levels, start=1):
            for role in RESPONDENTS:
                answer = min(4, max(0, level + int(draw.choice((-1, 0, 1), p=(0.15, 0.7, 0.15)))))
                note = "No written version could be shown" if answer == 0 else ""
                rows.append((f"{area}-{number}", role, answer, note))
    return pd.DataFrame(rows, columns=["question_id", "respondent_role", "answer", "note"])
