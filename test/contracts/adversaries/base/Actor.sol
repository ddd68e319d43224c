// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeVault} from "../../../../contracts/interfaces/IStakeVault.sol";
import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {Dispute, DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {RequestState, RequestStatus} from "../../../../contracts/types/Market.sol";
import {Section, StepProof} from "../../../../contracts/types/Trace.sol";
import {ToyProgram} from "../../support/ToyProgram.sol";
import {Case, Ground, IActor} from "./Ground.sol";
import {Referee} from "./Referee.sol";

/// @notice Somebody with an account, money and a view of the log.
abstract contract Actor is IActor, ToyProgram {
    uint96 internal constant STAKE = 10_000e18;
    uint96 internal constant FEE = 1e18;

    Referee internal arena;
    Ground internal on;
    uint256 internal index; // its number among the actors

    /// @inheritdoc IActor
    function enter(address arena_, uint256 index_) external {
        require(address(arena) == address(0), "entered already");
        arena = Referee(arena_);
        on = arena.ground();
        index = index_;
        on.token.approve(address(on.vault), type(uint256).max);
        begin();
    }

    function begin() internal virtual {}

    /// @inheritdoc IActor
    function takeOut() external {
        IStakeVault.Account memory mine = on.vault.account(address(this));
        if (mine.credit > 0) on.vault.claimCredit(address(this));
        if (mine.unbonding > 0) on.vault.withdraw();
        closeChannel();
        uint96 rest = on.vault.account(address(this)).free;
        if (rest > 0) on.vault.requestUnbond(rest);
    }

    function closeChannel() internal virtual {}

    /// @notice Tries what may be refused.
    function attempt(address target, bytes memory data) internal returns (bool success) {
        (success, ) = target.call(data);
    }

    function free() internal view returns (uint256) {
        return on.vault.account(address(this)).free;
    }

    /// @notice A live commitment from `which` on that is (not) a lie, or zero.
    function pick(uint8 which, bool wrong) internal view returns (bytes32) {
        bytes32[] memory ids = arena.live();
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 commitId = ids[(which + i) % ids.length];
            Case memory c = arena.caseOf(commitId);
            if (c.isWrong == wrong && isOpen(commitId, c)) return commitId;
        }
        return 0;
    }

    /// @notice Whether a commitment may be disputed now.
    function isOpen(bytes32 commitId, Case memory c) internal view returns (bool) {
        Commitment memory held = c.source.getCommitment(commitId);
        if (held.status == CommitmentStatus.Open) return block.timestamp <= held.challengeUntil;
        if (held.status != CommitmentStatus.None) return false;
        if (c.requestId == 0) return block.timestamp <= c.signedUntil;
        RequestState memory state = on.market.requestState(c.requestId);
        return state.status == RequestStatus.Committed && block.timestamp <= state.deadline;
    }

    /// @notice Opens a dispute if that is possible.
    function challenge(bytes32 commitId) internal returns (bytes32 disputeId) {
        if (commitId == 0) return 0;
        Case memory c = arena.caseOf(commitId);
        uint32 serial = c.on.getBinding(commitId).disputes;
        if (serial >= 5) return 0;
        bool success = attempt(
            address(c.on),
            abi.encodeCall(c.on.challenge, (commitId, arena.opening(commitId)))
        );
        return success ? c.on.disputeIdOf(commitId, serial) : bytes32(0);
    }

    /// @notice The challenger's next move, if it is its turn: towards the first place where the worker's tree differs from
    /// the true one, or towards `slot`.
    function play(bytes32 commitId, bytes32 disputeId, bool truly, uint8 slot) internal {
        Case memory c = arena.caseOf(commitId);
        Dispute memory d = c.on.getDispute(disputeId);
        if (d.status != DisputeStatus.Open) return;
        (bool workersTurn, uint64 deadline) = c.on.turn(disputeId);
        if (block.timestamp > deadline) {
            c.on.timeout(disputeId);
        } else if (workersTurn || d.challenger != address(this)) {
            return;
        } else if (!d.rooted) {
            uint256 place = truly ? firstLie(c.children) : slot % SLOTS;
            if (place < SLOTS) c.on.choose(disputeId, nodeHash(c.children), c.children, uint8(place));
            else c.on.chooseOutput(disputeId);
        } else {
            send(address(c.on), abi.encodeCall(c.on.proveStep, (disputeId, d.node, proofOf(d))));
        }
    }

    function firstLie(bytes32[16] memory children) internal pure returns (uint256) {
        for (uint256 i = 0; i < SLOTS; ++i) if (children[i] != tileHash(tileOf(i, false))) return i;
        return SLOTS;
    }

    /// @notice The first byte of a shown tile that is not the machine's.
    function proofOf(Dispute memory d) internal view returns (StepProof memory proof) {
        proof.tile = arena.tiles(d.node);
        bytes1 value = bytes1(uint8(d.position.section == Section.Trace ? d.position.path : SLOTS));
        for (uint32 i = 0; i < proof.tile.length; ++i) {
            if (proof.tile[i] == value) continue;
            proof.element = i;
            break;
        }
    }

    /// @notice What must not fail.
    function send(address target, bytes memory data) internal virtual {
        (bool success, bytes memory reason) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
