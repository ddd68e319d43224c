// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the moves of a dispute cost, in gas.
/// @dev Measured; a test holds the contracts to it. A worker's replies are taken at their dearest and set the least bond of
/// a tier. A challenger's moves are repaid at their cheapest, so that nobody earns by making many: the first of a transaction
/// as one of its own, every further one as what it adds.
library MoveGasLib {
    // The worker's replies, as transactions of their own, at most
    uint256 internal constant BIND = 85_000;
    uint256 internal constant REVEAL = 65_000;
    uint256 internal constant REVEAL_TILE = 80_000;

    // What a challenger is repaid
    uint32 internal constant CHALLENGE = 180_000;
    uint32 internal constant CHOOSE = 50_000;
    uint32 internal constant PROVE_STEP = 150_000; // besides the judge's work, which is metered
    uint32 internal constant JUDGE_MAX = 3_000_000; // of the judge's work

    // The same for a move that is not the first of its transaction
    uint32 internal constant NEXT_CHALLENGE = 105_000;
    uint32 internal constant NEXT_CHOOSE = 10_000;

    /// @notice What a step proof is repaid, given what the judge's call took.
    function proveStep(uint256 judgeGas) internal pure returns (uint32) {
        // SAFETY: cast only where it is below a 32-bit maximum.
        return PROVE_STEP + (judgeGas < JUDGE_MAX ? uint32(judgeGas) : JUDGE_MAX);
    }

    /// @notice All replies of a worker in a dispute through trees of `depth` levels in sum.
    function worker(uint256 depth) internal pure returns (uint256) {
        return BIND + depth * REVEAL + REVEAL_TILE;
    }

    /// @notice All that a challenger can be repaid in such a dispute.
    function challenger(uint256 depth) internal pure returns (uint256) {
        return CHALLENGE + depth * CHOOSE + proveStep(JUDGE_MAX);
    }
}
