"""Commercial due diligence: from a data room to an evidenced report."""
