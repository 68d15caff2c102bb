"""Knowledge graph of a city's international relations: its loader, validator, evidence checker and SPARQL endpoint."""

__version__ = "0.1.0"
