from django.urls import path

from cards import views

app_name = "cards"
urlpatterns = [
    path("programs/", views.program_list, name="program-list"),
    path("<str:ref>/programs/", views.account_panel, name="account-programs"),
    path("<str:ref>/programs/add/", views.program_add, name="program-add"),
    path("<str:ref>/programs/<str:program>/default/", views.program_default, name="program-default"),
]
