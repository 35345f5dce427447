from django.urls import path

from accounts.embedding import entry_views

app_name = "embed"
urlpatterns = [
    path("entry-links/", entry_views.entry_link_create, name="entry-link-create"),
    path("enter/<str:token>/", entry_views.entry, name="entry"),
]
