// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Where the money of a loser goes.
/// @dev Shares are rounded down and the remainder is burned, so dust never reaches a user and every split sums to the
/// whole. The largest sum of payouts is 15 % + 15 % + 15 % + 5 %: at least half of every slash is burned, under every
/// parameter version, because no parameter enters a share.
library SplitLib {
    uint256 internal constant BPS = 10_000;
    // INVARIANT (I-05): reporter and movers get at most 30 %, and at least half burns.
    // GUARD: I-05
    uint256 internal constant REPORTER_BPS = 1_500;
    uint256 internal constant GAS_POT_BPS = 1_500;
    uint256 internal constant COMPENSATION_BPS = 1_500;
    uint256 internal constant COMPENSATION_FEES = 3; // times the fee at most
    uint256 internal constant AUDIT_BPS = 500;
    uint256 internal constant WORKER_BOND_BPS = 6_000;

    /// @notice The shares of a slashed lock.
    struct Slash {
        uint96 reporter;
        uint96 gasPot;
        uint96 compensation;
        uint96 audit;
        uint96 burned;
    }

    function slash(uint96 lock, uint96 fee) internal pure returns (Slash memory split) {
        split.reporter = bps(lock, REPORTER_BPS);
        split.gasPot = bps(lock, GAS_POT_BPS);
        uint256 most = COMPENSATION_FEES * fee;
        uint96 share = bps(lock, COMPENSATION_BPS);
        // SAFETY: `most` is cast only where it is below a 96-bit share.
        split.compensation = most < share ? uint96(most) : share;
        split.audit = bps(lock, AUDIT_BPS);
        // INVARIANT (I-04): the shares sum to the lock.
        // GUARD: I-04
        split.burned = lock - split.reporter - split.gasPot - split.compensation - split.audit;
    }

    /// @notice The shares of the bond of a lost dispute.
    function bond(uint96 amount) internal pure returns (uint96 worker, uint96 burned) {
        worker = bps(amount, WORKER_BOND_BPS);
        burned = amount - worker;
    }

    /// @notice `share` basis points of `amount`, rounded down.
    function bps(uint96 amount, uint256 share) internal pure returns (uint96) {
        // SAFETY: `share` is at most `BPS`, so the result is at most `amount`.
        return uint96((uint256(amount) * share) / BPS);
    }

    /// @notice Stake at risk for a request: the tier's least lock, or its multiple of the fee.
    function lockFor(uint96 fee, uint96 minLock, uint16 lockPerFee) internal pure returns (uint96) {
        uint96 lock = fee * lockPerFee;
        return lock > minLock ? lock : minLock;
    }
}
