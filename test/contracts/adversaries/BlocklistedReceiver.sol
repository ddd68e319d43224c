// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Request} from "../../../contracts/types/Market.sol";
import {Worker} from "./base/Worker.sol";

/// @notice Is blocked by the token whenever it has something to receive, as customer and as worker.
contract BlocklistedReceiver is Worker {
    function buy() external {
        if (!arena.room()) return;
        Request memory made = arena.newQuestion(address(this), FEE);
        if (!attempt(address(on.market), abi.encodeCall(on.market.request, (made, INPUT)))) return;
        arena.noteRequest(made);
    }

    function work() external {
        take(false);
    }

    function block_(bool blocked) external {
        on.token.setBlocked(blocked);
    }

    /// @notice I-43: its credit waits for it, whoever else is paid.
    function takeCredit() external {
        uint256 due = on.vault.account(address(this)).credit;
        bool paid = attempt(address(on.vault), abi.encodeCall(on.vault.claimCredit, (address(this))));
        arena.rule(paid == (due > 0 && !on.token.isBlocked(address(this))), "I-43: a blocked credit");
    }
}
