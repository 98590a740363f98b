from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.limits import OpenView
from accounts.login.views import GUARDED
from accounts.registration import services
from accounts.registration.serializers import RegisteredSerializer, RegisterSerializer
from accounts.registration.services import PhoneSignUpUnavailable, SignUp
from numerai.common.http.openapi import problem

MESSAGE = "We have sent you an e-mail. Enter the code in it to finish signing up."
PHONE_MESSAGE = "We have sent you a text. Enter the code in it to finish signing up."


class RegisterView(OpenView):
    limit = limits.REGISTER
    sends = True

    @extend_schema(
        operation_id="auth_register",
        summary="Sign up",
        description=(
            "Creates an account and sends a one-time code to its e-mail address; see verify-otp. The answer is the "
            "same for an address that has an account: its owner is told by mail. Without an address the code goes to "
            "the phone, where texts can be sent; otherwise that is a 400 `phone_sign_up_unavailable`. Beside an "
            'address the number is a note. "" for an optional field is as good as leaving it out.'
        ),
        request=RegisterSerializer,
        responses={
            201: RegisteredSerializer,
            **problem(400, PhoneSignUpUnavailable.code, PhoneSignUpUnavailable.detail),
            **GUARDED,
        },
        examples=[
            OpenApiExample(
                "sign-up",
                value={
                    "email": "ada@example.com",
                    "password": "a long and private sentence",
                    "confirm_password": "a long and private sentence",
                    "full_name": "Ada Marie Moreau",
                    "date_of_birth": "1988-06-21",
                    "gender": "female",
                    "timezone": "Europe/Paris",
                    "location": "Lyon, France",
                },
                request_only=True,
            ),
            OpenApiExample(
                "sign-up by phone",
                value={
                    "phone": "+4930123456",
                    "password": "a long and private sentence",
                    "confirm_password": "a long and private sentence",
                    "full_name": "Ada Marie Moreau",
                },
                request_only=True,
            ),
            OpenApiExample(
                "code sent",
                value={"message": MESSAGE, "email": "ada@example.com"},
                response_only=True,
                status_codes=["201"],
            ),
            OpenApiExample(
                "code sent by text",
                value={"message": PHONE_MESSAGE, "phone": "+4930123456"},
                response_only=True,
                status_codes=["201"],
            ),
        ],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = RegisterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sign_up = SignUp(**given.validated_data)
        services.register(sign_up)
        sent = {"message": MESSAGE, "email": sign_up.email}
        if not sign_up.email:
            sent = {"message": PHONE_MESSAGE, "phone": sign_up.phone}
        return Response(sent, status=status.HTTP_201_CREATED)
