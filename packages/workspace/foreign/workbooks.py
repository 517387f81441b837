"""Writes a workbook of random cells with one library, and prints what openpyxl reads in it: a JSON line for each row."""

import datetime
import json
import random
import sys

import openpyxl
import xlsxwriter

path, writer, seed, is_1904 = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1904"
rng = random.Random(seed)
EPOCH = datetime.datetime(1904, 1, 2) if is_1904 else datetime.datetime(1900, 3, 1)
CHARACTERS = "abcXYZ019 _.,;:'\"&<>äéß東😀\n\t=+-#%/"

FORMATS = {"date": "yyyy-mm-dd", "datetime": "dd/mm/yyyy hh:mm:ss.000", "time": "[$-409]h:mm:ss AM/PM", "duration": "[h]:mm:ss"}


def value(kind):
    if rng.random() < 0.15:
        return None
    if kind == "integer":
        return rng.choice([0, 1, -1, rng.randint(-(10**9), 10**9), rng.randint(-(10**15), 10**15)])
    if kind == "float":
        return rng.choice([rng.uniform(-1, 1), rng.uniform(-1e9, 1e9), rng.uniform(0, 1) * 10 ** rng.randint(-20, 20), round(rng.uniform(0, 1000), 2)])
    if kind == "text":
        text = "".join(rng.choice(CHARACTERS) for _ in range(rng.randint(1, 30)))
        # openpyxl writes "_x000D_" as it is, which then means a carriage return.
        escape = "_x000D_" if writer == "xlsxwriter" else "_x"
        return rng.choice([text, "00123", "true", "2024-01-31", escape, "  spaces  ", "1e5"])
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "date":
        return EPOCH + datetime.timedelta(days=rng.randint(0, 60000))
    if kind == "datetime":
        return EPOCH + datetime.timedelta(days=rng.randint(0, 60000), milliseconds=rng.randint(0, 86399999))
    if kind == "time":
        return datetime.time(rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59))
    return datetime.timedelta(seconds=rng.randint(0, 10**7))


KINDS = ["integer", "float", "text", "boolean", "date", "datetime", "time", "duration"]
# The first column numbers the rows, so that none is blank.
rows = [[i + 1] + [value(kind) for kind in KINDS] for i in range(500)]

if writer == "xlsxwriter":
    book = xlsxwriter.Workbook(path, {"date_1904": is_1904, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Data")
    formats = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
    sheet.write_row(0, 0, ["row"] + KINDS)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            kind = None if c == 0 else KINDS[c - 1]
            if cell is None:
                continue
            if kind in formats:
                sheet.write_datetime(r + 1, c, cell, formats[kind])
            elif isinstance(cell, str):
                sheet.write_string(r + 1, c, cell)
            else:
                sheet.write(r + 1, c, cell)
    book.close()
else:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "Data"
    sheet.append(["row"] + KINDS)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None:
                continue
            place = sheet.cell(r + 2, c + 1)
            if isinstance(cell, str):
                # A text that starts with = would become a formula.
                place.value, place.data_type = cell, "s"
            else:
                place.value = cell
            if c > 0 and KINDS[c - 1] in FORMATS:
                place.number_format = FORMATS[KINDS[c - 1]]
    book.save(path)


def shown(kind, cell):
    if isinstance(cell, datetime.timedelta):
        total = round(cell.total_seconds() * 1000)
        return f"{total // 3600000:02}:{total // 60000 % 60:02}:{total // 1000 % 60:02}" + fraction(total % 1000)
    if isinstance(cell, datetime.datetime):
        if kind == "date":
            return cell.date().isoformat()
        # Times are compared to the millisecond.
        ms = round(cell.microsecond / 1000)
        return (cell.replace(microsecond=0) + datetime.timedelta(seconds=ms // 1000)).isoformat() + fraction(ms % 1000)
    if isinstance(cell, datetime.time):
        return cell.isoformat()
    return cell


def fraction(ms):
    return f".{ms:03}".rstrip("0") if ms else ""


loaded = openpyxl.load_workbook(path)["Data"]
for row in loaded.iter_rows(min_row=2, values_only=True):
    print(json.dumps([shown(kind, cell) for kind, cell in zip(["row"] + KINDS, row)]))
