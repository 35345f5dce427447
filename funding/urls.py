from django.urls import path

from funding.views import panels, sources, top_ups

app_name = "funding"

urlpatterns = [
    path("top-ups/", top_ups.top_up_list, name="top-up-list"),
    path("<str:ref>/top-ups/", top_ups.account_top_up_list, name="account-top-up-list"),
    path("<str:ref>/top-ups/new/", top_ups.top_up_create, name="top-up-create"),
    path("<str:ref>/top-ups/<uuid:public_id>/", top_ups.top_up_detail, name="top-up-detail"),
    path("<str:ref>/top-ups/<uuid:public_id>/status/", top_ups.top_up_status, name="top-up-status"),
    path("<str:ref>/top-ups/<uuid:public_id>/cancel/", top_ups.top_up_cancel, name="top-up-cancel"),
    path("<str:ref>/bank-accounts/", sources.source_list, name="source-list"),
    path("<str:ref>/bank-accounts/new/", sources.mandate_create, name="mandate-create"),
    path("<str:ref>/bank-accounts/record/", sources.offline_mandate_create, name="offline-mandate-create"),
    path("<str:ref>/bank-accounts/<uuid:public_id>/", sources.source_detail, name="source-detail"),
    path("<str:ref>/bank-accounts/<uuid:public_id>/status/", sources.source_status, name="source-status"),
    path("<str:ref>/bank-accounts/<uuid:public_id>/verify/", sources.source_verify, name="source-verify"),
    path("<str:ref>/balance/", panels.balance, name="balance"),
    path("<str:ref>/panel/", panels.account_panel, name="account-panel"),
    path("<str:ref>/business-panel/", panels.business_panel, name="business-panel"),
]
