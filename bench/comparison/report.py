"""What a person reads of a run: one table, and what is to be said beside it."""


def grouped(x):
    """Whole numbers in groups of three; small ones with three digits."""
    if abs(x) >= 1000:
        return f"{x:,.0f}"
    return f"{x:.3g}" if abs(x) >= 0.1 or x == 0 else f"{x:.1g}"


def _cells_of(name, row):
    if row["median"] is None:
        return [name, "-", row["unit"], ""]
    spread = 100 * (row["high"] - row["low"]) / row["median"] if row["median"] else 0
    return [name, grouped(row["median"]), row["unit"], f"{spread:.0f} %"]


def _budget_cells(judged):
    """Compared with what, how it stands, what it must be, and whether it is."""
    words = {"at_least": ">=", "at_most": "<=", "aim": "aim"}
    limits = [f"{word} {grouped(judged[key])}" for key, word in words.items() if key in judged]
    ratio = f"{judged['median']:.2f}" if "to" in judged else ""
    return [judged.get("to", ""), ratio, ", ".join(limits), judged["verdict"]]


def _lines(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    to_the_right = (1, 3, 5)
    for row in rows:
        cells = [cell.rjust(width) if i in to_the_right else cell.ljust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        yield "  ".join(cells).rstrip()


def table(result):
    rows = [["what", "median", "unit", "spread", "against", "ratio", "budget", "", "state hash"]]
    for name, row in result["rows"].items():
        judged = [j for j in result["budgets"] if j["of"] == name] or [None]
        for i, one in enumerate(judged):
            first = _cells_of(name, row) if i == 0 else [""] * 4
            state = (row["hash"] or "") if i == 0 else ""
            rows.append([*first, *(_budget_cells(one) if one else [""] * 4), state])
    return "\n".join(_lines(rows))


def _notes(result):
    whys = {row["why"] for row in result["rows"].values() if "why" in row}
    yield from sorted(whys)
    for work, found in result["disagreements"].items():
        yield (f"THE SAME WORK ENDED IN DIFFERENT STATES: {work}: {', '.join(found)}: "
               "somewhere the order of threads, or memory that was not set, decides a world")
    if not result["disagreements"]:
        yield f"{len(result['agreed'])} kinds of work ended in the same state each time"
    missed = sum(judged["verdict"] == "MISSED" for judged in result["budgets"])
    yield f"{missed} of {len(result['budgets'])} budgets and ratios are missed"


def _moves(result):
    since = result["against"]
    yield f"moved beyond the spread since {since['file']} ({since['revision']}):"
    if since["machine"] != result["machine"]:
        yield "  that was another machine: only ratios say anything"
    for move in result["moved"]:
        if move["what"] == "state":
            yield f"  {move['row']}: the state is {move['is']}, was {move['was']}"
            continue
        yield (f"  {move['row']}: {grouped(move['was'])} -> {grouped(move['is'])}, "
               f"{move['percent']:+.0f} %, {move['what']}")
    if not result["moved"]:
        yield "  nothing"


def text(result):
    machine, versions, run = result["machine"], result["versions"], result["run"]
    head = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']}, load "
        f"{run['load_before']} before and {run['load_after']} after",
        f"{versions['unscripted']}, revision {versions['revision']}, CAF {versions['caf']}, "
        f"RocksDB {versions['rocksdb']}, Redis {versions['redis']}",
        f"{run['rounds']} rounds, {run['seconds']} s a measure, {run['took_s']:.0f} s together; "
        "medians; spread: highest less lowest round, of the median",
    ]
    tail = list(_notes(result)) + (list(_moves(result)) if "against" in result else [])
    return "\n".join([*head, "", table(result), "", *tail])
