"""What becomes of every column of numerology."""

from numerai.common.privacy import Table, hidden, told

TABLES = (
    Table(
        "numerology.NumerologyProfile",
        (
            told("full_name latin_name birth_date calculation_system life_path_number destiny_number"),
            told("soul_urge_number personality_number attitude_number maturity_number balance_number"),
            told("calculated_at updated_at"),
            hidden("id user person engine_version"),
        ),
        owner="user_id",
        section="numerology_profiles",
        purpose="Your numbers and those of people you keep, with the name and birth date they were calculated from.",
        until="As long as the account exists; of people you delete, 30 days longer than you keep them.",
        is_deleted=True,
        order="calculated_at",
    ),
    Table(
        "numerology.Person",
        (
            told("name latin_name current_name birth_date gender relationship relationship_kind notes is_active"),
            told("deleted_at created_at updated_at"),
            hidden("id owner"),
        ),
        owner="owner_id",
        section="people",
        purpose="People whose numbers you keep beside your own.",
        until="Until you delete them and 30 days longer, in which you can bring them back.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "numerology.DailyReading",
        (
            told("reading_date birth_date personal_day_number lucky_number lucky_color auspicious_time"),
            told("activity_recommendation warning affirmation actionable_tip generated_at"),
            hidden("id user content_version"),
        ),
        owner="user_id",
        section="daily_readings",
        purpose="What you were told for each day, so that it reads the same in the evening.",
        until="As long as the account exists.",
        is_deleted=True,
        order="reading_date",
    ),
)
