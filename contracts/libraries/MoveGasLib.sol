// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the moves of a dispute cost, in gas of whole transactions.
/// @dev Measured on the worst case of each move and rounded up; a test holds the moves to them. Step proofs differ by
/// operator, and what one costs above `PROVE_STEP` is not repaid. The worker's side sets the least bond of a tier; the
/// challenger's side is repaid from the gas pot of a slash and sets the least lock.
library MoveGasLib {
    uint256 internal constant BIND = 85_000;
    uint256 internal constant REVEAL = 65_000;
    uint256 internal constant REVEAL_TILE = 80_000;

    uint32 internal constant CHALLENGE = 230_000;
    uint32 internal constant CHOOSE = 60_000;
    uint32 internal constant CHOOSE_OUTPUT = 62_000;
    uint32 internal constant PROVE_STEP = 600_000;

    /// @notice All replies of a worker in a dispute through trees of `depth` levels in sum.
    function worker(uint256 depth) internal pure returns (uint256) {
        return BIND + depth * REVEAL + REVEAL_TILE;
    }

    /// @notice All moves of a challenger in such a dispute.
    function challenger(uint256 depth) internal pure returns (uint256) {
        return CHALLENGE + depth * CHOOSE + PROVE_STEP;
    }
}
