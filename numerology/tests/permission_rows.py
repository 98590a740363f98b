from numerai.tests.access import Access, signed_in

ROWS: dict[str, Access] = {
    "api/v1/numerology/calculate/": signed_in("POST"),
    "api/v1/numerology/profile/": signed_in("GET"),
    "api/v1/numerology/birth-chart/": signed_in("GET"),
    "api/v1/numerology/daily-reading/": signed_in("GET"),
    "api/v1/people/": signed_in("GET", "POST"),
    "api/v1/people/<uuid:person_id>/": signed_in("GET", "PUT", "PATCH", "DELETE"),
    "api/v1/people/<uuid:person_id>/restore/": signed_in("POST"),
    "api/v1/people/<uuid:person_id>/calculate/": signed_in("POST"),
    "api/v1/people/<uuid:person_id>/profile/": signed_in("GET"),
    "api/v1/people/<uuid:person_id>/birth-chart/": signed_in("GET"),
}
