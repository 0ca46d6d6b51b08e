"""How far a company can grow as it is designed: constraints, simulation, trajectories."""
