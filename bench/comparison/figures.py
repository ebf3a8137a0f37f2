"""What rounds of measures come to: medians and their spread, ratios, hashes that must agree,
budgets, and what moved since another run."""

import dataclasses
import json
import statistics
from pathlib import Path

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.json"
LESS_IS_BETTER = ("us", "ms", "bytes")
LEAST_MOVE = 0.01  # of the median: bytes hardly spread, and less than this says nothing


@dataclasses.dataclass
class Spread:
    """Of one figure over all rounds."""
    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def low(self):
        return min(self.values)

    @property
    def high(self):
        return max(self.values)

    def to_json(self):
        return {"median": self.median, "low": self.low, "high": self.high, "values": self.values}


class Results:
    """Collects what measures told, round by round."""

    def __init__(self, measures):
        self.measures = measures
        self.units = {row.name: row.unit for m in measures for row in m.rows}
        self.figures = {name: [] for name in self.units}  # None where a round failed
        self.hashes = {}  # of the last round, by name of the measure
        self.by_work = {}  # all hashes that some work ended with
        self.failures = {}  # by name of the measure: why
        self.missing = {}  # the same, for what this machine does not have

    def add(self, measure, figures, state_hash):
        for row in measure.rows:
            self.figures[row.name].append(figures[row.name])
        if state_hash:
            self.hashes[measure.name] = state_hash
            if measure.work:
                self.by_work.setdefault(measure.work, set()).add(state_hash)

    def add_failure(self, measure, why, is_missing):
        (self.missing if is_missing else self.failures)[measure.name] = why
        for row in measure.rows:
            self.figures[row.name].append(None)

    def disagreements(self):
        """Work that ended with more than one state, which must never be."""
        return {work: sorted(found) for work, found in self.by_work.items() if len(found) > 1}

    def spread(self, row):
        values = [value for value in self.figures[row] if value is not None]
        return Spread(values) if values else None

    def ratio(self, of, to):
        """Round by round, so that what slowed both down counts in neither."""
        pairs = zip(self.figures.get(of, ()), self.figures.get(to, ()))
        values = [a / b for a, b in pairs if a is not None and b]
        return Spread(values) if values else None

    def rows(self):
        """All of it as JSON has it, by name."""
        rows = {}
        for measure in self.measures:
            for row in measure.rows:
                spread = self.spread(row.name)
                rows[row.name] = {"unit": row.unit,
                                  **(spread.to_json() if spread else {"median": None}),
                                  "hash": self.hashes.get(measure.name)}
                if measure.work:
                    rows[row.name]["work"] = measure.work
                why = self.missing.get(measure.name) or self.failures.get(measure.name)
                if why:
                    rows[row.name]["why"] = why
        return rows


# -- budgets --------------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Budget:
    """What a row must reach: by itself, or as a ratio to another. Without limits the ratio is only
    shown."""
    of: str
    to: str = None
    at_least: float = None
    at_most: float = None
    aim: float = None  # what we should like to see beyond that

    def verdict(self, figure):
        if self.at_least is not None and figure < self.at_least:
            return "MISSED"
        if self.at_most is not None and figure > self.at_most:
            return "MISSED"
        if self.aim is not None:
            return "aim reached" if figure >= self.aim else "below the aim"
        return "kept" if (self.at_least, self.at_most) != (None, None) else ""


def read_budgets():
    entries = json.loads(BUDGETS.read_text(encoding="utf-8"))["budgets"]
    return [Budget(**entry) for entry in entries]


def judge(results, budgets):
    """Each budget whose rows were measured, as JSON has it."""
    judged = []
    for budget in budgets:
        if budget.to:
            spread = results.ratio(budget.of, budget.to)
        else:
            spread = results.spread(budget.of) if budget.of in results.units else None
        if spread is None:
            continue
        entry = {key: value for key, value in dataclasses.asdict(budget).items()
                 if value is not None}
        judged.append({**entry, "median": spread.median, "low": spread.low, "high": spread.high,
                       "verdict": budget.verdict(spread.median)})
    return judged


# -- against another run --------------------------------------------------------------------------

def _ratios_of(result):
    """As if they were rows; where less is better a unit says so, and of ratios nothing is known."""
    return {f"{j['of']} : {j['to']}": {**j, "unit": "ratio"}
            for j in result["budgets"] if "to" in j}


def _is_apart(a, b):
    """Whether no round of one lies within what the rounds of the other had, and not only just."""
    is_beyond = a["low"] > b["high"] or b["low"] > a["high"]
    return is_beyond and abs(a["median"] - b["median"]) >= LEAST_MOVE * b["median"]


def moved_since(before, now):
    """Rows and ratios of one result that moved beyond the spread since another one, and states that
    are others after the same work."""
    moved = []
    was_all = {**before["rows"], **_ratios_of(before)}
    for name, row in {**now["rows"], **_ratios_of(now)}.items():
        was = was_all.get(name)
        if not was or was["median"] is None or row["median"] is None:
            continue
        same_work = row.get("work") and row["work"] == was.get("work")
        if same_work and row["hash"] != was["hash"]:
            moved.append({"row": name, "what": "state", "was": was["hash"], "is": row["hash"]})
        if _is_apart(row, was):
            is_less = row["median"] < was["median"]
            is_better = is_less == (row["unit"] in LESS_IS_BETTER)
            word = "better" if is_better else "worse"
            moved.append({"row": name, "what": "ratio" if row["unit"] == "ratio" else word,
                          "was": was["median"], "is": row["median"],
                          "percent": 100 * (row["median"] / was["median"] - 1)})
    return moved
