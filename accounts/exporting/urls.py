from django.urls import path

from accounts.exporting.views import ExportDataView, ExportFileView, ExportView

urlpatterns = [
    path("export-data/", ExportDataView.as_view(), name="export-data"),
    path("exports/<uuid:job_id>/", ExportView.as_view(), name="export"),
    path("exports/<uuid:job_id>/download/", ExportFileView.as_view(), name="export-file"),
]
