# SPDX-License-Identifier: GPL-2.0-or-later
"""What the cases of `make check-faults` came to: one small file a case, kept for as long as neither the product nor the cases
nor what they stand on change, and the tables they make in docs/reliability.md."""

import hashlib
import json
import re
import subprocess

from .places import BUILD, TESTS, TOP

PRODUCT = ("image", "resume", "efi", "driver", "initramfs", "kernel-cmdline")
KEPT = BUILD.parent / "faults"
PAGE = TOP / "docs/reliability.md"
# What a case's result depends on beside the product. Every file of cases: they use each other's.
HARNESS = ("harness/*.py", "cases/*.py", "run", "make-*", "*.cc", "cases/*-guest/**/*", "guest/**/*", "soak/**/*", "stays-on/*")
INSTALLATION = ("Makefile", "install.mk")  # how the product gets into a guest


def _hash(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(TOP)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def product_hash():
    """Of every file that is tested: what lies in the product's folders, whether it is committed yet or not."""
    return _hash(path for folder in PRODUCT for path in sorted((TOP / folder).rglob("*")) if path.is_file())


def harness_files():
    paths = {path for pattern in HARNESS for path in TESTS.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
    return [TOP / name for name in INSTALLATION] + sorted(paths)


def commit():
    """Short, with a word where the product's files are not that commit's; empty outside of git."""
    folders = [folder for folder in PRODUCT if (TOP / folder).exists()]
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + (", changed" if _git("status", "--porcelain", "--", *folders) else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(*arguments):
    return subprocess.run(["git", "-C", str(TOP), *arguments], check=True, capture_output=True, text=True).stdout.strip()


class Results:
    def __init__(self):
        """REQUIRES: the files are still those that the cases were loaded from."""
        self._harness = _hash(harness_files())
        self._product = product_hash()
        self._commit = commit()
        self.directory = KEPT / self._product
        self.directory.mkdir(parents=True, exist_ok=True)

    def _path(self, case):
        return self.directory / f"{case.part}-{case.name}.json"

    def keep(self, outcome):
        """One rename: a run that is cut off leaves a whole result or none."""
        rows = outcome.rows or [(outcome.case.summary, "; ".join(outcome.notes) or "as it must be")]
        if outcome.result != "passed":
            # The points that were reached stay to be read, below what went wrong.
            rows = [(outcome.case.summary, f"{outcome.result.upper()}: {outcome.brief}"), *outcome.rows]
        content = {"result": outcome.result, "seconds": round(outcome.seconds, 1), "harness": self._harness, "rows": rows}
        path = self._path(outcome.case)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(content, indent=1) + "\n")
        unfinished.rename(path)

    def of(self, case):
        """None where the case has not run since the cases, the harness or the product changed."""
        path = self._path(case)
        if not path.exists():
            return None
        result = json.loads(path.read_text())
        return result if result.get("harness") == self._harness else None

    def missing(self, cases):
        return [case for case in cases if (self.of(case) or {}).get("result") != "passed"]

    def table(self, cases):
        """Markdown: each case's points and outcomes, in the order of the cases. It names the product: a part that runs no more
        keeps its table."""
        found = {case.name: self.of(case) for case in cases}
        results = [result for result in found.values() if result]
        passed = sum(result["result"] == "passed" for result in results)
        minutes = sum(result["seconds"] for result in results) / 60
        text = f"{passed} of {len(cases)} cases passed; {minutes:.0f} minutes of machines that ran, two at a time. "
        text += f"Run on the product {self._product}{f' (commit {self._commit})' if self._commit else ''}.\n\n"
        text += "| case | outcome |\n|---|---|\n"
        for case in cases:
            for point, outcome in found[case.name]["rows"] if found[case.name] else [(case.summary, "not run")]:
                text += f"| {_cell(point)} | {_cell(outcome)} |\n"
        return text

    def write_page(self, parts):
        """`parts`: {name: its cases}. A part of which nothing ran keeps the table it has; the page holds a pair of markers for
        each."""
        page = PAGE.read_text()
        for name, cases in parts.items():
            begin, end = (f"<!-- make check-faults {name}: {edge} -->\n" for edge in ("begin", "end"))
            if begin in page and any(self.of(case) for case in cases):
                start, stop = page.index(begin) + len(begin), page.index(end)
                page = page[:start] + self.table(cases) + page[stop:]
        PAGE.write_text(page)


def _cell(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
