from numerai.common.errors import DomainError


class ReportNotAuthentic(DomainError):
    status, code, title = 403, "report_not_authentic", "Not the provider"
    detail = "The request is not signed by the provider that it should come from."
