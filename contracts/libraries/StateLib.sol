// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RequestState, RequestStatus} from "../types/Market.sol";

/// @notice A packed `RequestState`.
struct State {
    uint256 word;
}

/// @title How far requests have come: one word each, read and written whole.
library StateLib {
    /// @notice The consumer took the result.
    uint8 internal constant DELIVERED = 1;
    /// @notice The consumer took the news that there is no result, or none any more.
    uint8 internal constant FAILURE_DELIVERED = 2;
    /// @notice Something was held against the commitment, so that its end is decided there.
    uint8 internal constant RECORDED = 4;
    /// @notice The input was asked for and shown, so it stands on the chain.
    uint8 internal constant INPUT_SHOWN = 8;

    uint256 internal constant WORKER_AND_STATUS = (1 << 168) - 1;
    uint256 internal constant FLAGS = 0xff << 168;

    function load(
        mapping(bytes32 requestId => State) storage states,
        bytes32 requestId
    ) internal view returns (RequestState memory) {
        return unpack(states[requestId].word);
    }

    function store(
        mapping(bytes32 requestId => State) storage states,
        bytes32 requestId,
        RequestState memory state
    ) internal {
        states[requestId].word = pack(state);
    }

    function unpack(uint256 word) internal pure returns (RequestState memory state) {
        state.worker = address(uint160(word));
        state.status = RequestStatus(uint8(word >> 160));
        state.flags = uint8(word >> 168);
        state.deadline = deadlineOf(word);
        state.batch = uint40(word >> 216);
    }

    function pack(RequestState memory state) internal pure returns (uint256) {
        return
            uint160(state.worker) |
            (uint256(state.status) << 160) |
            (uint256(state.flags) << 168) |
            (uint256(state.deadline) << 176) |
            (uint256(state.batch) << 216);
    }

    function deadlineOf(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 176);
    }
}
