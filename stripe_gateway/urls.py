"""Screens of the gateway, for staff."""

from django.urls import path

from stripe_gateway import event_views, views

app_name = "stripe_gateway"
urlpatterns = [
    path("operations/", views.operation_list, name="operation-list"),
    path("operations/<uuid:operation_id>/", views.operation_detail, name="operation-detail"),
    path("operations/<uuid:operation_id>/ask-again/", views.operation_ask_again, name="operation-ask-again"),
    path("events/", event_views.event_list, name="event-list"),
    path("events/<int:pk>/", event_views.event_detail, name="event-detail"),
    path("events/<int:pk>/replay/", event_views.event_replay, name="event-replay"),
    path("events/<int:pk>/ignore/", event_views.event_ignore, name="event-ignore"),
    path("pauses/", views.pause_list, name="pause-list"),
    path("pauses/open/", views.pause_open, name="pause-open"),
    path("pauses/<int:pk>/lift/", views.pause_lift, name="pause-lift"),
]
