"""One customer, one row: which names and ids are the same company, which belong to one group, and who decided it.

Names are compared with rapidfuzz and weighed by hand-workable rules. A probabilistic model of record linkage (Fellegi-Sunter, as
in splink) learns the weight of each column by EM from several columns that err independently; a customer list carries a name, a
country and little else, so those weights are not identified, and the training is not reproducible by hand. The price paid: the
scores here rank the evidence, and are no probabilities. Hence nothing is joined on a name alone.
"""
