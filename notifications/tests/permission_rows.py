from numerai.tests.access import Access, everyone, signed_in

ROWS: dict[str, Access] = {
    "api/v1/notifications/": signed_in("GET"),
    "api/v1/notifications/preferences/": signed_in("GET", "PUT"),
    "api/v1/notifications/unsubscribe/": everyone("GET", "POST"),
    "api/v1/notifications/unread-count/": signed_in("GET"),
    "api/v1/notifications/read-all/": signed_in("POST"),
    "api/v1/notifications/recent/": signed_in("GET"),
    "api/v1/notifications/stream/": signed_in("GET"),
    "api/v1/notifications/stream/ticket/": signed_in("POST"),
    "api/v1/notifications/bulk/": signed_in("POST"),
    "api/v1/notifications/<uuid:public_id>/": signed_in("GET", "DELETE"),
    "api/v1/notifications/<uuid:public_id>/deliveries/": signed_in("GET"),
    "api/v1/notifications/<uuid:public_id>/read/": signed_in("POST"),
    "api/v1/notifications/<uuid:public_id>/unread/": signed_in("POST"),
    "api/v1/notifications/<uuid:public_id>/archive/": signed_in("POST"),
    "api/v1/notifications/<uuid:public_id>/unarchive/": signed_in("POST"),
}
