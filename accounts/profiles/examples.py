"""What the documentation of the API shows."""

USER = {
    "id": "8c5f9f0e-6c0b-4a36-9f7e-0d2b9a4f6c11",
    "email": "ada@example.com",
    "phone": None,
    "full_name": "Ada Marie Moreau",
    "is_verified": True,
    "is_premium": True,
    "subscription_plan": "premium",
    "created_at": "2026-03-02T09:15:00Z",
}

PROFILE = {
    "id": "f1b7a4f2-3f4e-4b52-8d0a-5a1e6c2d9b77",
    "user": USER,
    "date_of_birth": "1988-06-21",
    "gender": "female",
    "timezone": "Europe/Paris",
    "locale": "en",
    "location": "Lyon, France",
    "profile_picture_url": "https://api.example.com/media/pictures/2q9aXv0GmZr3c5H1nLkT8wUeYdBfJpQs6iV7oRtWzE4.webp",
    "bio": "",
    "profile_completed_at": "2026-03-02T09:20:41Z",
    "created_at": "2026-03-02T09:15:00Z",
    "updated_at": "2026-03-02T09:20:41Z",
}

TOKENS = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0ZjFlIn0.Vb1kq0",
    "refresh_token": "4f1e6a0c9b7d4c1e8a55d2f3b6c7e890.q8Zt3vN0.kR5wJ2",
}
