"""A person's data: what is held, how it leaves, how it is erased."""

from numerai.common.privacy.registry import Holding, holdings, register
from numerai.common.privacy.tables import (
    Columns,
    Fate,
    Table,
    cut,
    delete_rows,
    hidden,
    impersonal,
    kept,
    plain,
    told,
)

__all__ = [
    "Columns",
    "Fate",
    "Holding",
    "Table",
    "cut",
    "delete_rows",
    "hidden",
    "holdings",
    "impersonal",
    "kept",
    "plain",
    "register",
    "told",
]
