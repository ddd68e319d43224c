// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeVault} from "../../../../contracts/interfaces/IStakeVault.sol";
import {SplitLib} from "../../../../contracts/libraries/SplitLib.sol";
import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {Dispute, DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {InputRequest, InputStatus} from "../../../../contracts/types/InputRequest.sol";
import {Request, RequestStatus} from "../../../../contracts/types/Market.sol";
import {Channel, Demand, DemandStatus} from "../../../../contracts/types/Receipt.sol";
import {Arena} from "./Arena.sol";
import {Case, IActor} from "./Ground.sol";

/// @notice What must hold after every call, whoever made it, in one pass over what is alive.
contract Referee is Arena {
    struct Sums {
        uint256 fees; // of requests, and slashed locks of published answers
        uint256 lostLocks; // of receipts
        uint256 bonds; // in the market's game
        uint256 receiptBonds;
        uint256 inputBonds;
        uint256 demandBonds;
        uint256 locks; // of requests
        uint256 workers; // bonds of the honest worker
        uint256 watchtowers;
    }

    address internal _watchtower;
    uint256 private _next; // of what has ended, to be looked at again

    constructor(address governor_, address guardian_) Arena(governor_, guardian_) {}

    function watch(address worker, address watchtower) external {
        (_worker, _watchtower) = (worker, watchtower);
    }

    function check() public {
        Sums memory sums;
        _addRequests(sums);
        for (uint256 i = 0; i < _live.length; ++i) _addCase(_live[i], sums);
        _addDemands(sums);
        _addQuestions(sums);
        (uint256 escrows, uint256 allotments) = _addChannels();
        equal(vault.escrow(address(market)), sums.fees, "I-03: fees and slashed locks");
        equal(vault.escrow(address(channels)), escrows + sums.lostLocks, "I-03: channels");
        equal(vault.escrow(address(inputRequests)), sums.inputBonds, "I-03: bonds of input requests");
        equal(vault.escrow(address(epochs)), sums.demandBonds, "I-03: bonds of demands");
        require(vault.escrow(address(game)) >= sums.bonds, "I-03: bonds of the market's game");
        require(vault.escrow(address(receiptGame)) >= sums.receiptBonds, "I-03: bonds of the receipts' game");
        _checkLedger(sums.locks + allotments);
        require(_has(_worker) + sums.workers >= wealth[_worker], "I-20: the honest worker lost stake");
        require(_has(_watchtower) + sums.watchtowers >= wealth[_watchtower], "I-21: a true challenge lost");
        if (_past.length > 0) judge(_past[_next++ % _past.length]);
        require(bytes(broken).length == 0, broken);
    }

    /// @notice Once nobody attacks any more, everything ends, and the honest ones take out what they brought in.
    function drain() external {
        _delay = 0;
        for (uint256 i = 0; i < 3; ++i) passTo(block.timestamp + UNBONDING);
        check();
        equal(_live.length, 0, "I-23: commitments that did not end");
        equal(_liveRequests.length, 0, "I-23: requests that did not end");
        equal(_demands.length, 0, "I-23: demands that did not end");
        for (uint256 i = 0; i < 3; ++i) {
            IActor(_worker).takeOut();
            IActor(_watchtower).takeOut();
            passTo(block.timestamp + UNBONDING);
        }
        Sums memory sums;
        _addQuestions(sums);
        require(token.balanceOf(_worker) + sums.workers >= wealth[_worker], "I-20: stake that stayed behind");
        require(
            token.balanceOf(_watchtower) + sums.watchtowers >= wealth[_watchtower],
            "I-21: bonds that stayed behind"
        );
        check();
    }

    function _checkLedger(uint256 locks) internal view {
        uint256 sum = vault.pendingBurn();
        address[] memory modules = vault.modules();
        for (uint256 i = 0; i < modules.length; ++i) sum += vault.escrow(modules[i]);
        uint256 locked = 0;
        for (uint256 i = 0; i < people.length; ++i) {
            IStakeVault.Account memory a = vault.account(people[i]);
            sum += uint256(a.free) + a.locked + a.unbonding + a.credit;
            locked += a.locked;
        }
        equal(token.balanceOf(address(vault)), sum, "I-01: the vault holds what the ledger says");
        equal(locked, locks, "I-02: locks");
    }

    function _addRequests(Sums memory sums) internal view {
        for (uint256 i = 0; i < _liveRequests.length; ++i) {
            Request memory asked = requests[_liveRequests[i]];
            bytes32 requestId = idOf(asked);
            RequestStatus status = market.requestState(requestId).status;
            if (status >= RequestStatus.Open && status <= RequestStatus.Committed) sums.fees += asked.fee;
            if (status >= RequestStatus.Claimed && status <= RequestStatus.Committed) {
                sums.locks += SplitLib.lockFor(asked.fee, tier().minLock, tier().lockPerFee);
            }
            _addInput(requestId, sums);
        }
    }

    function _addCase(bytes32 commitId, Sums memory sums) internal {
        Case storage c = _cases[commitId];
        Commitment memory held = c.source.getCommitment(commitId);
        bool published = c.requestId != 0;
        if (held.status == CommitmentStatus.Slashed && !held.settled) {
            if (published) sums.fees += held.lock;
            else sums.lostLocks += held.lock;
            if (published) equal(held.lock, _lockOf(c.fee), "I-13: stake left before its slash");
        }
        uint256 open = _addInput(commitId, sums) ? 1 : 0;
        if (epochs.getDemand(commitId).status == DemandStatus.Open) ++open;
        uint256 bonds = 0;
        bytes32[] memory disputes = disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) {
            Dispute memory d = c.on.getDispute(disputes[i]);
            if (d.status == DisputeStatus.Open) ++open;
            if (paid[disputes[i]] || d.status == DisputeStatus.Lost) continue;
            bonds += d.bond;
            if (d.challenger == _watchtower) sums.watchtowers += d.bond;
        }
        if (published) sums.bonds += bonds;
        else sums.receiptBonds += bonds;
        if (held.status == CommitmentStatus.Open) equal(held.holds, open, "I-29: holds");
        judge(commitId);
    }

    function _addInput(bytes32 id, Sums memory sums) internal view returns (bool open) {
        InputRequest memory input = inputRequests.getInputRequest(id);
        open = input.status == InputStatus.Open;
        if (!open) return false;
        sums.inputBonds += input.bond;
    }

    /// @notice What the honest ones put down for inputs; where one was shown, it was the price of looking at it.
    function _addQuestions(Sums memory sums) internal view {
        for (uint256 i = 0; i < _questions.length; ++i) {
            InputRequest memory input = inputRequests.getInputRequest(_questions[i]);
            if (input.status != InputStatus.Open && input.status != InputStatus.Shown) continue;
            if (input.asker == _watchtower) sums.watchtowers += input.bond;
            if (input.asker == _worker) sums.workers += input.bond;
        }
    }

    function _addDemands(Sums memory sums) internal view {
        uint256 bond = epochs.demandBond(1);
        for (uint256 i = 0; i < _demands.length; ++i) {
            Demand memory demand = epochs.getDemand(_demands[i].demandId);
            if (demand.status != DemandStatus.Open) continue;
            sums.demandBonds += bond;
            if (demand.by == _watchtower) sums.watchtowers += bond;
        }
    }

    /// @notice S-12: what receipts reserve is part of their own channel's allotment.
    function _addChannels() internal view returns (uint256 escrows, uint256 allotments) {
        for (uint256 i = 0; i < _channelIds.length; ++i) {
            Channel memory channel = channels.getChannel(_channelIds[i]);
            escrows += channel.escrow;
            allotments += channel.allotment;
            uint256 reserved = 0;
            for (uint256 j = 0; j < _live.length; ++j) {
                if (_cases[_live[j]].channelId != _channelIds[i]) continue;
                Commitment memory held = channels.getCommitment(_live[j]);
                if (held.status == CommitmentStatus.Open) reserved += held.lock;
            }
            equal(channel.reserved, reserved, "S-12: reserved");
            require(reserved <= channel.allotment, "S-12: more reserved than allotted");
        }
    }

    function _lockOf(uint96 fee) internal pure returns (uint256) {
        return SplitLib.lockFor(fee, tier().minLock, tier().lockPerFee);
    }

    function _has(address owner) internal view returns (uint256) {
        return token.balanceOf(owner) + stakeOf(owner) + credit(owner);
    }
}
