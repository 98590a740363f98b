from numerai.common.errors import DomainError


class PeopleFileNotAccepted(DomainError):
    code, title = "people_file_not_accepted", "No file of people"
    detail = "That is no CSV file of people that we can read."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, field="file")


class ImportRunning(DomainError):
    status, code, title = 409, "import_running", "An import is running"
    detail = "Another file is still being imported. Please wait until that has ended."
