"""How each table leaves the target: its file, and its own names and codes where it has them.

About half of the tables come from systems with names of their own; the deal file maps these. The rest are named as governed.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Export:
    """A file of the room; columns and codes go from the governed name to the target's own."""

    file: str
    columns: dict[str, str]
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    sheet: str = ""


EXPORTS = {
    "revenue": Export(
        "Revenue export FY22-FY26.csv",
        {
            "customer_id": "Cust No",
            "date": "Posting Date",
            "amount": "Net Amount",
            "product_id": "Item",
            "quantity": "Qty",
            "kind": "Type",
            "currency": "Curr",
            "invoice_id": "Invoice",
            "service_start": "Service From",
            "service_end": "Service To",
        },
        {"kind": {"recurring": "SUB", "usage": "USG", "services": "SVC", "one_off": "ONE"}},
    ),
    "customers": Export(
        "CRM accounts.csv",
        {
            "customer_id": "Account No",
            "name": "Account Name",
            "parent_id": "Parent Account",
            "segment": "Segment",
            "industry": "Industry",
            "country": "Country",
            "size_band": "Employees",
            "acquired_on": "Customer Since",
            "channel": "Lead Source",
            "sourced_by": "Originated By",
            "owner_rep_id": "Owner",
            "territory_id": "Territory",
            "referred_by": "Referred By",
            "went_live_on": "Go-live",
        },
        {"segment": {"enterprise": "ENT", "mid_market": "MID", "small_business": "SMB"}},
    ),
    "contracts": Export(
        "Contract register.xlsx",
        {
            "contract_id": "Contract",
            "customer_id": "Customer No",
            "product_id": "Product",
            "start_date": "Start",
            "end_date": "End",
            "annual_value": "Annual Value EUR",
            "billing": "Billing",
            "payment_terms_days": "Payment Days",
            "auto_renew": "Auto-renewal",
            "notice_days": "Notice Days",
            "uplift_rate": "Indexation",
            "change_of_control": "Change of Control",
            "terminable_for_convenience": "Convenience Exit",
            "renews_contract_id": "Renews",
            "status": "Status",
            "most_favoured": "MFN",
            "end_reason": "Reason for Leaving",
        },
        {
            "billing": {"annual_upfront": "Yearly in advance", "quarterly": "Quarterly", "monthly": "Monthly"},
            "change_of_control": {"none": "No clause", "consent": "Consent", "termination_right": "May terminate"},
        },
        "Contract register",
    ),
    "products": Export(
        "Price book and territories.xlsx",
        {
            "product_id": "Item",
            "name": "Description",
            "family": "Family",
            "brand": "Brand",
            "pricing_metric": "Charged On",
            "list_price": "List Price EUR",
            "gross_margin": "Margin",
            "launched_on": "Launched",
        },
        sheet="Products",
    ),
    "territories": Export(
        "Price book and territories.xlsx",
        {
            "territory_id": "Territory",
            "name": "Description",
            "segment": "Segment",
            "region": "Region",
            "rep_id": "Owner",
            "accounts": "Accounts",
            "potential": "Potential EUR",
            "annual_cost": "Cost EUR",
        },
        {"segment": {"enterprise": "ENT", "mid_market": "MID", "small_business": "SMB"}},
        "Territories",
    ),
    "opportunities": Export(
        "CRM opportunities.csv",
        {
            "opportunity_id": "Opportunity ID",
            "customer_id": "Account No",
            "account": "Account Name",
            "created_on": "Created Date",
            "closed_on": "Closed Date",
            "status": "Status",
            "stage": "Stage",
            "amount": "Amount",
            "type": "Type",
            "segment": "Segment",
            "product_id": "Product",
            "rep_id": "Owner",
            "channel": "Lead Source",
            "sourced_by": "Originated By",
            "competitive": "Competition",
            "competitor": "Competitor",
            "loss_reason": "Loss Reason",
            "expected_close_on": "Close Date",
            "forecast_category": "Forecast",
            "founder_involved": "Founder Involved",
            "rival_price": "Competitor Price",
        },
        {
            "status": {"open": "Open", "won": "Closed Won", "lost": "Closed Lost"},
            "type": {"new": "New Business", "expansion": "Upsell", "renewal": "Renewal"},
            "segment": {"enterprise": "ENT", "mid_market": "MID", "small_business": "SMB"},
        },
    ),
    "stage_history": Export(
        "CRM opportunity field history.csv",
        {
            "opportunity_id": "Opportunity ID",
            "stage": "New Stage",
            "entered_on": "Edit Date",
            "amount": "Amount",
            "expected_close_on": "Close Date",
        },
    ),
    "quotes": Export(
        "Quote lines.csv",
        {
            "quote_id": "Quote Line",
            "opportunity_id": "Opportunity ID",
            "customer_id": "Account No",
            "product_id": "Item",
            "date": "Quote Date",
            "quantity": "Qty",
            "list_price": "List",
            "net_price": "Net",
            "won": "Accepted",
            "discount_reason": "Discount Reason",
            "approved_by": "Approver",
        },
    ),
    "invoices": Export(
        "Receivables journal.csv",
        {
            "invoice_id": "Document",
            "customer_id": "Cust No",
            "issued_on": "Document Date",
            "due_on": "Due Date",
            "paid_on": "Cleared",
            "amount": "Amount EUR",
        },
    ),
    "usage": Export(
        "product_usage.parquet",
        {"customer_id": "account", "month": "period", "active_users": "mau", "licensed_users": "seats", "events": "jobs_dispatched"},
    ),
    "spend": Export(
        "Marketing spend by channel.csv",
        {"month": "Month", "channel": "Channel", "amount": "Spend EUR", "kind": "Cost Type", "campaign": "Campaign"},
        {"kind": {"programme": "Media", "people": "Staff", "tools": "Software", "commission": "Commission"}},
    ),
    "reps": Export(
        "HR sales organisation.csv",
        {
            "rep_id": "Employee",
            "name": "Name",
            "role": "Role",
            "segment": "Team",
            "hired_on": "Joined",
            "left_on": "Left",
            "annual_quota": "Quota EUR",
            "annual_cost": "Cost EUR",
        },
        {"segment": {"enterprise": "ENT", "mid_market": "MID", "small_business": "SMB"}},
    ),
    "tickets": Export(
        "Support tickets.csv",
        {"ticket_id": "Ticket", "customer_id": "Account", "opened_on": "Created", "closed_on": "Solved", "severity": "Priority"},
    ),
    "ledger": Export("Monthly accounts.csv", {"month": "Period", "line": "Line", "amount": "EUR"}),
}
