// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RequestState, RequestStatus} from "../types/Market.sol";

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

    function load(
        mapping(bytes32 requestId => uint256) storage states,
        bytes32 requestId
    ) internal view returns (RequestState memory state) {
        uint256 word = states[requestId];
        state.worker = address(uint160(word));
        state.status = RequestStatus(uint8(word >> 160));
        state.flags = uint8(word >> 168);
        state.deadline = uint40(word >> 176);
        state.batch = uint40(word >> 216);
    }

    function store(
        mapping(bytes32 requestId => uint256) storage states,
        bytes32 requestId,
        RequestState memory state
    ) internal {
        states[requestId] =
            uint160(state.worker) |
            (uint256(state.status) << 160) |
            (uint256(state.flags) << 168) |
            (uint256(state.deadline) << 176) |
            (uint256(state.batch) << 216);
    }
}
