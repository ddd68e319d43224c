// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeVault} from "../../../../contracts/interfaces/IStakeVault.sol";
import {CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {Dispute} from "../../../../contracts/types/Dispute.sol";
import {Base} from "../../support/Base.sol";
import {Referee} from "./Referee.sol";
import {Stage} from "./Stage.sol";

/// @notice A short play on the stage of the random histories: actors move by name, and after every move everything is looked at.
abstract contract Play is Base {
    Stage internal stage;
    Referee internal arena;

    function setUp() public override {
        stage = new Stage();
        arena = stage.arena();
    }

    // MOVES

    function does(string memory name, string memory signature) internal {
        _move(name, abi.encodeWithSignature(signature));
    }

    function does(string memory name, string memory signature, uint256 first) internal {
        _move(name, abi.encodeWithSignature(signature, first));
    }

    function does(string memory name, string memory signature, uint256 first, uint256 second) internal {
        _move(name, abi.encodeWithSignature(signature, first, second));
    }

    function does(
        string memory name,
        string memory signature,
        uint256 first,
        uint256 second,
        uint256 third
    ) internal {
        _move(name, abi.encodeWithSignature(signature, first, second, third));
    }

    /// @notice The move publishes or signs something wrong.
    function lie(string memory name, string memory signature) internal returns (bytes32 commitId) {
        does(name, signature);
        return _lastLie();
    }

    function lie(
        string memory name,
        string memory signature,
        uint256 first
    ) internal returns (bytes32 commitId) {
        does(name, signature, first);
        return _lastLie();
    }

    /// @notice The honest ones get their turn, and time passes, `count` times.
    function turns(uint256 count, uint256 seconds_) internal {
        for (uint256 i = 0; i < count; ++i) {
            arena.passTo(block.timestamp + seconds_);
            arena.check();
        }
    }

    /// @notice A worker answers what it is asked, four times.
    function defended(string memory name, uint256 seconds_) internal {
        for (uint256 i = 0; i < 4; ++i) {
            turns(1, seconds_);
            does(name, "defend()");
        }
    }

    function _move(string memory name, bytes memory data) private {
        (bool success, bytes memory reason) = stage.actor(name).call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        arena.check();
    }

    function _lastLie() private view returns (bytes32 commitId) {
        commitId = last();
        require(arena.caseOf(commitId).isWrong, "nothing wrong was said");
    }

    // VIEWS

    /// @notice What was published or signed last.
    function last() internal view returns (bytes32) {
        bytes32[] memory ids = arena.live();
        return ids[ids.length - 1];
    }

    function times(string memory what) internal view returns (uint256) {
        return arena.times(keccak256(bytes(what)));
    }

    function statusOf(bytes32 commitId) internal view returns (CommitmentStatus) {
        return arena.caseOf(commitId).source.getCommitment(commitId).status;
    }

    function slashed(bytes32 commitId) internal view {
        require(statusOf(commitId) == CommitmentStatus.Slashed, "a lie was not slashed");
    }

    function disputeOf(bytes32 commitId, uint256 place) internal view returns (Dispute memory) {
        return arena.caseOf(commitId).on.getDispute(arena.disputesOf(commitId)[place]);
    }

    function challengerIs(bytes32 commitId, uint256 place, string memory name) internal view {
        require(disputeOf(commitId, place).challenger == stage.actor(name), "another challenger");
    }

    function accountOf(string memory name) internal view returns (IStakeVault.Account memory) {
        return arena.ground().vault.account(stage.actor(name));
    }

    function balanceOf(string memory name) internal view returns (uint256) {
        return arena.ground().token.balanceOf(stage.actor(name));
    }

    /// @notice All that somebody has, but bonds that are held.
    function wealthOf(string memory name) internal view returns (uint256) {
        IStakeVault.Account memory a = accountOf(name);
        return balanceOf(name) + a.free + a.locked + a.unbonding + a.credit;
    }

    function broughtBy(string memory name) internal view returns (uint256) {
        return arena.wealth(stage.actor(name));
    }
}
