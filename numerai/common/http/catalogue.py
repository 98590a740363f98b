"""The list of every problem code, as docs/errors.md shows it."""

from numerai.common.errors import DomainError

HEADER = """# Problem codes

Every answer that is not 2xx is an `application/problem+json` document (RFC 9457):

```json
{
  "type": "https://numerai.example/problems/card_declined",
  "title": "The card was declined",
  "status": 402,
  "detail": "Your card was declined. Please use another card or ask your bank.",
  "code": "card_declined",
  "request_id": "0c7d2f0e9a4b4f6d8b1a2c3d4e5f6a7b"
}
```

- `detail` is one sentence for the person; it may be shown as it is. It can be more exact than the one in the table.
- `code` is for programs. A code keeps its meaning for ever; new ones may come.
- `errors` lists `{field, code, detail}` when fields are at fault; the names of nested fields are joined by dots.
- `request_id` is in the logs and in the header `X-Request-ID`.
- A 429 and a 503 carry `Retry-After` in seconds.

A 401 means only that nobody is signed in, a 402 that the card or the plan says no, a 403 that the person may not.
Somebody else's object is a 404, exactly like one that does not exist.

The table is written from the code by `make docs`.

| code | status | title | sentence |
|---|---|---|---|
"""


def markdown() -> str:
    """The whole page; one row a code, in the order of the codes."""
    shipped = [error for error in DomainError.registry.values() if ".tests." not in error.__module__]
    rows = [f"| `{error.code}` | {error.status} | {error.title} | {error.detail} |" for error in shipped]
    return HEADER + "\n".join(sorted(rows)) + "\n"
