from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from desk import roles
from desk.models import User

PASSWORD = "a password of four words"


@cache
def _hashed_once():
    """The real hasher is slow on purpose; people of tests all have the same password."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    """A person without any rights: of a business once they get a membership."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@people.test")
    full_name = factory.Faker("name")
    password = factory.LazyFunction(_hashed_once)


class StaffFactory(UserFactory):
    """A member of staff with one role: `StaffFactory(role="operator")`."""

    email = factory.Sequence(lambda n: f"staff{n}@platform.test")
    is_staff = True

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        roles.sync()
        roles.assign(self, extracted or "viewer")
