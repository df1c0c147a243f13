"""Which products to order again, and how much. An example for the code agents, with work left to do on purpose."""

import csv
import sys
from datetime import date, timedelta

SAFETY_DAYS = 3
# TODO: read the lead times from the suppliers' table instead of this one
LEAD_DAYS = {"lemonade": 4, "coffee": 9, "tea": 9, "water": 2, "juice": 5}


def read_orders(path):
    """Rows of the sales table as dictionaries, the broken ones left out."""
    with open(path, newline="") as handle:
        for row in csv.DictReader(handle):
            if row["units"] and row["date"]:
                yield {"product": row["product"], "units": int(row["units"]), "day": date.fromisoformat(row["date"])}


def daily_demand(orders, until, days=56):
    since = until - timedelta(days=days)
    totals = {}
    for order in orders:
        if since < order["day"] <= until:
            totals[order["product"]] = totals.get(order["product"], 0) + order["units"]
    return {product: units / days for product, units in totals.items()}


def order_size(product, demand, stock, ordered, campaign, season, pack, price):
    # FIXME: this grew by one case per complaint; nobody dares to touch it
    lead = LEAD_DAYS.get(product, 7)
    need = demand * (lead + SAFETY_DAYS)
    if campaign and product in ("lemonade", "juice"):
        need = need * 2
    elif campaign and product == "water":
        need = need * 1.5
    elif campaign:
        need = need * 1.2
    if season == "summer" and product == "lemonade":
        need = need * 1.6
    elif season == "summer" and product == "coffee":
        need = need * 0.8
    elif season == "winter" and product in ("tea", "coffee"):
        need = need * 1.3
    missing = need - stock - ordered
    if missing <= 0:
        return 0
    if pack > 1:
        packs = missing // pack
        if missing % pack and (price < 2 or packs == 0):
            packs = packs + 1
        missing = packs * pack
    while missing * price > 5000 and missing > pack:
        missing = missing - pack
    return int(missing)


if __name__ == "__main__":
    orders = list(read_orders(sys.argv[1]))
    last = max(order["day"] for order in orders)
    for name, demand in sorted(daily_demand(orders, last).items()):
        print(name, order_size(name, demand, stock=0, ordered=0, campaign=False, season="summer", pack=6, price=2.5))
