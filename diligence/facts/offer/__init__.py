"""Facts of the offer: attach, wallet, mix, purchase criteria, losses, time to value."""

from diligence.facts.offer.analysis import offer as offer
