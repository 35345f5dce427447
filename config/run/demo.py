"""Makes the demo's people, businesses and top-ups, through the very functions that the screens call.

Every step has a fixed form id, so that a second run finds what the first one made and goes on from there.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from accounts import connected_accounts, invitations, onboarding
from accounts.models import ConnectedAccount
from config.run import demo_onboarding
from config.run.demo_businesses import BUSINESSES, PASSWORD, STAFF, DemoBusiness, DemoTopUp
from config.run.demo_onboarding import form, is_due
from desk import roles
from desk.models import User
from funding import balances, sources, top_ups, verifications
from funding.mandates import OnlineAcceptance
from funding.models import Source, TopUp

INVITED_DAYS_AGO = 14
MICRODEPOSITS_TAKE_DAYS = 2
# What Stripe's test bank sends: in a sandbox these two amounts confirm any bank account.
MICRODEPOSITS = (32, 45)


def advance(*, started_at: datetime, now: datetime) -> None:
    """Take every business as far as its story goes by `now`, for a demo made at `started_at`. Safe to run again.

    Raises ImproperlyConfigured wherever its logins, whose password is published, must not be.
    """
    if settings.STRIPE_LIVE or not settings.DEMO:
        raise ImproperlyConfigured("Demo data is refused here: it needs DEMO=1 and a test key.")
    operator = make_staff()
    for business in BUSINESSES:
        _advance_business(business, operator, started_at=started_at, now=now)


def make_staff() -> User:
    """The staff logins; returns the operator."""
    for person in STAFF:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            with transaction.atomic():
                user = User.objects.create_user(
                    person.email, PASSWORD, full_name=person.name, is_staff=True, is_demo=True
                )
                roles.assign(user, person.role)
    return User.objects.get(email="operator@demo.test")


def _advance_business(business: DemoBusiness, operator: User, *, started_at: datetime, now: datetime) -> None:
    account, owner = _invited(business, operator, started_at - timedelta(days=INVITED_DAYS_AGO))
    demo_onboarding.advance(business, account, owner, operator, started_at=started_at, now=now)
    if business.standing == "onboarding" or not account.stripe_id:
        return
    if not account.can_issue or is_due(0, started_at, now):
        connected_accounts.reread(account)
        account.refresh_from_db()
    if account.can_issue and not account.programs.exists():
        demo_onboarding.give_program(business, account, operator)
    if business.bank:
        _fund(business, account, owner, started_at=started_at, now=now)
    if is_due(0, started_at, now):
        balances.reread(account, timezone.now())


def _fund(
    business: DemoBusiness, account: ConnectedAccount, owner: User, *, started_at: datetime, now: datetime
) -> None:
    if is_due(business.bank_days_ago, started_at, now) and not account.sources.exists():
        _connect_bank(business, account, owner, now)
    source = account.sources.first()
    if source is None:
        return
    confirmed_days_ago = business.bank_days_ago - MICRODEPOSITS_TAKE_DAYS
    if business.is_bank_confirmed and is_due(confirmed_days_ago, started_at, now):
        _confirm_bank(business, source, owner)
    for position, plan in enumerate(business.top_ups):
        if is_due(plan.days_ago, started_at, now):
            _top_up(business, position, plan, source, owner, now)


def _invited(business: DemoBusiness, operator: User, invited_at: datetime) -> tuple[ConnectedAccount, User]:
    account = onboarding.invite(
        form_id=form(business, "invite"),
        actor=operator,
        now=timezone.now(),
        kind=business.kind,
        name=business.name,
        contact_email=business.owner_email,
        country=business.country,
        entity_type=business.entity_type,
        program=business.program,
        language=business.language,
    )
    owner = User.objects.filter(email=business.owner_email).first()
    if owner is None:
        owner = _accepted(business, account)
        ConnectedAccount.objects.filter(pk=account.pk).update(
            created_at=invited_at, low_balance_line=business.low_balance_line
        )
    account.refresh_from_db()
    return account, owner


def _accepted(business: DemoBusiness, account: ConnectedAccount) -> User:
    invitation = account.invitations.get(**invitations.OPEN)
    return invitations.accept(
        invitation=invitation,
        now=account.created_at,
        full_name=business.owner,
        password=PASSWORD,
        is_demo=True,
    )


def _connect_bank(business: DemoBusiness, account: ConnectedAccount, owner: User, now: datetime) -> None:
    source = sources.connect(
        account=account,
        form_id=form(business, "bank"),
        token=business.bank,
        holder_name=business.name,
        holder_type="company",
        acceptance=OnlineAcceptance(ip="203.0.113.24", user_agent="Demo data", language="en"),
        actor=owner,
        now=now,
    )
    Source.objects.filter(pk=source.pk).update(created_at=now)


def _confirm_bank(business: DemoBusiness, source: Source, owner: User) -> None:
    if source.status == Source.Status.PENDING:
        verifications.submit(source=source, form_id=form(business, "confirm"), amounts=MICRODEPOSITS, actor=owner)


def _top_up(business: DemoBusiness, position: int, plan: DemoTopUp, source: Source, owner: User, now: datetime) -> None:
    form_id = form(business, f"top-up-{position}")
    top_up = TopUp.objects.filter(operation=form_id).first()
    if top_up is None:
        top_up = top_ups.initiate(
            account=source.account,
            source=source,
            amount=plan.amount,
            description=plan.description,
            form_id=form_id,
            actor=owner,
            now=now,
        )
        TopUp.objects.filter(pk=top_up.pk).update(created_at=now)
        if plan.is_canceled:
            top_ups.cancel(top_up=top_up, form_id=form(business, f"cancel-{position}"), actor=owner)
            TopUp.objects.filter(pk=top_up.pk).update(settled_at=now)
    if top_up.status == TopUp.Status.PENDING:
        top_ups.reread(top_up, now)
