from numerai.tests.access import Access, everyone

ROWS: dict[str, Access] = {
    ".well-known/security.txt": everyone("GET"),
    "media/pictures/<str:name>": everyone("GET"),
    "metrics": everyone("GET"),
    "healthz": everyone("GET"),
    "readyz": everyone("GET"),
    "api/schema/": everyone("GET"),
    "api/docs/": everyone("GET"),
    "api/v1/health/": everyone("GET"),
}
