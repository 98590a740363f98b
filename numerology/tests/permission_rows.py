from numerai.tests.access import Access, signed_in

ROWS: dict[str, Access] = {
    "api/v1/numerology/calculate/": signed_in("POST"),
    "api/v1/numerology/profile/": signed_in("GET"),
    "api/v1/numerology/birth-chart/": signed_in("GET"),
    "api/v1/numerology/daily-reading/": signed_in("GET"),
}
