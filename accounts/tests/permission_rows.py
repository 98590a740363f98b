from numerai.tests.access import Access, everyone, signed_in

ROWS: dict[str, Access] = {
    "api/v1/auth/register/": everyone("POST"),
    "api/v1/auth/verify-otp/": everyone("POST"),
    "api/v1/auth/resend-otp/": everyone("POST"),
    "api/v1/auth/unlock/": everyone("POST"),
    "api/v1/auth/unlock/confirm/": everyone("POST"),
    "api/v1/auth/login/": everyone("POST"),
    "api/v1/auth/refresh-token/": everyone("POST"),
    "api/v1/auth/logout/": everyone("POST"),
    "api/v1/auth/proof/": signed_in("POST"),
    "api/v1/auth/proof/code/": signed_in("POST"),
    "api/v1/users/profile/": signed_in("GET", "PATCH"),
}
