"""Facts of the market: its size by two methods, share, penetration, growth taken apart, saturation, the right to win."""

from diligence.facts.market.analysis import market as market
