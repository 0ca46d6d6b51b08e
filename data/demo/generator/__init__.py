"""A seeded, agent-level generator of the demo target: Wrenfield Systems, a fictional field-service software company.

Customers are signed one by one out of opportunities, renew or leave one by one, and are invoiced from their subscriptions.
What is planted, and what an honest calculation gives, is written to TRUTH.md and truth.json.
"""
