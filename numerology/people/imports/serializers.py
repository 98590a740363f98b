from typing import Any

from rest_framework import serializers

from numerology.people.imports.models import ImportState


class PeopleFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="CSV in UTF-8, at most 1 MB and 2000 rows.")


class RowErrorSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    field = serializers.CharField(help_text='The column at fault, "" for the whole row.')
    code = serializers.CharField()
    detail = serializers.CharField()


class PeopleImportSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(source="state", choices=ImportState.choices)
    progress = serializers.IntegerField(help_text="In per cent.")
    total = serializers.IntegerField(help_text="Rows of the file.")
    done = serializers.IntegerField(help_text="Rows that were looked at.")
    created = serializers.IntegerField(help_text="People who were added.")
    failed = serializers.IntegerField(help_text="Rows that were not taken over.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ReportedImportSerializer(PeopleImportSerializer):
    row_errors = RowErrorSerializer(source="errors", many=True, help_text="Of the rows that were looked at.")
