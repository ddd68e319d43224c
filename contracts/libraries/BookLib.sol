// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How a commitment ended, as far as the dispute game must know.
enum Ending {
    None,
    Slashed,
    Settled, // slashed, and the gas pot is here
    Voided
}

/// @notice A dispute's place among those not lost on its commitment. Neighbours are serial + 1, zero = none.
struct Entry {
    address challenger;
    uint32 previous;
    uint32 next;
    bool settled;
}

/// @notice What all disputes on one commitment share, in two slots.
struct Book {
    bytes32 traceRoot;
    uint40 boundAt;
    uint32 disputes;
    uint32 first;
    uint32 last;
    uint48 gasOwed; // of all disputes not lost; more than the blocks of years hold
    uint32 winnerGas; // the part of the dispute that slashed; zero where none did
    uint32 floorSeconds;
    Ending ending;
}

/// @notice The gas pot of a settled slash.
struct Pot {
    uint96 amount;
    uint96 paid; // to disputes other than the winner
    uint48 settledGas; // of those
}

/// @title The books of all disputes on one commitment: a doubly linked list in opening order, and the gas pot.
/// @dev Nothing here loops: a list that anybody may lengthen is only entered at its ends and at a known place.
library BookLib {
    /// @notice Adds a dispute at the end.
    function append(
        Book storage self,
        mapping(uint32 serial => Entry) storage entries,
        address challenger
    ) internal returns (uint32 serial) {
        serial = self.disputes;
        uint32 last = self.last;
        Entry storage entry = entries[serial];
        entry.challenger = challenger;
        entry.previous = last;
        if (last == 0) self.first = serial + 1;
        else entries[last - 1].next = serial + 1;
        self.last = serial + 1;
        self.disputes = serial + 1;
    }

    /// @notice Takes a dispute out; its own links stay as they were.
    function unlink(
        Book storage self,
        mapping(uint32 serial => Entry) storage entries,
        uint32 serial
    ) internal {
        Entry storage entry = entries[serial];
        (uint32 previous, uint32 next) = (entry.previous, entry.next);
        if (previous == 0) self.first = next;
        else entries[previous - 1].next = next;
        if (next == 0) self.last = previous;
        else entries[next - 1].previous = previous;
    }

    /// @notice Takes a dispute's part out of the pot: all of it for the dispute that slashed, then pro rata of what is left.
    /// @dev INVARIANT (S-13): whoever proves the fault is repaid, however many disputes a cheater's friend opens beside it: the
    /// pot of the least lock pays for two of the dearest disputes. No move is repaid above its cost, so whoever dilutes what
    /// the others share loses more of its own gas than all of them together, and no number of disputes earns anything.
    /// @param won Whether it is the dispute that slashed.
    /// @return gas What the dispute gets, rounded down.
    /// @return dust What rounding left over, with the last dispute.
    function take(
        Pot storage self,
        Book storage book,
        uint32 owed,
        bool won,
        uint64 gasPrice
    ) internal returns (uint96 gas, uint96 dust) {
        uint96 amount = self.amount;
        uint48 winnerGas = book.winnerGas;
        uint256 due = uint256(winnerGas) * gasPrice;
        // SAFETY: cast only where it is below a 96-bit amount.
        uint96 first = due < amount ? uint96(due) : amount;
        if (won) return (first, 0);
        uint48 allOwed = book.gasOwed - winnerGas;
        uint96 rest = amount - first;
        // SAFETY: `owed` is part of `allOwed`, so the share is part of the rest.
        gas = uint96((uint256(rest) * owed) / allOwed);
        uint96 paid = self.paid + gas;
        uint48 settledGas = self.settledGas + owed;
        self.paid = paid;
        self.settledGas = settledGas;
        if (settledGas == allOwed) dust = rest - paid;
    }
}
