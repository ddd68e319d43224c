// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InputRequest, InputStatus} from "../../../../contracts/types/InputRequest.sol";
import {Request, RequestState, RequestStatus} from "../../../../contracts/types/Market.sol";
import {MarketPlayer} from "./MarketPlayer.sol";

/// @notice Inputs that are asked for, before the answer and after it, and shown or not.
abstract contract InputPlayer is MarketPlayer {
    bytes32[] internal inputs; // ids under which one was asked for
    mapping(bytes32 id => uint256 number) internal inputOf; // of the request, from 1; zero for a commitment

    /// @notice The worker says that it cannot get the input of what it claimed, just now or before.
    function missInput(uint8 which, bool fresh) external {
        if (fresh && account(WORKER).free >= LEAST_FREE && registry.isActive(programId)) {
            claim(asked_[_ask(which, true)]);
        }
        if (asked_.length == 0) return;
        uint8 from = fresh ? uint8(asked_.length - 1) : which;
        uint256 number = next(from, RequestStatus.Claimed, RequestStatus.Claimed);
        Request memory r = asked_[number];
        RequestState memory state = stateOf(r);
        bool legal = state.status == RequestStatus.Claimed && !isOver(state) && !r.inputPosted;
        bytes32 id = idOf(r);
        legal = legal && inputOf[id] == 0;
        bytes memory data = abi.encodeCall(inputRequests.inputUnavailable, (r));
        if (!attempt(WORKER, address(inputRequests), data, legal, "S-09: inputUnavailable")) return;
        inputs.push(id);
        inputOf[id] = number + 1;
    }

    /// @notice Somebody asks for the input of an answer.
    function askInput(uint8 which) external {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        if (requestOf[commitId] == 0) return;
        Request memory r = asked_[requestOf[commitId] - 1];
        bool legal = isOpenAnswer(commitId) && !r.inputPosted && inputOf[idOf(r)] == 0;
        legal = legal && inputRequests.getInputRequest(commitId).status == InputStatus.None;
        bytes memory data = abi.encodeCall(
            inputRequests.requestInput,
            (address(market), commitId, openings[commitId])
        );
        if (!attempt(CHALLENGER, address(inputRequests), data, legal, "S-09: requestInput")) return;
        inputs.push(commitId);
    }

    function showInput(uint8 which) external {
        if (inputs.length == 0) return;
        bytes32 id = nextInput(which);
        InputRequest memory input = inputRequests.getInputRequest(id);
        bool legal = input.status == InputStatus.Open && block.timestamp <= input.deadline;
        bytes32[] memory path = new bytes32[](0);
        bytes memory data = abi.encodeCall(inputRequests.postInput, (id, 0, INPUT, path));
        if (inputOf[id] != 0) {
            Request memory r = asked_[inputOf[id] - 1];
            data = abi.encodeCall(inputRequests.postRequestInput, (r, 0, INPUT, path));
        }
        attempt(STRANGER, address(inputRequests), data, legal, "S-09: anyone shows an input in time");
    }

    function timeoutInput(uint8 which) external {
        if (inputs.length == 0) return;
        bytes32 id = nextInput(which);
        InputRequest memory input = inputRequests.getInputRequest(id);
        bool legal = input.status == InputStatus.Open;
        // What waits for the input may have ended otherwise; then only the bond goes back, at any time.
        if (inputOf[id] != 0) {
            Request memory r = asked_[inputOf[id] - 1];
            bool waits = stateOf(r).status == RequestStatus.InputMissing;
            legal = legal && (!waits || block.timestamp > input.deadline);
            bytes memory data = abi.encodeCall(inputRequests.timeoutRequestInput, (r));
            attempt(KEEPER, address(inputRequests), data, legal, "S-09: timeoutRequestInput");
        } else {
            legal = legal && (!isStanding(id) || block.timestamp > input.deadline);
            bytes memory data = abi.encodeCall(inputRequests.timeoutInput, (id));
            attempt(KEEPER, address(inputRequests), data, legal, "S-09: timeoutInput");
        }
    }

    // INTERNAL

    /// @notice The next open input request from `which` on; where there is none, the one that was named.
    function nextInput(uint8 which) internal view returns (bytes32) {
        for (uint256 i = 0; i < inputs.length; ++i) {
            bytes32 id = inputs[(which + i) % inputs.length];
            if (inputRequests.getInputRequest(id).status == InputStatus.Open) return id;
        }
        return inputs[which % inputs.length];
    }

    function isOpenAnswer(bytes32 commitId) internal view returns (bool) {
        RequestState memory state = stateAt(requestOf[commitId] - 1);
        return state.status == RequestStatus.Committed && !isOver(state);
    }

    function isStanding(bytes32 commitId) internal view returns (bool) {
        return stateAt(requestOf[commitId] - 1).status == RequestStatus.Committed;
    }
}
