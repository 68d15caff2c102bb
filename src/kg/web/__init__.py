"""The face of a release: routes, pages and documents. Only `kg.web.serve` listens on a socket."""
