"""The people a fresh local product starts with: an operator for the admin, and a customer with a chart."""

from datetime import date

OPERATOR_EMAIL = "operator@numerai.example"
OPERATOR_PASSWORD = "local-operator"
CUSTOMER_EMAIL = "grace@numerai.example"
CUSTOMER_PASSWORD = "local-customer"


def load_demo_data() -> None:
    """Create what is missing; whoever exists already is left as they are."""
    from accounts.models import User

    if not User.objects.filter(email=OPERATOR_EMAIL).exists():
        User.objects.create_superuser(email=OPERATOR_EMAIL, password=OPERATOR_PASSWORD, full_name="Olivia Operator")
    if not User.objects.filter(email=CUSTOMER_EMAIL).exists():
        _create_customer()


def _create_customer() -> None:
    from accounts.models import User
    from numerai.common import clock

    user = User.objects.create_user(
        email=CUSTOMER_EMAIL,
        password=CUSTOMER_PASSWORD,
        full_name="Grace Brewster Hopper",
        email_verified_at=clock.now(),
    )
    user.profile.date_of_birth = date(1992, 11, 11)
    user.profile.timezone = "Europe/Berlin"
    user.profile.save()
