"""Rows of agreements and contracts. Versions and terms are written once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mainstay.orgs.models import Organisation, Person


class AgreementVersion(models.Model):
    """One installed version of an agreement file, kept whole."""

    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    effective_from = models.DateTimeField()
    source = models.TextField()  # the TOML as installed
    digest = models.CharField(max_length=64)  # SHA-256 of `source`
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="agreement_version_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class HolidayTable(models.Model):
    """One version of a table of public holidays: local dates that a calendar is closed on."""

    name = models.CharField(max_length=40)  # 'england', as calendars name it
    version = models.CharField(max_length=40)
    dates = models.JSONField()  # {"2026-12-25": "Christmas Day", ...}
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="holiday_table_version_unique")
        ]


class Product(models.Model):
    """A software product or service that clients buy. Not hosted: the terms on service availability do not apply."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Coverage(models.TextChoices):
    """When incidents may be reported and severity 1 runs (pack, 'Service Hours')."""

    CORE = "core", "Core Service Hours"
    FULL = "24x7", "24x7"


class Contract(models.Model):
    """A signed contract of an organisation during [active_from, active_to)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    agreement = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="contracts")
    coverage = models.CharField(max_length=10, choices=Coverage.choices, default=Coverage.CORE)
    document = models.CharField(max_length=200)  # the signed paper: 'Order 2025-118'
    active_from = models.DateTimeField()
    active_to = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to=None) | Q(active_to__gt=F("active_from")),
                name="contract_ends_after_it_begins",
            )
        ]


class ContractProduct(models.Model):
    """A product under a contract, hosted by the vendor or not (pack, section 5, introduction)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    hosted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "product"], name="product_once_per_contract")
        ]


class Override(models.Model):
    """A term agreed otherwise in writing for one contract during [active_from, active_to)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="overrides")
    terms = models.JSONField()  # a nested mapping in the shape of the agreement file
    document = models.CharField(max_length=200)
    active_from = models.DateTimeField()
    active_to = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class OutOfHours(models.Model):
    """The number that one contract gives its client for the time outside hours, during [active_from, active_to).

    It is that client's own (pack, clause 2.3): whoever shows it asks `out_of_hours.number_for` first.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="out_of_hours")
    number = models.CharField(max_length=20)  # E.164
    words = models.CharField(max_length=300, blank=True, default="")  # to the client: what it is for
    active_from = models.DateTimeField()
    active_to = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to=None) | Q(active_to__gt=F("active_from")),
                name="out_of_hours_ends_after_it_begins",
            )
        ]


class TermsSnapshot(models.Model):
    """The terms that tickets run on: agreement version, coverage, overrides and holiday tables, interned by digest."""

    digest = models.CharField(max_length=64, unique=True)
    agreement = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, null=True, on_delete=models.PROTECT, related_name="+")
    coverage = models.CharField(max_length=10, choices=Coverage.choices)
    hosted = models.BooleanField(default=True)
    overrides = models.JSONField(default=dict)
    holidays = models.JSONField(default=dict)  # table name -> version
