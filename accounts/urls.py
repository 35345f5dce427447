from django.urls import include, path

from accounts import ask_views, business_views, capability_views, invitation_views, views
from accounts.details import bank_views as details_bank_views
from accounts.details import business_views as details_business_views
from accounts.details import documents_views, people_views, terms_views
from accounts.details import views as details_views
from accounts.embedding import views as embedding_views

app_name = "accounts"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("invite/", views.account_invite, name="invite"),
    path("mine/", business_views.switch, name="switch"),
    path("", include("accounts.connecting.urls")),
    path("", include("accounts.life_urls")),
    path("invitations/accept/", invitation_views.invitation, name="invitation"),
    path("invitations/<str:token>/", invitation_views.invitation_open, name="invitation-accept"),
    path("<str:ref>/", views.account_detail, name="detail"),
    path("<str:ref>/live/", views.account_live, name="live"),
    path("<str:ref>/timeline/", views.timeline_panel, name="timeline-panel"),
    path("<str:ref>/reread/", views.account_reread, name="reread"),
    path("<str:ref>/put-away/", views.account_put_away, name="put-away"),
    path("<str:ref>/capabilities/request/", capability_views.capability_request, name="capability-request"),
    path("<str:ref>/ask/", ask_views.ask, name="ask"),
    path("<str:ref>/asked/<int:pk>/", ask_views.asked, name="asked"),
    path("<str:ref>/low-balance-line/", views.low_balance_line, name="low-balance-line"),
    path("<str:ref>/invitations/<int:pk>/resend/", views.invitation_resend, name="invitation-resend"),
    path("<str:ref>/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("<str:ref>/home/", business_views.business_home, name="business-home"),
    path("<str:ref>/home/status/", business_views.home_status, name="home-status"),
    path("<str:ref>/onboard/", business_views.onboard, name="onboard"),
    path("<str:ref>/onboarding/return/", business_views.onboarding_return, name="onboarding-return"),
    path("<str:ref>/details/", details_views.details, name="details"),
    path("<str:ref>/details/done/", details_views.details_done, name="details-done"),
    path("<str:ref>/details/documents/", documents_views.documents, name="details-documents"),
    path("<str:ref>/details/documents/<str:subject>/<str:slot>/", documents_views.document, name="document"),
    path("<str:ref>/documents/", documents_views.documents_panel, name="documents-panel"),
    path("<str:ref>/details/people/", people_views.people, name="details-people"),
    path("<str:ref>/details/people/add/", people_views.person_add, name="person-add"),
    path("<str:ref>/details/people/confirm/", people_views.people_confirm, name="people-confirm"),
    path("<str:ref>/details/people/<str:person_id>/", people_views.person_change, name="person"),
    path("<str:ref>/details/people/<str:person_id>/remove/", people_views.person_remove, name="person-remove"),
    path("<str:ref>/details/business/", details_business_views.details_business, name="details-business"),
    path("<str:ref>/details/terms/", terms_views.details_terms, name="details-terms"),
    path("<str:ref>/agreements/", terms_views.agreements_accepted, name="agreements"),
    path("<str:ref>/agreements/panel/", terms_views.agreements_panel, name="agreements-panel"),
    path("<str:ref>/details/bank/", details_bank_views.details_bank, name="details-bank"),
    path("<str:ref>/embedded/", embedding_views.embedded, name="embedded"),
    path("<str:ref>/embedded/session/", embedding_views.embedded_session, name="embedded-session"),
]
