// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the moves of a dispute cost, in gas.
/// @dev Measured; a test holds the contracts to it. A worker's replies are taken at their dearest and set the least bond of
/// a tier. A challenger's moves are repaid at the least that they can cost, as one of many inside a larger transaction, so
/// that nobody earns by making many. Only the one dispute that slashes is repaid what its moves cost on their own; twice the
/// most of that sets the least lock.
library MoveGasLib {
    // The worker's replies, as transactions of their own, at most
    uint256 internal constant BIND = 85_000;
    uint256 internal constant REVEAL = 65_000;
    uint256 internal constant REVEAL_TILE = 80_000;

    // What every dispute that was not lost is repaid for a move
    uint32 internal constant CHALLENGE = 105_000;
    uint32 internal constant CHOOSE = 10_000;

    // What the dispute that slashes is repaid, as transactions of their own
    uint32 internal constant CHALLENGE_ALONE = 180_000;
    uint32 internal constant CHOOSE_ALONE = 50_000;
    uint32 internal constant PROVE_STEP = 150_000; // besides the judge's work, which is metered
    uint32 internal constant JUDGE_MAX = 3_000_000; // of the judge's work

    /// @notice What a step proof is repaid, given what the judge's call took.
    function proveStep(uint256 judgeGas) internal pure returns (uint32) {
        // SAFETY: cast only where it is below a 32-bit maximum.
        return PROVE_STEP + (judgeGas < JUDGE_MAX ? uint32(judgeGas) : JUDGE_MAX);
    }

    /// @notice What the dispute that slashes is repaid for its challenge and its choices, besides what every dispute is.
    function alone(uint32 choices) internal pure returns (uint32) {
        return CHALLENGE_ALONE - CHALLENGE + choices * (CHOOSE_ALONE - CHOOSE);
    }

    /// @notice All replies of a worker in a dispute through trees of `depth` levels in sum.
    function worker(uint256 depth) internal pure returns (uint256) {
        return BIND + depth * REVEAL + REVEAL_TILE;
    }

    /// @notice All that a challenger can be repaid in such a dispute.
    function challenger(uint256 depth) internal pure returns (uint256) {
        return CHALLENGE_ALONE + depth * CHOOSE_ALONE + proveStep(JUDGE_MAX);
    }
}
