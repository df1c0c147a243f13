"""The independent computation: Python's own csv and statistics modules, told the dialect that the agents must find out.

Reads a JSON list of {path, encoding, delimiter, decimal, header, missing} and writes one list of results:
per file the row count and per numeric column count, missing, mean, sd, min, q1, median, q3, max and sum.
"""

import csv
import io
import json
import statistics
import sys

csv.field_size_limit(1 << 30)


def to_number(text, decimal):
    text = text.strip().replace("\u00a0", "").replace("'", "").replace("€", "").replace("$", "").strip()
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", "")
    return float(text)


def describe(spec):
    text = open(spec["path"], "rb").read().decode(spec["encoding"])
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=spec["delimiter"]) if row]
    header = rows[0] if spec["header"] else [f"column {i + 1}" for i in range(max(len(row) for row in rows))]
    body = rows[1:] if spec["header"] else rows
    columns = {}
    for index, name in enumerate(header):
        cells = [row[index] if index < len(row) else "" for row in body]
        filled = [cell for cell in cells if cell.strip() not in spec["missing"]]
        try:
            values = [to_number(cell, spec["decimal"]) for cell in filled]
        except ValueError:
            continue
        if not values:
            continue
        q1, median, q3 = (values * 3 if len(values) == 1 else statistics.quantiles(values, n=4, method="inclusive"))
        columns[name] = {
            "count": len(values),
            "missing": len(cells) - len(values),
            "mean": statistics.fmean(values),
            "sd": statistics.stdev(values) if len(values) > 1 else None,
            "min": min(values),
            "q1": q1,
            "median": median,
            "q3": q3,
            "max": max(values),
            "sum": __import__("math").fsum(values),
        }
    return {"rows": len(body), "columns": columns}


print(json.dumps([describe(spec) for spec in json.load(sys.stdin)]))
