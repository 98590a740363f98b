"""What the documentation of the API shows."""

from accounts.profiles.examples import TOKENS

CHALLENGE = "Zt0vN3yq0bF1yX7mT5oU0kq2vV9wS4cJ8rL6hD3aE1g"
CREDENTIAL_ID = "k7c3Qm5vT1yW8xZ2bN4jLg"

OPTIONS = {
    "publicKey": {
        "challenge": CHALLENGE,
        "timeout": 300000,
        "rpId": "app.numerai.example",
        "allowCredentials": [],
        "userVerification": "required",
    }
}

CREATION = {
    "publicKey": {
        "rp": {"id": "app.numerai.example", "name": "NumerAI"},
        "user": {"id": "jF-fDmwLSjaffg0rmk9sEQ", "name": "ada@example.com", "displayName": "Ada Marie Moreau"},
        "challenge": CHALLENGE,
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "timeout": 300000,
        "excludeCredentials": [],
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
    }
}

ASSERTION = {
    "id": CREDENTIAL_ID,
    "rawId": CREDENTIAL_ID,
    "type": "public-key",
    "response": {
        "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiWnQwdk4ifQ",
        "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ",
        "signature": "MEUCIQDk0p",
        "userHandle": "jF-fDmwLSjaffg0rmk9sEQ",
    },
}

ATTESTATION = {
    "id": CREDENTIAL_ID,
    "rawId": CREDENTIAL_ID,
    "type": "public-key",
    "response": {
        "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiWnQwdk4ifQ",
        "attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVi",
        "transports": ["internal"],
    },
}

PASSKEY = {
    "id": "5b7b1f0e-2f51-4f5b-8a6c-7b0e5d0a4c11",
    "name": "Phone",
    "is_synced": True,
    "created_at": "2026-11-21T09:15:00Z",
    "last_used_at": None,
}

FACTORS = {
    "totp": {"added_at": "2026-11-20T18:02:11Z", "last_used_at": "2026-11-21T08:40:02Z"},
    "passkeys": [PASSKEY],
    "recovery_codes_left": 9,
}

ENROLMENT = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/NumerAI:ada@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=NumerAI",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45"><path d="M4,4H5V5z"/></svg>',
}

RECOVERY_CODES = ["k3vq-m7ta-2xwd-p5hn", "b6yr-4cuj-l2ez-q7os"]
CHANGED = TOKENS | {"recovery_codes": RECOVERY_CODES}
CHANGED_WITHOUT_CODES = CHANGED | {"recovery_codes": []}
