"""The invoice on paper: what it says (``document``) and how it is set (``typesetting``, ``invoice.typ``)."""
