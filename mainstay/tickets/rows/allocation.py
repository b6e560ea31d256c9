"""Rows of who takes what: skills, rules in order, and whose turn it is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Coverage, Product
from mainstay.orgs.models import Organisation, Person, Team


class Skill(models.Model):
    """What a member of staff can do: a product, or something in the desk's own words."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="skills"
    )
    word = models.CharField(max_length=60, blank=True, default="")  # in small letters; empty for a product
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "product"], condition=~Q(product=None), name="skill_once_per_product"
            ),
            models.UniqueConstraint(
                fields=["person", "word"], condition=~Q(word=""), name="skill_once_per_word"
            ),
            models.CheckConstraint(
                condition=Q(product=None) & ~Q(word="") | ~Q(product=None) & Q(word=""),
                name="skill_product_or_word",
            ),
        ]


class Picking(models.TextChoices):
    """How a rule finds the person."""

    NOBODY = "nobody", "Nobody: the team decides"
    ROUND_ROBIN = "round_robin", "Each in turn"
    LEAST_LOADED = "least_loaded", "Whoever has the fewest open tickets"


class Rule(models.Model):
    """Which team takes a ticket, and how a person is found there. The first rule that fits takes it.

    An empty condition fits everything. Retired rather than deleted: the log names rules by their id.
    """

    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    severities = models.JSONField(default=list, blank=True)  # of these only, once a severity was assessed
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    coverage = models.CharField(max_length=10, choices=Coverage.choices, blank=True, default="")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    picking = models.CharField(max_length=20, choices=Picking.choices, default=Picking.NOBODY)
    knows_product = models.BooleanField(default=False)  # only people with the skill of the ticket's product
    skill = models.CharField(max_length=60, blank=True, default="")  # only people with this skill
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Turn(models.Model):
    """Who was picked last by a rule. Locked while somebody is picked, so that two workers never pick at once."""

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="turn", primary_key=True)
    last = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
