"""The chain over all evidence. Its links are never edited, and never removed."""

import numerai.common.clock
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER common_seal_update BEFORE UPDATE ON common_seal
    FOR EACH ROW EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER common_seal_delete BEFORE DELETE ON common_seal
    FOR EACH ROW EXECUTE FUNCTION common_evidence_stays();
CREATE TRIGGER common_seal_truncate BEFORE TRUNCATE ON common_seal
    FOR EACH STATEMENT WHEN (NOT starts_with(current_database(), 'test_')) EXECUTE FUNCTION common_evidence_stays();
"""

NO_TRIGGERS = """
DROP TRIGGER common_seal_update ON common_seal;
DROP TRIGGER common_seal_delete ON common_seal;
DROP TRIGGER common_seal_truncate ON common_seal;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0002_evidence_stays'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(help_text='From 1, without a gap.', primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=numerai.common.clock.now, verbose_name='made at')),
                ('table', models.CharField(help_text='As in common.auditentry.', max_length=128)),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('newest_at', models.DateTimeField(verbose_name="newest row's moment")),
                ('columns', models.TextField(help_text='Which columns of a row are sealed; one that is added later is not.')),
                ('leaves', models.BinaryField()),
                ('rows_digest', models.CharField(max_length=64, verbose_name='digest of the rows')),
                ('previous', models.CharField(max_length=64, unique=True, verbose_name='digest of the seal before')),
                ('digest', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='common_seal_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(('first_id__lte', models.F('last_id')), ('number__gte', 1), ('rows__gte', 1)), name='common_seal_of_rows'), models.UniqueConstraint(fields=('table', 'last_id'), name='common_seal_once')],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
