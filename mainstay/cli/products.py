"""`mainstay product`: what the vendor makes, and contracts cover."""

from __future__ import annotations

import re

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused

app = typer.Typer(no_args_is_help=True, help="The products that contracts cover.")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@app.command("add")
def add(
    key: str = typer.Argument(help="Short, for files and addresses: small letters, figures, hyphens. It stays."),
    name: str = typer.Option("", help="What people call it; default is the key."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Add a product."""
    django_room.migrated()
    from mainstay.contracts import actions
    from mainstay.contracts.models import Product

    if not KEY.fullmatch(key):
        raise Refused(f"{key}: a key has small letters, figures and hyphens, such as lantern-mobile")
    if Product.objects.filter(key=key).exists():
        raise Refused(f"there is a product {key} already; see: mainstay product list")
    product = actions.add_product(key=key, name=name.strip() or key)
    if json:
        output.as_json({"key": product.key, "name": product.name})
    else:
        print(f"Added {product.name} ({product.key}).")


@app.command("list")
def listing(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the products."""
    django_room.prepared()
    from mainstay.contracts.models import Product

    rows = list(Product.objects.order_by("key").values("key", "name"))
    if json:
        output.as_json(rows)
    else:
        none = "No products yet. Add one: mainstay product add lantern --name Lantern"
        output.table([list(row.values()) for row in rows], head=["Key", "Name"], empty=none)
