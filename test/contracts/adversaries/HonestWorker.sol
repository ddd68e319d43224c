// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Request, RequestState, RequestStatus} from "../../../contracts/types/Market.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {IHonest} from "./base/Ground.sol";
import {Issuer} from "./base/Issuer.sol";

/// @notice Answers what is asked, truly and in time, off the chain too; defends it, shows inputs, and collects.
contract HonestWorker is Issuer, IHonest {
    bool internal _leavesTiles; // to whoever else has them

    /// @notice Takes a question of the honest customer.
    function work(bool hidden) external {
        take(hidden);
    }

    /// @notice Signs a receipt, as long as its channel covers what is open.
    function issue(uint64 liability) external {
        uint64 epoch = uint64(block.timestamp) / EPOCH;
        uint256 sum = 0;
        for (uint64 back = 0; back < 6; ++back) {
            Receipt[] memory before = issuedIn[epoch - back];
            for (uint256 i = 0; i < before.length; ++i) sum += before[i].liability;
        }
        uint96 amount = 1 + uint96(liability);
        if (sum + amount <= on.channels.backing(channelId)) sign(false, amount, tileHash(INPUT));
    }

    /// @notice Only binds from now on, and leaves the tiles to a backup, or shows them again.
    function leaveTiles(bool leaves) external {
        _leavesTiles = leaves;
    }

    function tileAt(uint256 slot) internal view override returns (bytes memory) {
        return _leavesTiles ? bytes("") : tileOf(slot, false);
    }

    /// @inheritdoc IHonest
    function act() external {
        _answerRequests();
        defend(address(this));
        showInputs();
        postEpochs();
        answerDemands();
    }

    function _answerRequests() internal {
        Request[] memory asked = arena.liveRequests();
        for (uint256 i = 0; i < asked.length; ++i) {
            RequestState memory state = on.market.requestState(on.market.requestIdOf(asked[i]));
            if (state.status == RequestStatus.Committed) _collect(asked[i], state);
            if (block.timestamp > state.deadline) continue;
            if (state.status == RequestStatus.Open && _may(asked[i])) {
                if (!attempt(address(on.market), abi.encodeCall(on.market.claim, (asked[i], address(this)))))
                    continue;
                state = on.market.requestState(on.market.requestIdOf(asked[i]));
            }
            if (state.status != RequestStatus.Claimed || state.worker != address(this)) continue;
            if (arena.inputs(asked[i].inputRoot).length > 0) publish(asked[i], false);
            else if (state.flags == 0) _askInput(asked[i]);
        }
    }

    function _may(Request memory asked) internal view returns (bool) {
        bool forUs = asked.worker == address(0) || asked.worker == address(this);
        return forUs && arena.room() && free() >= 100e18 && asked.fee <= FEE;
    }

    function _askInput(Request memory asked) internal {
        on.inputRequests.inputUnavailable(asked);
        arena.noteQuestion(on.market.requestIdOf(asked));
        arena.count("missed an input");
    }

    function _collect(Request memory asked, RequestState memory state) internal {
        if (state.worker != address(this) || block.timestamp <= state.deadline) return;
        bytes32 commitId = on.market.commitIdOf(asked, 1, tileHash(answer()), address(this));
        if (on.market.getCommitment(commitId).holds > 0) return;
        Request[] memory finished = new Request[](1);
        finished[0] = asked;
        on.market.collect(finished, address(this));
    }
}
