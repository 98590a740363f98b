from django.urls import path

from numerology.pictures import views

CHECK = "compatibility-check/<uuid:check_id>"

urlpatterns = [
    path("birth-chart.svg", views.BirthChartSvgView.as_view(), name="birth-chart-svg"),
    path("birth-chart.json", views.BirthChartBesideView.as_view(), name="birth-chart-json"),
    path("lo-shu.svg", views.LoShuSvgView.as_view(), name="lo-shu-svg"),
    path("lo-shu.json", views.LoShuBesideView.as_view(), name="lo-shu-json"),
    path("cycles.svg", views.CyclesSvgView.as_view(), name="cycles-svg"),
    path("cycles.json", views.CyclesBesideView.as_view(), name="cycles-json"),
    path("name.svg", views.NameSvgView.as_view(), name="name-svg"),
    path("name.json", views.NameBesideView.as_view(), name="name-json"),
    path(f"{CHECK}/compatibility.svg", views.CompatibilitySvgView.as_view(), name="compatibility-svg"),
    path(f"{CHECK}/compatibility.json", views.CompatibilityBesideView.as_view(), name="compatibility-json"),
]
