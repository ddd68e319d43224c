// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {Answer, Request} from "../../contracts/types/Market.sol";
import {Tier} from "../../contracts/types/Tier.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice A tier that is added while the market runs.
contract NewTierTest is MarketTest {
    function governor() internal pure override returns (address) {
        return GOVERNOR;
    }

    function added() internal returns (Request memory asked) {
        Tier memory t = tier();
        (t.name, t.minLock, t.windowSeconds, t.minFee) = ("second", 200e18, 50, 2e18);
        vm.prank(GOVERNOR);
        parameters.propose(t);
        vm.warp(block.timestamp + parameters.changeSeconds());
        asked = question();
        (asked.version, asked.fee) = (2, 2e18);
        bytes memory data = abi.encodeCall(market.request, (asked, INPUT));
        refuseMarket(REQUESTER, data, abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.activate(2);
    }

    function test_request_ofNewTier_followsIt_I15() public {
        Request memory old = claimRequest();
        Request memory asked = added();
        asked.fee -= 1;
        refuseMarket(
            REQUESTER,
            abi.encodeCall(market.request, (asked, INPUT)),
            abi.encodeWithSelector(IInferenceMarket.FeeTooLow.selector, 2e18 - 1, 2e18)
        );
        asked.fee += 1;
        post(asked);
        claim(asked);
        equal(account(WORKER).locked, 300e18, "the old lock and the new one");
        commit(asked, false);
        equal(stateOf(asked).deadline, block.timestamp + 50, "window");
        market.timeoutDelivery(old);
        equal(account(WORKER).locked, 200e18, "I-15: the old lock is what it was");
    }

    function test_commit_twoTiers_reverts() public {
        Request memory asked = added();
        Answer[] memory answers = new Answer[](2);
        answers[0] = answerTo(claimRequest(), false);
        post(asked);
        claim(asked);
        answers[1] = answerTo(asked, false);
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (answers)),
            abi.encodeWithSelector(IInferenceMarket.MixedBatch.selector, 2, 1)
        );
    }
}
