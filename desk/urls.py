from django.urls import path

from desk import audit_views, health, preferences, team_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/language/", preferences.language, name="language"),
    path("audit-trail/", audit_views.audit_trail, name="audit"),
    path("team/", team_views.team_list, name="team"),
    path("team/invite/", team_views.team_invite, name="team-invite"),
    path("team/<int:pk>/role/", team_views.team_role, name="team-role"),
    path("team/<int:pk>/access/", team_views.team_access, name="team-access"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
