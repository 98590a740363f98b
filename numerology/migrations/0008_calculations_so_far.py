from django.db import migrations

# What is kept now is the first that is known of.
TAKE_OVER = """
INSERT INTO numerology_profilecalculation (
    id, user_id, person_id, place, reason, full_name, latin_name, birth_date, calculation_system, life_path_number,
    destiny_number, soul_urge_number, personality_number, attitude_number, maturity_number, balance_number,
    engine_version, calculated_at
)
SELECT
    gen_random_uuid(), user_id, person_id, 1, 'first', full_name, latin_name, birth_date, calculation_system,
    life_path_number, destiny_number, soul_urge_number, personality_number, attitude_number, maturity_number,
    balance_number, engine_version, calculated_at
FROM numerology_numerologyprofile
"""


class Migration(migrations.Migration):
    dependencies = [("numerology", "0007_calculations")]
    operations = [migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop)]
