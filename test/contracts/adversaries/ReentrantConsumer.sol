// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsumer} from "../../../contracts/interfaces/IConsumer.sol";
import {FinalityLevel, Request, RequestStatus} from "../../../contracts/types/Market.sol";
import {Actor} from "./base/Actor.sol";

/// @notice Calls back into the protocol while it is being called.
contract ReentrantConsumer is Actor, IConsumer {
    Request internal _made;

    function buy(bool provisional) external {
        if (!arena.room()) return;
        Request memory made = arena.newQuestion(address(this), FEE);
        (made.consumer, made.callbackGas) = (address(this), 200_000);
        if (provisional) made.level = FinalityLevel.Provisional;
        if (!attempt(address(on.market), abi.encodeCall(on.market.request, (made, INPUT)))) return;
        arena.noteRequest(made);
        _made = made;
    }

    /// @inheritdoc IConsumer
    function onInference(bytes32, FinalityLevel, bytes calldata) external {
        _reenter();
    }

    /// @inheritdoc IConsumer
    function onOverturned(bytes32) external {
        _reenter();
    }

    /// @inheritdoc IConsumer
    function onFailed(bytes32, RequestStatus) external {
        _reenter();
    }

    function _reenter() internal {
        if (msg.sender != address(on.market)) return;
        attempt(address(on.market), abi.encodeCall(on.market.finalize, (_made)));
        attempt(address(on.market), abi.encodeCall(on.market.cancel, (_made)));
        attempt(address(on.market), abi.encodeCall(on.market.deliverFailure, (_made)));
        attempt(address(on.vault), abi.encodeCall(on.vault.claimCredit, (address(this))));
        arena.count("reentered");
    }
}
