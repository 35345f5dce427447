"""Routes of the hosted pages at Stripe, of the life of an account, and of its members."""

from django.urls import path

from accounts import business_views, life_views, links, member_views

refresh = business_views.onboarding_refresh
urlpatterns = [
    path("<str:ref>/onboard/update/", business_views.onboard_update, name="onboard-update"),
    path("<str:ref>/express-dashboard/", business_views.express_dashboard, name="express-dashboard"),
    path("<str:ref>/onboarding/refresh/", refresh, {"use": links.ONBOARD}, name="onboarding-refresh"),
    path("<str:ref>/onboarding/due/refresh/", refresh, {"use": links.SUPPLY}, name="onboarding-refresh-due"),
    path("<str:ref>/onboarding/update/refresh/", refresh, {"use": links.UPDATE}, name="onboarding-refresh-update"),
    path("<str:ref>/rename/", life_views.rename, name="rename"),
    path("<str:ref>/reject/", life_views.reject, name="reject"),
    path("<str:ref>/close/", life_views.close, name="close"),
    path("<str:ref>/members/", member_views.member_list, name="members"),
    path("<str:ref>/members/invite/", member_views.member_invite, name="member-invite"),
    path("<str:ref>/members/<int:pk>/role/", member_views.member_role, name="member-role"),
    path("<str:ref>/members/<int:pk>/remove/", member_views.member_remove, name="member-remove"),
    path("<str:ref>/members/invitations/<int:pk>/withdraw/", member_views.withdraw, name="member-invitation-withdraw"),
]
