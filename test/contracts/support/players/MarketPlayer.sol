// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SplitLib} from "../../../../contracts/libraries/SplitLib.sol";
import {Answer, Request, RequestState, RequestStatus} from "../../../../contracts/types/Market.sol";
import {vm} from "../Vm.sol";
import {History} from "./History.sol";

/// @notice Requests and published answers: posted, claimed, answered alone and together, and ended in every way.
abstract contract MarketPlayer is History {
    uint256 internal constant LEAST_FREE = 1500e18; // for three of the dearest requests

    function request(uint64 fee, bool hidden) external {
        _ask(fee, hidden);
    }

    /// @notice Claims one to three new requests, and answers them in one batch.
    function answer(uint64 fee, uint8 lie, uint8 hurry, bool hidden) external {
        if (account(WORKER).free < LEAST_FREE || !registry.isActive(programId)) return;
        uint256 count = 1 + (hurry % 3);
        uint256[] memory numbers = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            numbers[i] = _ask(fee, hidden);
            claim(asked_[numbers[i]]);
        }
        if (hurry % 4 == 0) return; // too slow
        publish(numbers, lie % 2 == 0 ? HONEST : lie % SLOTS);
    }

    /// @notice The worker answers a request that it had left.
    function answerLate(uint8 which, uint8 lie) external {
        if (asked_.length == 0) return;
        uint256[] memory numbers = new uint256[](1);
        numbers[0] = next(which, RequestStatus.Claimed, RequestStatus.Claimed);
        RequestState memory state = stateAt(numbers[0]);
        if (state.status != RequestStatus.Claimed || block.timestamp > state.deadline) return;
        publish(numbers, lie % 2 == 0 ? HONEST : lie % SLOTS);
    }

    function claimOpen(uint8 which) external {
        if (asked_.length == 0) return;
        Request memory r = asked_[next(which, RequestStatus.Open, RequestStatus.Open)];
        RequestState memory state = stateOf(r);
        bool legal = state.status == RequestStatus.Open && block.timestamp <= state.deadline;
        legal = legal && account(WORKER).free >= lockOf(r) && registry.isActive(programId);
        attempt(WORKER, address(market), abi.encodeCall(market.claim, (r, WORKER)), legal, "I-12: claim");
    }

    function cancelOrExpire(uint8 which, bool cancel) external {
        if (asked_.length == 0) return;
        Request memory r = asked_[next(which, RequestStatus.Open, RequestStatus.Open)];
        RequestState memory state = stateOf(r);
        bool legal = state.status == RequestStatus.Open;
        bytes memory data = abi.encodeCall(market.cancel, (r));
        if (!cancel) (data, legal) = (abi.encodeCall(market.expire, (r)), legal && isOver(state));
        attempt(REQUESTER, address(market), data, legal, "I-24: a request ends once");
    }

    /// @notice Ends a claimed or committed request: by the worker, by anybody, or for lateness.
    function end(uint8 which, uint8 how) external {
        if (asked_.length == 0) return;
        RequestStatus wanted = how % 3 == 2 ? RequestStatus.Claimed : RequestStatus.Committed;
        uint256 number = next(which, wanted, wanted);
        Request memory r = asked_[number];
        RequestState memory state = stateOf(r);
        bool final_ = state.status == RequestStatus.Committed && isOver(state);
        if (final_) final_ = isFree(commitmentAt(number));
        if (how % 3 == 0) {
            bytes memory data = abi.encodeCall(market.finalize, (r));
            attempt(KEEPER, address(market), data, final_, "I-29: finalize");
        } else if (how % 3 == 1) {
            Request[] memory finished = new Request[](1);
            finished[0] = r;
            bytes memory data = abi.encodeCall(market.collect, (finished, FRIEND));
            attempt(WORKER, address(market), data, final_, "I-29: collect");
        } else {
            bool late = state.status == RequestStatus.Claimed && isOver(state);
            bytes memory data = abi.encodeCall(market.timeoutDelivery, (r));
            attempt(KEEPER, address(market), data, late, "I-24: timeoutDelivery");
        }
    }

    // INTERNAL

    function _ask(uint64 fee, bool hidden) internal returns (uint256 number) {
        Request memory made = question();
        made.fee = uint96(1e15 + (fee % 20e18));
        made.inputPosted = !hidden;
        if (!registry.isActive(programId)) {
            asked_.push(made); // refused, and stays unknown
            return asked_.length - 1;
        }
        post(made);
        asked_.push(made);
        return asked_.length - 1;
    }

    function publish(uint256[] memory numbers, uint256 lie) internal {
        Answer[] memory answers = new Answer[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) answers[i] = answerTo(asked_[numbers[i]], false);
        vm.prank(WORKER);
        market.commit(answers);
        bytes32[] memory ids = new bytes32[](numbers.length);
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = commitIdOf(asked_[numbers[i]], false);
        for (uint256 i = 0; i < ids.length; ++i) {
            requestOf[ids[i]] = numbers[i] + 1;
            remember(ids[i], market, openingOf(asked_[numbers[i]], leafIn(ids, i)), lie);
        }
    }

    function commitmentAt(uint256 number) internal view returns (bytes32) {
        return commitIdOf(asked_[number], false);
    }

    function isOver(RequestState memory state) internal view returns (bool) {
        return block.timestamp > state.deadline;
    }

    function lockOf(Request memory r) internal pure returns (uint96) {
        return SplitLib.lockFor(r.fee, tier().minLock, tier().lockPerFee);
    }
}
