"""Triggers, so that it holds for whoever writes: entries are never edited, and removed after seven years at the earliest
by the database's own clock. Only the test suite empties tables. Other apps protect their evidence with the same function.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION common_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: this is evidence.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

TRIGGERS = """
CREATE TRIGGER common_auditentry_update BEFORE UPDATE ON common_auditentry
    FOR EACH ROW EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER common_auditentry_delete BEFORE DELETE ON common_auditentry
    FOR EACH ROW WHEN (OLD.at > now() - interval '7 years') EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER common_auditentry_truncate BEFORE TRUNCATE ON common_auditentry
    FOR EACH STATEMENT WHEN (NOT starts_with(current_database(), 'test_')) EXECUTE FUNCTION common_evidence_stays();
"""

NO_TRIGGERS = """
DROP TRIGGER common_auditentry_update ON common_auditentry;
DROP TRIGGER common_auditentry_delete ON common_auditentry;
DROP TRIGGER common_auditentry_truncate ON common_auditentry;
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_audit_entry")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION common_evidence_stays();"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
