# SPDX-License-Identifier: GPL-2.0-or-later
"""What works through every save of the soak, and how each says that nothing was lost: a database, arrays in memory, files."""

import re

IN_GUEST = "/usr/local/lib/soak"
BIN = "/usr/lib/postgresql/15/bin"
DATA = "/var/lib/postgresql/soak"
CONNECTIONS = "soak-psql@watcher soak-psql@held"
UNITS = f"soak-postgres soak-pgbench soak-arrays soak-files {CONNECTIONS}"
CLIENTS = 3
# Two generations: one of them began and ended after the resume. As many files as there are places (files.cc): each that was
# written before the save is read back.
GENERATIONS, FILES, TRANSACTIONS = 2, 32, 2
# Each takes longer than a transaction does.
TRIES = 100
BALANCES = """
    SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(tbalance) FROM pgbench_tellers),
           (SELECT sum(bbalance) FROM pgbench_branches), (SELECT coalesce(sum(delta), 0) FROM pgbench_history),
           (SELECT count(*) FROM pgbench_history)
"""
CHECK_INDEX = "SELECT bt_index_check('pgbench_accounts_pkey')"
SESSIONS = "SELECT application_name, pid, backend_start FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY 2"
HELD = "SELECT pid, state, xact_start FROM pg_stat_activity WHERE application_name = 'held'"


class SelfChecking:
    """A program that keeps one line in /run/soak/NAME: what it has done, and how much of it was wrong."""

    def __init__(self, fixture, name, counter, enough):
        self._fixture, self._name, self._counter, self._enough = fixture, name, counter, enough
        self._line = f"/run/soak/{name}"
        self.count = 0

    def expect_going_on(self):
        """From now on it does so much that all it had before was looked at."""
        first = self._read("true")
        self.count = self._read(
            f"read -r line <{self._line}; count=${{line#*{self._counter}=}}; [ ${{count%% *}} -ge {first + self._enough} ] || "
            f"! systemctl is-active --quiet soak-{self._name}"
        )
        self._fixture.expect(self.count >= first + self._enough, f"the {self._name} going on from {first}, found {self.count}")

    def _read(self, condition):
        line = wait_in_guest(self._fixture, f"[ -e {self._line} ] && {{ {condition}; }}", f"cat {self._line}")
        found = re.search(rf"{self._counter}=(\d+).* wrong=(\d+)", line)
        self._fixture.expect(found and found[2] == "0", f"nothing wrong in the {self._name}, found: {line}")
        return int(found[1])


class Ledger:
    """pgbench's tables: whatever was committed is in all four of them or in none. Asked through a connection that lives through
    every save, and beside it another one, in which a transaction is open during each."""

    def __init__(self, fixture):
        self._fixture = fixture
        self.transactions = 0
        self._sessions = None

    def sql(self, query, connection="watcher"):
        answer = self._fixture.check(f"{IN_GUEST}/sql {connection} <<'END'\n{query};\nEND")
        return [line for line in answer.splitlines() if line]

    def connect(self):
        """Waits for everybody; from then on nobody may come or go."""
        for _ in range(TRIES):
            self._sessions = self.sql(SESSIONS)
            if len(self._sessions) == CLIENTS + len(CONNECTIONS.split()):
                return
        self._fixture.expect(False, f"{CLIENTS} clients of pgbench and {CONNECTIONS}, found {self._sessions}")

    def expect_going_on(self):
        """Everybody who was connected is still, no sum of balances differs from another, and transactions end."""
        self._fixture.expect_equal("connections", self.sql(SESSIONS), self._sessions)
        first = self.expect_consistent()
        for _ in range(TRIES):
            if self.expect_consistent() >= first + TRANSACTIONS:
                break
        self._fixture.expect(self.transactions >= first + TRANSACTIONS, f"more than {first} transactions, found {self.transactions}")
        self._fixture.expect_equal("the index of the accounts", self.sql(CHECK_INDEX), [])

    def expect_consistent(self):
        """Returns how many transactions there were."""
        (line,) = self.sql(BALANCES)
        accounts, tellers, branches, history, self.transactions = map(int, line.split("|"))
        self._fixture.expect(
            accounts == tellers == branches == history,
            f"the same sum of balances, found: accounts {accounts}, tellers {tellers}, branches {branches}, history {history}",
        )
        return self.transactions

    def hold(self, number):
        """A transaction begun now and open until `release`: money moved between two accounts, and its number noted."""
        self.sql(
            f"BEGIN; UPDATE pgbench_accounts SET abalance = abalance - {number} WHERE aid = {number}; "
            f"UPDATE pgbench_accounts SET abalance = abalance + {number} WHERE aid = 50000 + {number}; INSERT INTO held VALUES ({number})",
            "held",
        )
        return self.sql(HELD)

    def release(self, number, held):
        """It is the same transaction still, nobody else sees it yet, and it can be committed."""
        self._fixture.expect_equal("the transaction held open", self.sql(HELD), held)
        self._fixture.expect("idle in transaction" in held[0], f"a transaction held open, found {held}")
        self.expect_held(number - 1)
        self.sql("COMMIT", "held")
        self.expect_held(number)

    def expect_held(self, number):
        self._fixture.expect_equal("transactions held open and committed", self.sql("SELECT count(*) FROM held"), [str(number)])


def start(fixture):
    fixture.check(f"systemctl start {UNITS}")
    work = [Ledger(fixture), SelfChecking(fixture, "arrays", "generation", GENERATIONS), SelfChecking(fixture, "files", "written", FILES)]
    work[0].connect()
    for one in work:
        one.expect_going_on()
    return work


def stop(fixture):
    """Ends it all, the database last; then every page of it has its checksum, and every table and index its order."""
    fixture.check(f"systemctl stop soak-pgbench soak-arrays soak-files {CONNECTIONS}")
    fixture.check(f"{BIN}/pg_amcheck -U postgres --heapallindexed --install-missing ledger 2>&1")
    fixture.check("systemctl stop soak-postgres")
    fixture.check(f"runuser -u postgres -- {BIN}/pg_checksums --check -D {DATA} 2>&1")


def wait_in_guest(fixture, condition, explain, guard_s=None):
    """Until the shell's condition holds; a machine on which it never does hangs. Returns what `explain` prints."""
    guard_s = guard_s or fixture.guard_s
    tries = int(guard_s / 0.4)  # each takes its own time beside the sleep
    wait = f"for try in $(seq {tries}); do if {condition}; then {explain}; exit 0; fi; sleep 0.2; done"
    return fixture.machine.check(f"{wait}; ({explain}) 2>&1; exit 1", guard_s).strip()
