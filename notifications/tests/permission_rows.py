from numerai.tests.access import Access, signed_in

ROWS: dict[str, Access] = {
    "api/v1/notifications/": signed_in("GET"),
    "api/v1/notifications/unread-count/": signed_in("GET"),
    "api/v1/notifications/read-all/": signed_in("POST"),
    "api/v1/notifications/<uuid:public_id>/": signed_in("DELETE"),
    "api/v1/notifications/<uuid:public_id>/read/": signed_in("POST"),
}
