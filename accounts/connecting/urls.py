from django.urls import path

from accounts.connecting import views

urlpatterns = [
    path("connect/oauth/", views.oauth_return, name="oauth-return"),
    path("<str:ref>/connect/", views.connect_start, name="connect"),
    path("<str:ref>/disconnect/", views.disconnect, name="disconnect"),
]
