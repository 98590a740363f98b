"""Events are never edited and removed after seven years at the earliest; where they came from goes with the person."""

import django.contrib.postgres.functions
import uuid
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER accounts_securityevent_update BEFORE UPDATE ON accounts_securityevent
    FOR EACH ROW EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER accounts_securityevent_delete BEFORE DELETE ON accounts_securityevent
    FOR EACH ROW WHEN (OLD.at > now() - interval '7 years') EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER accounts_securityevent_truncate BEFORE TRUNCATE ON accounts_securityevent
    FOR EACH STATEMENT WHEN (NOT starts_with(current_database(), 'test_')) EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER accounts_securityeventorigin_update BEFORE UPDATE ON accounts_securityeventorigin
    FOR EACH ROW EXECUTE FUNCTION common_evidence_stays();
"""

NO_TRIGGERS = """
DROP TRIGGER accounts_securityevent_update ON accounts_securityevent;
DROP TRIGGER accounts_securityevent_delete ON accounts_securityevent;
DROP TRIGGER accounts_securityevent_truncate ON accounts_securityevent;
DROP TRIGGER accounts_securityeventorigin_update ON accounts_securityeventorigin;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0003_seals"),
        ('accounts', '0005_deletion_and_export'),
    ]

    operations = [
        migrations.AddField(
            model_name='securityevent',
            name='public_id',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
