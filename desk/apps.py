from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from desk import checks, roles, statuses  # noqa: F401 - checks register themselves

        statuses.register(
            "audit_verb:staff",
            {
                "staff.invited": statuses.Badge("info", "mail", _("Colleague invited")),
                "staff.role_changed": statuses.Badge("warn", "users", _("Role changed")),
                "staff.disabled": statuses.Badge("bad", "ban", _("Access ended")),
                "staff.restored": statuses.Badge("ok", "circle-check", _("Access restored")),
            },
        )
        post_migrate.connect(roles.sync, dispatch_uid="desk.roles")
