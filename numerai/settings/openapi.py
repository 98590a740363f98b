"""How the schema of the API calls itself, and how its pages look."""

SCHEMA = {
    "TITLE": "NumerAI API",
    "DESCRIPTION": "Numerology charts, readings, subscriptions and notifications. "
    "Every error is an `application/problem+json` document with a stable `code`; see `docs/errors.md`.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Fields of the same name with other choices.
    "ENUM_NAME_OVERRIDES": {
        "ProfileGenderEnum": "accounts.models.Gender",
        "PersonGenderEnum": "numerology.people.models.PersonGender",
        "PeopleImportStateEnum": "numerology.people.imports.models.ImportState",
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
}
