// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsumer} from "../../../contracts/interfaces/IConsumer.sol";
import {FinalityLevel, Request, RequestStatus} from "../../../contracts/types/Market.sol";
import {Actor} from "./base/Actor.sol";

/// @notice Answers every result with as much data as its gas pays for.
contract ReturnBombConsumer is Actor, IConsumer {
    function buy(bool provisional) external {
        if (!arena.room()) return;
        Request memory made = arena.newQuestion(address(this), FEE);
        (made.consumer, made.callbackGas) = (address(this), 200_000);
        if (provisional) made.level = FinalityLevel.Provisional;
        if (!attempt(address(on.market), abi.encodeCall(on.market.request, (made, INPUT)))) return;
        arena.noteRequest(made);
    }

    /// @inheritdoc IConsumer
    function onInference(bytes32, FinalityLevel, bytes calldata) external pure {
        _bomb();
    }

    /// @inheritdoc IConsumer
    function onOverturned(bytes32) external pure {
        _bomb();
    }

    /// @inheritdoc IConsumer
    function onFailed(bytes32, RequestStatus) external pure {
        _bomb();
    }

    function _bomb() internal pure {
        assembly {
            revert(0, 100000)
        }
    }
}
