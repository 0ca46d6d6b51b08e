"""Companies with a planted truth: accounts, deals, people and cash lived month by month, so that what limits growth is known by trying.

Nothing here knows a formula of the product. Every limit comes out of what agents do: people who are reached twice, a founder who has no hour
left, a buyer who will not pay that much, a balance that allows no further hire. What is true of a company is what happens in many futures
of it, with and without each lever.
"""
