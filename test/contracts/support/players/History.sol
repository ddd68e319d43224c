// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../../contracts/DisputeGame.sol";
import {ICommitments} from "../../../../contracts/interfaces/ICommitments.sol";
import {Request, RequestState, RequestStatus} from "../../../../contracts/types/Market.sol";
import {ReceiptsTest} from "../Receipts.sol";
import {vm} from "../Vm.sol";

/// @notice What happened in a random history, told apart from what the contracts say happened.
/// @dev Players add moves; a move that is against the rules at that moment is not made, or is made and must be refused.
abstract contract History is ReceiptsTest {
    uint256 internal constant HONEST = 99; // a slot that no trace has: no lie

    struct PlayedDispute {
        bytes32 id;
        bytes32 commitId;
        DisputeGame on;
        bool paid;
    }

    Request[] internal asked_;
    bytes32[] internal commitments;
    mapping(bytes32 commitId => ICommitments) internal sourceOf;
    mapping(bytes32 commitId => bytes) internal openings;
    mapping(bytes32 commitId => uint256 slot) internal lies;
    mapping(bytes32 commitId => uint256 number) internal requestOf; // of a published answer, from 1
    mapping(bytes32 requestId => RequestStatus) internal ended;
    PlayedDispute[] internal disputes;
    string internal broken; // the first rule that was broken
    mapping(bytes32 what => uint256) internal made; // how often a move was made
    mapping(bytes32 what => uint256) internal refused; // and how often it was refused

    /// @notice Notes a broken rule; the invariants fail with it.
    function rule(bool holds, string memory what) internal {
        if (!holds && bytes(broken).length == 0) broken = what;
    }

    /// @notice A call by `caller` succeeds exactly when the rules say so.
    function attempt(
        address caller,
        address target,
        bytes memory data,
        bool legal,
        string memory what
    ) internal returns (bool success) {
        vm.prank(caller);
        (success, ) = target.call(data);
        rule(success == legal, what);
        if (success) ++made[keccak256(bytes(what))];
        else ++refused[keccak256(bytes(what))];
    }

    /// @notice How often a move was made and refused.
    function tally(string calldata what) external view returns (uint256, uint256) {
        return (made[keccak256(bytes(what))], refused[keccak256(bytes(what))]);
    }

    function wait(uint8 span) external {
        vm.warp(block.timestamp + (span % 40));
    }

    function waitLong() external {
        vm.warp(block.timestamp + UNBONDING);
    }

    // WHAT IS THERE

    /// @notice Everybody who may hold something in the vault.
    function people() internal view returns (address[] memory all) {
        all = new address[](12);
        (all[0], all[1], all[2], all[3]) = (PUBLISHER, REQUESTER, WORKER, CHALLENGER);
        (all[4], all[5], all[6], all[7]) = (FRIEND, KEEPER, STRANGER, AUDIT_POOL);
        (all[8], all[9], all[10], all[11]) = (GUARDIAN, payerOf(0), payerOf(1), address(this));
    }

    function totalCredits() internal view returns (uint256 sum) {
        address[] memory all = people();
        for (uint256 i = 0; i < all.length; ++i) sum += credit(all[i]);
    }

    function gameOf(bytes32 commitId) internal view returns (DisputeGame) {
        return address(sourceOf[commitId]) == address(market) ? game : receiptGame;
    }

    /// @notice The next request from `which` on that has come as far as `from` and no further than `to`; where there is
    /// none, the one that was named, to be refused.
    function next(uint8 which, RequestStatus from, RequestStatus to) internal view returns (uint256) {
        uint256 count = asked_.length;
        for (uint256 i = 0; i < count; ++i) {
            RequestStatus status = stateAt((which + i) % count).status;
            if (status >= from && status <= to) return (which + i) % count;
        }
        return which % count;
    }

    function stateAt(uint256 number) internal view returns (RequestState memory) {
        return stateOf(asked_[number]);
    }

    /// @notice Whether nothing is held against a published answer and its program stands.
    function isFree(bytes32 commitId) internal view returns (bool) {
        return sourceOf[commitId].getCommitment(commitId).holds == 0 && registry.isActive(programId);
    }

    function remember(bytes32 commitId, ICommitments source, bytes memory opening_, uint256 lie) internal {
        commitments.push(commitId);
        sourceOf[commitId] = source;
        openings[commitId] = opening_;
        lies[commitId] = lie;
    }
}
