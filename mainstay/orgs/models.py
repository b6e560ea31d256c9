"""Rows of people and organisations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Organisation(models.Model):
    """A client: the person or company named in a contract (pack, section 5, clause 1)."""

    name = models.CharField(max_length=200)
    key = models.SlugField(max_length=40, unique=True)
    domains = models.JSONField(
        default=list, blank=True
    )  # mail domains: a hint for the verification queue, no right
    notes = models.TextField(blank=True, default="")
    links_only = models.BooleanField(default=False, db_default=False)  # letters hold no words; `mail.secure` says since
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="organisation_name_unique")]

    def __str__(self) -> str:
        return self.name


class StaffRole(models.TextChoices):
    """What a member of staff may do; each includes the ones before it, except that technical equals support."""

    SUPPORT = "support", "Support"
    TECHNICAL = "technical", "Technical"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"


class PersonManager(BaseUserManager["Person"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Add a person who can sign in with `password` (none: cannot)."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """One person, one account: staff where `staff_role` is set, otherwise somebody at a client."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, unique=True)  # kept in lower case
    phone = models.CharField(max_length=20, blank=True, default="")  # E.164
    staff_role = models.CharField(max_length=20, choices=StaffRole.choices, blank=True, default="")
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=10, blank=True, default="")  # light, dark, contrast; empty: the system's
    motion = models.CharField(max_length=10, blank=True, default="")  # off; empty: the system's
    folded = models.JSONField(null=True, default=None)  # headings of the rail; none: nobody has chosen
    single_keys = models.BooleanField(default=True, db_default=True)  # whether keys of one character do something
    created_at = models.DateTimeField()

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case")
        ]
        indexes = [models.Index(fields=["phone"], name="person_by_phone", condition=~Q(phone=""))]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether this person works the desk."""
        return bool(self.staff_role)

    @property
    def ref(self) -> str:
        """The name of this person in the event log: an id, because personal content stays out of the chain."""
        return f"person:{self.pk}"


class Address(models.Model):
    """A further e-mail address of a person. The first one is on the person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    email = models.EmailField(max_length=254, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="address_email_lower_case")
        ]


class Membership(models.Model):
    """A person's authority at an organisation during [active_from, active_to): the Authorised User of the pack."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=120)  # their role there, in their words: 'Service desk lead'
    may_raise = models.BooleanField(default=True)
    sees_all = models.BooleanField(default=False)
    administrates = models.BooleanField(default=False)
    active_from = models.DateTimeField()
    active_to = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(active_to=None),
                name="one_open_membership_per_pair",
            )
        ]


class Team(models.Model):
    """A group of staff that tickets are allocated to: support, the Technical Team, management."""

    key = models.SlugField(max_length=40, unique=True)  # the name that agreements use: 'technical'
    name = models.CharField(max_length=120)
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """One thing that was set up or changed about a client, a team or a product. Written once, read as history.

    Names of people stay out of `details`, so that erasing a person leaves nothing of them here.
    """

    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.CASCADE, related_name="changes"
    )  # none: about the desk itself
    kind = models.CharField(max_length=40)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # whom it concerns
    details = models.JSONField(default=dict)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")  # none: a command
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="change_by_organisation")]


class SignIn(models.Model):
    """One live session of a person, from signing in until it ends: what device, about where from, when used last.

    The address is shortened before it comes here, so that a row tells a network and no household.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, db_index=True)
    device = models.CharField(max_length=80)
    network = models.CharField(max_length=60, blank=True, default="")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")  # why, where a person is told it

    class Meta:
        indexes = [
            models.Index(fields=["person", "-seen_at"], name="sign_in_live", condition=Q(ended_at=None))
        ]


class Screen(models.Model):
    """A screen on a wall that shows the wallboard without anybody signed in, by a secret link that can be ended.

    It sees what the administrator who made it may see, for as long as they are one. Only a digest is kept.
    """

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="screens")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """Somebody is asked to be an authorised user with an account: by whom, with which rights, and what came of it.

    Of the link only a digest is kept. One that is over stays, as history; it is expired when `expires_at` has come and
    neither of the other two has.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=120)
    may_raise = models.BooleanField(default=True)
    sees_all = models.BooleanField(default=False)
    administrates = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")  # none: a command
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()  # last
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="invitations")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_ends_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            ),
        ]


class SignInLink(models.Model):
    """A link by which somebody may sign in once, without a password. Only a digest is kept.

    It is over when it was used, when its person signed in otherwise, or when `expires_at` has come.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    goal = models.CharField(max_length=300, blank=True)  # the path that was asked for before
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # without having been used

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used_at=None) | Q(ended_at=None), name="sign_in_link_ends_once")
        ]


class IdentityProvider(models.Model):
    """Where an organisation signs its own people in (OpenID Connect), from when to when, and who entered it.

    A changed one is a new row; only the latest trouble with it is kept, in words that name nobody.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identity_providers")
    issuer = models.CharField(max_length=300)  # exactly as its tokens name it
    client_id = models.CharField(max_length=300)
    secret = models.TextField()  # sealed
    only = models.BooleanField(default=False)  # its people sign in no other way
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")  # none: a command
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    trouble = models.CharField(max_length=200, blank=True)
    trouble_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at=None), name="one_identity_provider_at_a_time"
            )
        ]


class ProviderSubject(models.Model):
    """Whom an organisation's provider means by a subject, since their first sign-in through it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="provider_subjects")
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "issuer", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["organisation", "issuer", "person"], name="one_subject_per_person"),
        ]


class OneSession(models.Model):
    """That an organisation wants each of its people to be signed in once at a time, from when to when, and by whom."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="one_sessions")
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at=None), name="one_session_wanted_once"
            )
        ]


class Wish(models.Model):
    """Which mails a person wants about their own requests, or about their colleagues'; none: what is usual."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="wishes")
    about = models.CharField(max_length=12)
    wants = models.CharField(max_length=12)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "about"], name="one_wish_about_each")]


class Logo(models.Model):
    """A picture of the vendor's mark, known by its content. Written once."""

    digest = models.CharField(max_length=64, primary_key=True)
    media = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    data = models.BinaryField()


class Brand(models.Model):
    """How the vendor looks to its clients, in letters and in the portal. Rows only grow; the newest one holds."""

    name = models.CharField(max_length=80, blank=True, default="")  # empty: as the agreement names the vendor
    accent = models.CharField(max_length=7, default="#0b6485")  # of lines and links on a light page
    accent_dark = models.CharField(max_length=7, default="#5bb9d9")  # the same on a dark one
    logo = models.ForeignKey(Logo, null=True, on_delete=models.PROTECT, related_name="+")
    footer = models.CharField(max_length=600, blank=True, default="")  # what the law wants below a letter
    postal = models.CharField(max_length=300, blank=True, default="")
    web = models.CharField(max_length=200, blank=True, default="")
    telephone = models.CharField(max_length=40, blank=True, default="")  # as people read it
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
