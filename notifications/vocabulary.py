"""The words of notifications, in one place and free of models, so that other apps may use them while they start."""

from django.db.models import TextChoices

TITLE_LENGTH = 200
MESSAGE_LENGTH = 2000


class NotificationType(TextChoices):
    """What the frontend chooses an icon and a colour by."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    REPORT_READY = "report_ready"
    DAILY_READING = "daily_reading"
    COMPATIBILITY_MATCH = "compatibility_match"
    CONSULTATION_REMINDER = "consultation_reminder"
    PAYMENT = "payment"


class Priority(TextChoices):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


# What is due is sent in this order.
PRIORITY_RANK = {Priority.CRITICAL: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


class ChannelName(TextChoices):
    IN_APP = "in_app"
    EMAIL = "email"
    SMS = "sms", "SMS"
    WEB_PUSH = "web_push"
    MOBILE_PUSH = "mobile_push"
    DISCORD = "discord"


# All that leaves the house: for each a destination can be known.
DESTINATION_CHANNELS = tuple(name for name in ChannelName.values if name != ChannelName.IN_APP)


class DeviceType(TextChoices):
    IOS = "ios", "iOS"
    ANDROID = "android"
    WEB = "web"


class Cadence(TextChoices):
    """How often what belongs to a category is sent; in the centre it is at once."""

    HOURLY = "hourly"
    DAILY = "daily"


class BroadcastState(TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class DeliveryStatus(TextChoices):
    PENDING = "pending"
    DEFERRED = "deferred"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


WAITING = (DeliveryStatus.PENDING, DeliveryStatus.DEFERRED)
# Nobody is sending these.
NOT_BEGUN = (*WAITING, DeliveryStatus.QUEUED)
LEASED = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
NOT_ARRIVED = (
    DeliveryStatus.BOUNCED,
    DeliveryStatus.FAILED,
    DeliveryStatus.SKIPPED,
    DeliveryStatus.CANCELLED,
    DeliveryStatus.EXPIRED,
)


class Reason(TextChoices):
    """Why a delivery waits or did not arrive."""

    PREFERENCE_OFF = "preference_off"
    NO_DESTINATION = "no_destination"
    UNVERIFIED_DESTINATION = "unverified_destination"
    DESTINATION_DISABLED = "destination_disabled"
    QUIET_HOURS = "quiet_hours"
    DIGESTED = "digested"
    THROTTLED = "throttled"
    ALREADY_READ = "already_read"
    SOURCE_GONE = "source_gone"
    EXPIRED = "expired"
    TEMPLATE_ERROR = "template_error"
    PROVIDER_PERMANENT = "provider_permanent"
    PROVIDER_EXHAUSTED = "provider_exhausted"
    CIRCUIT_OPEN = "circuit_open"
    CONFIG_ERROR = "config_error"
    DUPLICATE = "duplicate"
    CANCELLED_BY_ADMIN = "cancelled_by_admin"
    PREFERENCE_CHANGED = "preference_changed"
