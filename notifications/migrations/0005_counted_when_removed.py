"""A delivery that is removed before its hour is counted is counted as it goes, whoever removes it."""

from django.db import migrations, models

TRIGGER = """
CREATE FUNCTION notifications_count_removed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted_until timestamptz;
BEGIN
    -- Shared until the commit, so that an hour is not counted meanwhile with what is going.
    SELECT until INTO counted_until FROM notifications_totalsmark WHERE id = 1 FOR SHARE;
    INSERT INTO notifications_deliverytotal AS total
        (hour, kind, channel, status, reason, deliveries, attempted, accepted)
    SELECT date_trunc('hour', gone.created_at, 'UTC'), COALESCE(told.kind, ''), gone.channel, gone.status, gone.reason,
           count(*), count(*) FILTER (WHERE gone.attempts > 0 OR gone.sent_at IS NOT NULL),
           count(*) FILTER (WHERE gone.sent_at IS NOT NULL)
    FROM gone LEFT JOIN notifications_notification AS told ON told.id = gone.notification_id
    WHERE counted_until IS NULL OR gone.created_at >= counted_until
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, kind, channel, status, reason) DO UPDATE SET
        deliveries = total.deliveries + excluded.deliveries,
        attempted = total.attempted + excluded.attempted,
        accepted = total.accepted + excluded.accepted;
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_delivery_removed AFTER DELETE ON notifications_delivery
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION notifications_count_removed();
"""
NO_TRIGGER = """
DROP TRIGGER notifications_delivery_removed ON notifications_delivery;
DROP FUNCTION notifications_count_removed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_lists_covered'),
    ]

    operations = [
        migrations.AddField(
            model_name='deliverytotal',
            name='accepted',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='deliverytotal',
            name='attempted',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='TotalsMark',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='notifications_one_mark')],
            },
        ),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
